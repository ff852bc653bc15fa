// `plan`: what would be done, to whom, and the way back; nothing is touched.
#include "orchestrator/cli/away_option.hpp"
#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/cli/redraw.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/operations/looking.hpp"
#include "orchestrator/operations/plan_file.hpp"
#include "orchestrator/operations/recalling.hpp"
#include "orchestrator/views/plan_text.hpp"

namespace breakwater::cli {
namespace {

constexpr Option kRolloutFile{
    .name = "rollout", .does = "A file with one Rollout", .value = "ROLLOUT", .required = true};
constexpr Option kPlanFile{.name = "--out", .does = "Freeze the plan in this file", .value = "FILE"};
constexpr Option kDetailedExitCode{
    .name = "--detailed-exitcode",
    .does = "Leave with 2 where there is something to do, with 8 where hosts are left out that did not answer",
    .takes = Option::Takes::flag};

Exit plan(const Console& console, Installation& installation, const Given& given) {
  const std::string& file = given.text(kRolloutFile);
  const std::string& out = given.text(kPlanFile);
  const auto allowed = away_allowed(given);
  if (!allowed) return report(console, allowed.error());
  auto loaded = load_rollout(file);
  if (!loaded) return report(console, loaded.error());
  const auto fleet = installation.read_fleet();
  if (!fleet) return report(console, fleet.error());
  auto images = installation.open_images();
  if (!images) return report(console, images.error());
  catch_interrupts(Work::looking);
  auto made =
      look_and_plan(installation, *loaded, *images, *fleet, interrupts(), look_teller(console), OwnFaults::leave_out);
  if (!made) return report(console, made.error());
  if (!out.empty()) made->nonce = new_nonce();

  if (wants_json(given)) {
    console.out << codec::plan_document(*made);
  } else {
    console.out << plan_text(*made, codec::plan_digest(*made), console.paint);
  }
  console.out.flush();
  if (const auto many = too_many_away(*made, *allowed, file)) return report(console, *many);
  const bool something = !made->hosts.empty();
  const Exit idle = something ? Exit::done : report(console, idle_of(*made, *allowed, file));
  const std::string away = something ? away_words(*made) : std::string();
  if (!away.empty()) console.warn(away);
  for (const std::string& warning : images_taken_back(*made, *fleet)) console.warn(warning);
  if (!out.empty()) {
    auto written = write_plan_file(FrozenPlan{std::move(*made), loaded->file}, out);
    if (!written) return report(console, written.error());
    console.note("frozen in " + out + "; apply takes it once, and refuses it once the documents change");
  }
  if (!something) return idle;
  console.next("breakwater apply " + (out.empty() ? file : out));
  if (!given.has(kDetailedExitCode)) return Exit::done;
  return away.empty() || *allowed ? Exit::differences : Exit::some_away;
}

}  // namespace

CliVerb plan_verb() {
  return {.name = "plan",
          .does =
              "Show what a rollout would do, to which hosts, and how each would be rolled back.\n"
              "Reads the documents beside the file, proves every image, and looks at every host, read only.",
          .example = "breakwater plan rollout.yaml --out rollout.plan",
          .next = "breakwater apply rollout.plan",
          .act = plan,
          .options = {kRolloutFile, kPlanFile, kTableOrJson, kDetailedExitCode, kAllowUnreachable}};
}

}  // namespace breakwater::cli
