#include "orchestrator/views/event_words.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "inventories/vocabulary/rows.hpp"
#include "orchestrator/core/event_facts.hpp"
#include "orchestrator/core/standstill.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::views {
namespace {

std::string with_blanks(std::string_view word) {
  std::string text(word);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

const std::string& host_name(const RolloutState& rollout, HostIndex host) {
  return rollout.plan->hosts[host].name;
}

/// `bios 3.2 -> 3.4`, of one of a host's updates.
std::string step(const ResolvedPlan& plan, const PlannedHost& host, std::uint32_t index, bool back) {
  if (index >= host.updates.size()) return "firmware";
  const PlannedUpdate& update = host.updates[index];
  const PlannedComponent& component = plan.components[update.component];
  const std::string& to = plan.images[component.image].version;
  return back ? component.id + ' ' + to + " → " + update.from_version
              : component.id + ' ' + update.from_version + " → " + to;
}

struct ActionWords {
  Action action;
  std::string_view text;
  bool names_update;
};
constexpr std::array kActions = std::to_array<ActionWords>({
    {Action::prepare, "preparing: identity, versions, nothing else running", false},
    {Action::stage, "staging ", true},
    {Action::activate, "activating ", true},
    {Action::check, "checking: all checks together for ", false},
    {Action::cancel, "cancelling its staged image", false},
    {Action::roll_back, "rolling back ", true},
    {Action::check_back, "checking that it is as before", false},
    {Action::watch, "read while its wave soaks", false},
});
static_assert(has_every_row(kActions, &ActionWords::action));

std::string words_of(const Command& command, const ResolvedPlan& plan) {
  const ActionWords& row = kActions[static_cast<std::size_t>(command.action)];
  std::string text(row.text);
  if (command.action == Action::check) text += rough(plan.checks.stable_for);
  if (command.action == Action::activate && command.upload) text.insert(0, "uploading and ");
  const bool back = command.action == Action::roll_back;
  return row.names_update ? text + step(plan, plan.hosts[command.host], command.update, back) : text;
}

struct EvidenceWords {
  Evidence::Kind kind;
  std::string_view text;  ///< none where only a successor cares
  bool shows;             ///< the evidence's own text stands behind it
};
constexpr std::array kEvidence = std::to_array<EvidenceWords>({
    {Evidence::Kind::session, "", false},
    {Evidence::Kind::sending, "upload begins", false},
    {Evidence::Kind::body_sent, "upload is through", false},
    {Evidence::Kind::task, "task ", true},
    {Evidence::Kind::start_asked, "its start is asked for", false},
    {Evidence::Kind::reset_asked, "reset is asked for", false},
    {Evidence::Kind::new_key, "shows a new key that the Policy expected: sha256:", true},
    {Evidence::Kind::cancel_asked, "its image is being cancelled", false},
    {Evidence::Kind::own_fault, "waits, our own side fails: ", true},
    {Evidence::Kind::mended, "our own side is mended, it goes on", false},
    {Evidence::Kind::key_shown, "waits, its BMC shows a new key that nobody vouched for: sha256:", true},
    {Evidence::Kind::key_gone, "that key is not shown any more, it goes on", false},
});
static_assert(has_every_row(kEvidence, &EvidenceWords::kind));

std::optional<std::string> words_of(const Evidence& evidence) {
  const EvidenceWords& row = kEvidence[static_cast<std::size_t>(evidence.kind)];
  if (row.text.empty()) return std::nullopt;
  return std::string(row.text) + (row.shows ? harmless(evidence.text) : "");
}

struct StateWords {
  State state;
  std::string_view after;  ///< what a command has brought about that left its host so; none: the state says it
  Ink ink;
};
constexpr std::array kStates = std::to_array<StateWords>({
    {State::waiting, "as before, waits again", Ink::plain},
    {State::preparing, "", Ink::plain},
    {State::staging, "prepared", Ink::plain},
    {State::staged, "", Ink::plain},
    {State::activating, "prepared", Ink::plain},
    {State::checking, "runs the new version", Ink::plain},
    {State::rolling_back, "goes back", Ink::warn},
    {State::checking_back, "runs the version from before", Ink::warn},
    {State::updated, "", Ink::good},
    {State::current, "", Ink::good},
    {State::refused, "", Ink::warn},
    {State::not_started, "", Ink::plain},
    {State::rolled_back, "", Ink::warn},
    {State::quarantined, "", Ink::bad},
});
static_assert(has_every_row(kStates, &StateWords::state));

std::string words_after(State state) {
  const std::string_view after = kStates[static_cast<std::size_t>(state)].after;
  return after.empty() ? spelled(state) : std::string(after);
}

struct VerdictWords {
  GateVerdict verdict;
  std::string_view text;
  std::string_view event;
  Ink ink;
};
constexpr std::array kVerdicts = std::to_array<VerdictWords>({
    {GateVerdict::pass, "passed", "passed", Ink::good},
    {GateVerdict::fail, "not passed", "FAILED", Ink::bad},
    {GateVerdict::hold, "holds", "holds", Ink::warn},
});
static_assert(has_every_row(kVerdicts, &VerdictWords::verdict));

/// The words of an event; nothing for one that only matters to a successor.
using MaybeWords = std::optional<EventWords>;

MaybeWords words_of(const RolloutStarted& started, const RolloutState& rollout) {
  return EventWords{"",
                    "rollout " + rollout.name + " started by " + harmless(started.by) + ": " +
                        count_of(started.plan.hosts.size(), "host") + " in " +
                        count_of(started.plan.waves.size(), "wave") + ", plan " + to_hex(started.digest).substr(0, 12),
                    Ink::bold};
}

MaybeWords words_of(const ConductorStarted& took_up, const RolloutState&) {
  return EventWords{"", "process " + std::to_string(took_up.process) + " conducts", Ink::plain};
}

/// Looks within a soak are told only where they say something.
MaybeWords words_of(const CommandIssued& issued, const RolloutState& rollout) {
  if (issued.command.action == Action::watch) return std::nullopt;
  return EventWords{host_name(rollout, issued.command.host), words_of(issued.command, *rollout.plan), Ink::plain};
}

MaybeWords words_of(const EvidenceSeen& seen, const RolloutState& rollout) {
  auto text = words_of(seen.evidence);
  if (!text) return std::nullopt;
  const std::string& host = host_name(rollout, seen.host);
  const bool waits = seen.evidence.kind == Evidence::Kind::key_shown;
  if (waits) *text += "  → " + trust_command(host, harmless(seen.evidence.text));
  return EventWords{host, *text, waits ? Ink::warn : Ink::dim};
}

MaybeWords words_of(const CommandEnded& ended, const RolloutState& rollout) {
  const HostTrip& trip = rollout.hosts[ended.host];
  EventWords words{host_name(rollout, ended.host), words_after(trip.state), ink_of(trip.state)};
  if (trip.state == State::updated && !ended.input) {  // a look within a soak
    const bool drifted = ended.outcome.cause == Cause::drifted;
    const bool unread = !trip.unseen.empty() && ended.outcome.cause != Cause::withdrawn;
    if (!unread && !drifted) return std::nullopt;
    words = {
        words.host,
        drifted ? "was flashed by somebody else in its soak, and no gate counts it" : "gives no evidence in its soak",
        Ink::warn};
  } else if (trip.state == State::updated && ended.input == Input::gone_wrong) {
    words = {words.host, "no longer well in its soak, is to go back", Ink::warn};
  } else if (ended.input == Input::left_released) {
    words = {words.host, "left as it was, its rollback did nothing", Ink::warn};
  }
  if (ended.outcome.cause != Cause::none) {
    words.what += " (" + spelled(ended.outcome.cause) + ")";
    if (!ended.outcome.detail.empty()) words.what += ": " + harmless(ended.outcome.detail);
    if (words.ink == Ink::plain) words.ink = Ink::warn;
  }
  return words;
}

MaybeWords words_of(const GateJudged& judged, const RolloutState& rollout) {
  const VerdictWords& row = kVerdicts[static_cast<std::size_t>(judged.verdict)];
  return EventWords{"",
                    "gate of wave " + rollout.plan->waves[judged.wave].name + ' ' + std::string(row.event) + ": " +
                        harmless(judged.reason),
                    row.ink};
}

MaybeWords words_of(const RolloutHalted& halted, const RolloutState& rollout) {
  std::size_t back = 0;
  std::size_t kept = 0;
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    const HostTrip& trip = rollout.hosts[host];
    if (!halted.undo.includes(rollout.plan->hosts[host].wave)) continue;
    if (trip.state == State::quarantined) ++kept;
    if (trip.undo && trip.touched > 0) ++back;
  }
  const std::string whose = halted.undo.which == Undo::Which::one_wave
                                ? " of wave " + rollout.plan->waves[halted.undo.wave].name
                                : std::string();
  std::string text = "HALTED: " + harmless(halted.reason) + "; ";
  text +=
      back == 0 ? "no well host" + whose + " is rolled back" : count_of(back, "host") + whose + " to be rolled back";
  if (kept > 0) text += "; " + std::to_string(kept) + " quarantined, and not touched";
  return EventWords{"", text, Ink::bad};
}

/// The release and the discount of a host belong to no rollout.
MaybeWords words_of(const OperatorAsked& asked) {
  std::string text = harmless(asked.by) + " asks: " + with_blanks(to_string(asked.verb));
  if (!asked.recalls.empty()) text += ", a recall of " + harmless(asked.recalls);
  if (!asked.selector.empty()) text += ", of hosts with " + harmless(asked.selector);
  if (asked.wave) text += " wave " + std::to_string(*asked.wave + 1);
  if (asked.key) text += " sha256:" + to_hex(*asked.key);
  return EventWords{asked.host, text + (asked.reason.empty() ? "" : " (" + harmless(asked.reason) + ")"), Ink::bold};
}

/// Of a rollout that has no state.
MaybeWords words_of(const StartRefused& refused) {
  return EventWords{"",
                    "rollout " + harmless(refused.rollout) + ", handed over by " + harmless(refused.by) +
                        ", was refused: " + harmless(refused.reason),
                    Ink::warn};
}

MaybeWords words_of(const RolloutFinished&, const RolloutState& rollout) {
  return EventWords{"", "finished: " + states_of(rollout), Ink::bold};
}

}  // namespace

std::string spelled(State state) {
  return with_blanks(to_string(state));
}

std::string spelled(Cause cause) {
  return with_blanks(to_string(cause));
}

std::string spelled(GateVerdict verdict) {
  return std::string(kVerdicts[static_cast<std::size_t>(verdict)].text);
}

Ink ink_of(State state) {
  return kStates[static_cast<std::size_t>(state)].ink;
}

std::string in_part(std::size_t hosts) {
  return hosts == 0 ? std::string() : " (" + std::to_string(hosts) + " in part)";
}

std::string states_of(const RolloutState& rollout) {
  std::array<std::size_t, static_cast<std::size_t>(State::quarantined) + 1> counts{};
  for (const HostTrip& trip : rollout.hosts) ++counts[static_cast<std::size_t>(trip.state)];
  const auto parts = std::ranges::count_if(rollout.hosts, is_back_in_part);
  std::string text;
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts[i] == 0) continue;
    const State state = static_cast<State>(i);
    const std::string part = state == State::rolled_back ? in_part(static_cast<std::size_t>(parts)) : std::string();
    text = std::to_string(counts[i]) + ' ' + spelled(state) + part + (text.empty() ? "" : ", ") + text;
  }
  return text.empty() ? "no host" : text;
}

const RolloutState* rollout_of(const Recorded& record, const Fleet& fleet) {
  return fleet.find(facts_of(record).rollout);
}

std::optional<EventWords> words_for(const Recorded& record, const Fleet& fleet) {
  const RolloutState* rollout = rollout_of(record, fleet);
  return std::visit(
      [rollout](const auto& event) -> MaybeWords {
        using T = std::decay_t<decltype(event)>;
        if constexpr (std::is_same_v<T, OperatorAsked> || std::is_same_v<T, StartRefused>) {
          return words_of(event);
        } else if constexpr (std::is_same_v<T, SnapshotTaken>) {
          return std::nullopt;  // it says nothing of any host
        } else {
          return rollout == nullptr ? std::nullopt : words_of(event, *rollout);
        }
      },
      record.event);
}

}  // namespace breakwater::views
