// `quarantine list|discount|release`: hosts that nothing touches until a person says so.
#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/cli/process.hpp"
#include "orchestrator/core/quarantined_as.hpp"
#include "orchestrator/core/start_rules.hpp"
#include "orchestrator/operations/steering.hpp"
#include "orchestrator/views/event_words.hpp"
#include "orchestrator/views/fleet_json.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::cli {
namespace {

constexpr Option kQuarantined{.name = "host", .does = "Name of the host", .value = "HOST"};
constexpr Option kOneHost{.name = "host", .does = "Name of the host", .value = "HOST", .required = true};
constexpr Option kSelected{.name = "-l,--selector",
                           .does = "Every quarantined host with these labels: rack=r07,role!=db",
                           .value = "SELECTOR"};
constexpr Option kWhy{
    .name = "--reason", .does = "Why it is well again, for the record", .value = "TEXT", .required = true};
constexpr Option kWhyNotCounted{.name = "--reason",
                                .does = "Why the others may go on without it, for the record",
                                .value = "TEXT",
                                .required = true};

/// `; also known as x0`
std::string also_known(const std::map<std::string, std::set<std::string>>& others, const std::string& name) {
  const auto found = others.find(name);
  if (found == others.end()) return {};
  return "; also known as " + harmless(list_some({found->second.begin(), found->second.end()}, found->second.size()));
}

Exit list(const Console& console, Installation& installation, const Given& given) {
  const auto journal = installation.read_journal();
  if (!journal) return report(console, journal.error());
  const Fleet& fleet = journal->fleet;
  if (wants_json(given)) {
    console.out << quarantine_json(fleet);
    return Exit::done;
  }
  if (fleet.quarantines().empty()) {
    console.note("no host is quarantined");
    return Exit::done;
  }
  Table table;
  table.row({"HOST", "SINCE", "ROLLOUT", "REASON"});
  const auto others = other_names(fleet);
  for (const auto& [name, held] : fleet.quarantines()) {
    const RolloutState* rollout = fleet.find(held.rollout);
    table.row({name, date_time(held.since), rollout->name,
               spelled(held.cause) + (held.detail.empty() ? "" : ": " + harmless(held.detail)) +
                   harmless(first_for(rollout->hosts[held.index])) + (held.discounted ? "; discounted" : "") +
                   also_known(others, name)});
  }
  console.out << table.text();
  const Quarantine& first = fleet.quarantines().begin()->second;
  console.next("breakwater explain " + first.host + "  # once it is well: " + way_out(first.host, first.cause));
  return Exit::done;
}

/// `host`: as it was asked for.
void say_released(const Console& console, const Released& released, const std::string& host) {
  for (const std::string& what : released.armed) {
    console.warn("an image may still wait at " + released.host + " (" + harmless(what) + "): unless that was done, " +
                 kCancelByHand);
  }
  console.note("taken up as record " + std::to_string(released.delivered.record) + ": " + host +
               (host == released.host ? "" : ", quarantined as " + released.host + ',') + " may be planned again");
}

Exit release_selected(const Console& console, Installation& installation, const std::string& text, const Asker& asker) {
  const auto selector = parse_selector(text);
  if (!selector) {
    return report(console, problem(Problem::Kind::bad_argument, "--selector: " + selector.error().message));
  }
  const auto released = release_hosts(installation, *selector, asker);
  if (!released) return report(console, released.error());
  for (const Released& one : *released) say_released(console, one, one.host);
  console.next("breakwater plan ROLLOUT.yaml");
  return Exit::done;
}

Exit release(const Console& console, Installation& installation, const Given& given) {
  const std::string& host = given.text(kQuarantined);
  const Asker asker{operator_name(), given.text(kWhy)};
  if (host.empty() == given.text(kSelected).empty()) {
    return report(console, problem(Problem::Kind::bad_argument, "name one host, or hosts by --selector",
                                   "breakwater quarantine list"));
  }
  if (host.empty()) return release_selected(console, installation, given.text(kSelected), asker);
  const auto released = release_host(installation, host, asker);
  if (!released) return report(console, released.error());
  say_released(console, *released, host);
  console.next("breakwater plan ROLLOUT.yaml");
  return Exit::done;
}

Exit discount(const Console& console, Installation& installation, const Given& given) {
  const std::string& host = given.text(kOneHost);
  const Asker asker{operator_name(), given.text(kWhyNotCounted)};
  const auto delivered = discount_host(installation, host, asker);
  if (!delivered) return report(console, delivered.error());
  console.note("taken up as record " + std::to_string(delivered->record) + ": " + host +
               " stays quarantined; until it is released it counts against no Rollout's limits, and still against the "
               "Policy's ceilings");
  console.next("breakwater status");
  return Exit::done;
}

}  // namespace

CliVerb quarantine_verb() {
  return {
      .name = "quarantine",
      .does = "Hosts that could not be rolled back, and are not touched again.",
      .example = "breakwater quarantine list",
      .next = "breakwater explain HOST",
      .verbs = {
          {.name = "list",
           .does = "Which hosts, since when, and why.",
           .example = "breakwater quarantine list",
           .act = list,
           .options = {kTableOrJson}},
          {.name = "discount",
           .does =
               "Let the others of its rack go on while a host stays quarantined: until it is released it counts\n"
               "against no Rollout's limits (limits.per). Against the Policy's ceilings (ceilings.per) it still does.",
           .example = "breakwater quarantine discount r07-n15 --reason 'waits for a board, HW-8812'",
           .next = "breakwater status",
           .act = discount,
           .options = {kOneHost, kWhyNotCounted}},
          {.name = "release",
           .does = "Let a host be planned again, or those that a selector names, once a person has seen to it. "
                   "Of one\nthat is armed, cancel the image at its BMC first.",
           .example = "breakwater quarantine release r07-n15 --reason 'board swapped, HW-8812'",
           .next = "breakwater plan rollout.yaml",
           .act = release,
           .options = {kQuarantined, kSelected, kWhy}}}};
}

}  // namespace breakwater::cli
