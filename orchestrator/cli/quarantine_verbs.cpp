// `quarantine list|release`: hosts that nothing touches until a person says so.
#include <CLI/CLI.hpp>

#include "orchestrator/cli/face.hpp"
#include "orchestrator/cli/process.hpp"
#include "orchestrator/operations/steering.hpp"
#include "orchestrator/views/event_words.hpp"
#include "orchestrator/views/fleet_json.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::cli {
namespace {

struct Asked {
  std::string host;
  std::string reason;
  Format format = Format::table;
};

Exit list(const Console& console, Installation installation, Format format) {
  const auto fleet = installation.read_fleet();
  if (!fleet) return report(console, fleet.error());
  if (format == Format::json) {
    console.out << quarantine_json(*fleet);
    return Exit::done;
  }
  if (fleet->quarantines().empty()) {
    console.note("no host is quarantined");
    return Exit::done;
  }
  Table table;
  table.row({"HOST", "SINCE", "ROLLOUT", "REASON"});
  for (const auto& [name, held] : fleet->quarantines()) {
    const RolloutState* rollout = fleet->find(held.rollout);
    table.row({name, date_time(held.since), rollout ? rollout->plan->rollout : "",
               spelled(held.cause) + (held.detail.empty() ? "" : ": " + harmless(held.detail))});
  }
  console.out << table.text();
  const std::string& first = fleet->quarantines().begin()->first;
  console.next("breakwater explain " + first + "; once it is well: breakwater quarantine release " + first +
               " --reason TEXT");
  return Exit::done;
}

Exit release(const Console& console, const Installation& installation, const Asked& asked) {
  const auto delivered = release_host(installation, asked.host, Asker{operator_name(), asked.reason});
  if (!delivered) return report(console, delivered.error());
  console.note("taken up as record " + std::to_string(delivered->record) + ": " + asked.host + " may be planned again");
  console.next("breakwater plan ROLLOUT.yaml");
  return Exit::done;
}

}  // namespace

void add_quarantine_verbs(CLI::App& app, Face& face) {
  const auto asked = std::make_shared<Asked>();
  CLI::App& group = add_verb(app, "quarantine", "Hosts that could not be brought back, and are not touched again.",
                             "breakwater quarantine list", "breakwater explain HOST");
  group.require_subcommand(1);
  CLI::App& lists = add_verb(group, "list", "Which hosts, since when, and why.", "breakwater quarantine list", "");
  add_output(lists, asked->format, Format::table);
  on_chosen(lists, face,
            [&face, asked](const Console& console) { return list(console, face.installation(), asked->format); });
  CLI::App& releases = add_verb(group, "release", "Let a host be planned again, once a person has seen to it.",
                                "breakwater quarantine release r07-n15 --reason 'board swapped, HW-8812'",
                                "breakwater plan rollout.yaml");
  releases.add_option("host", asked->host, "Name of the host")->required()->option_text("HOST");
  releases.add_option("--reason", asked->reason, "Why it is well again, for the record")
      ->required()
      ->option_text("TEXT");
  on_chosen(releases, face,
            [&face, asked](const Console& console) { return release(console, face.installation(), *asked); });
}

}  // namespace breakwater::cli
