// `quarantine list|release`: hosts that nothing touches until a person says so.
#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/cli/process.hpp"
#include "orchestrator/operations/steering.hpp"
#include "orchestrator/views/event_words.hpp"
#include "orchestrator/views/fleet_json.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::cli {
namespace {

constexpr Option kHost{.name = "host", .does = "Name of the host", .value = "HOST", .required = true};
constexpr Option kReason{
    .name = "--reason", .does = "Why it is well again, for the record", .value = "TEXT", .required = true};

Exit list(const Console& console, Installation& installation, const Given& given) {
  const auto fleet = installation.read_fleet();
  if (!fleet) return report(console, fleet.error());
  if (wants_json(given)) {
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

Exit release(const Console& console, Installation& installation, const Given& given) {
  const std::string& host = given.text(kHost);
  const auto delivered = release_host(installation, host, Asker{operator_name(), given.text(kReason)});
  if (!delivered) return report(console, delivered.error());
  console.note("taken up as record " + std::to_string(delivered->record) + ": " + host + " may be planned again");
  console.next("breakwater plan ROLLOUT.yaml");
  return Exit::done;
}

}  // namespace

CliVerb quarantine_verb() {
  return {.name = "quarantine",
          .does = "Hosts that could not be brought back, and are not touched again.",
          .example = "breakwater quarantine list",
          .next = "breakwater explain HOST",
          .verbs = {{.name = "list",
                     .does = "Which hosts, since when, and why.",
                     .example = "breakwater quarantine list",
                     .act = list,
                     .options = {kTableOrJson}},
                    {.name = "release",
                     .does = "Let a host be planned again, once a person has seen to it.",
                     .example = "breakwater quarantine release r07-n15 --reason 'board swapped, HW-8812'",
                     .next = "breakwater plan rollout.yaml",
                     .act = release,
                     .options = {kHost, kReason}}}};
}

}  // namespace breakwater::cli
