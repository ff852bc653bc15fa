// `plan`: what would be done, to whom, and the way back; nothing is touched.
#include <CLI/CLI.hpp>

#include "orchestrator/cli/face.hpp"
#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/cli/redraw.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/operations/looking.hpp"
#include "orchestrator/operations/plan_file.hpp"
#include "orchestrator/views/plan_text.hpp"

namespace breakwater::cli {
namespace {

struct Asked {
  std::string file;
  std::string out;
  Format format = Format::table;
  bool detailed_exitcode = false;
};

Exit plan(const Console& console, Installation installation, const Asked& asked) {
  auto loaded = load_rollout(asked.file);
  if (!loaded) return report(console, loaded.error());
  const auto fleet = installation.read_fleet();
  if (!fleet) return report(console, fleet.error());
  auto images = installation.open_images();
  if (!images) return report(console, images.error());
  catch_interrupts(Work::looking);
  auto made = look_and_plan(installation, *loaded, *images, *fleet, interrupts(), look_teller(console));
  if (!made) return report(console, made.error());

  if (asked.format == Format::json) {
    console.out << codec::encode_plan(*made);
  } else {
    console.out << plan_text(*made, codec::plan_digest(*made), console.paint);
  }
  console.out.flush();
  const bool something = !made->hosts.empty();
  if (!asked.out.empty()) {
    auto written = write_plan_file(FrozenPlan{std::move(*made), loaded->file}, asked.out);
    if (!written) return report(console, written.error());
    console.note("frozen in " + asked.out + "; apply refuses it once the documents change");
  }
  if (something) {
    console.next("breakwater apply " + (asked.out.empty() ? asked.file : asked.out));
  } else {
    console.note("there is nothing to do");
  }
  return asked.detailed_exitcode && something ? Exit::differences : Exit::done;
}

}  // namespace

void add_plan_verbs(CLI::App& app, Face& face) {
  CLI::App& verb =
      add_verb(app, "plan",
               "Show what a rollout would do, to which hosts, and how each would come back.\n"
               "Reads the documents beside the file, proves every image, and looks at every host, read only.",
               "breakwater plan rollout.yaml --out rollout.plan", "breakwater apply rollout.plan");
  const auto asked = std::make_shared<Asked>();
  verb.add_option("rollout", asked->file, "A file with one Rollout")->required()->option_text("ROLLOUT");
  verb.add_option("--out", asked->out, "Freeze the plan in this file")->option_text("FILE");
  add_output(verb, asked->format, Format::table);
  verb.add_flag("--detailed-exitcode", asked->detailed_exitcode, "Leave with 2 where there is something to do");
  on_chosen(verb, face, [&face, asked](const Console& console) { return plan(console, face.installation(), *asked); });
}

}  // namespace breakwater::cli
