#include "orchestrator/views/event_words.hpp"

#include <algorithm>
#include <array>

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

std::string words_of(const Command& command, const ResolvedPlan& plan) {
  const PlannedHost& host = plan.hosts[command.host];
  switch (command.action) {
    case Action::prepare:
      return "preparing: identity, versions, nothing else running";
    case Action::stage:
      return "staging " + step(plan, host, command.update, false);
    case Action::activate:
      return (command.upload ? "uploading and activating " : "activating ") + step(plan, host, command.update, false);
    case Action::check:
      return "checking: all checks together for " + rough(plan.checks.stable_for);
    case Action::cancel:
      return "cancelling its staged image";
    case Action::roll_back:
      return "rolling back " + step(plan, host, command.update, true);
    case Action::check_back:
      return "checking that it is as before";
    case Action::watch:
      return "read while its wave soaks";
  }
  return std::string(to_string(command.action));
}

std::optional<std::string> words_of(const Evidence& evidence) {
  switch (evidence.kind) {
    case Evidence::Kind::session:
      return std::nullopt;
    case Evidence::Kind::sending:
      return "upload begins";
    case Evidence::Kind::body_sent:
      return "upload is through";
    case Evidence::Kind::task:
      return "task " + harmless(evidence.text);
    case Evidence::Kind::start_asked:
      return "its start is asked for";
    case Evidence::Kind::reset_asked:
      return "reset is asked for";
    case Evidence::Kind::new_key:
      return "shows a new key that the Policy expected: sha256:" + harmless(evidence.text);
    case Evidence::Kind::cancel_asked:
      return "its image is being cancelled";
    case Evidence::Kind::own_fault:
      return "waits, our own side fails: " + harmless(evidence.text);
    case Evidence::Kind::mended:
      return "our own side is mended, it goes on";
    case Evidence::Kind::key_shown:
      return "waits, its BMC shows a new key that nobody vouched for: sha256:" + harmless(evidence.text);
    case Evidence::Kind::key_gone:
      return "that key is not shown any more, it goes on";
  }
  return std::nullopt;
}

/// What a command has brought about, by the state that its host is in now.
std::string words_after(State state) {
  switch (state) {
    case State::staging:
    case State::activating:
      return "prepared";
    case State::checking:
      return "runs the new version";
    case State::rolling_back:
      return "goes back";
    case State::checking_back:
      return "runs the version from before";
    case State::waiting:
      return "as before, waits again";
    case State::preparing:
    case State::staged:
    case State::updated:
    case State::current:
    case State::skipped:
    case State::refused:
    case State::not_started:
    case State::rolled_back:
    case State::quarantined:
      break;
  }
  return spelled(state);
}

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
  if (waits) *text += "  → breakwater trust-key " + host + " --sha256 " + harmless(seen.evidence.text);
  return EventWords{host, *text, waits ? Ink::warn : Ink::dim};
}

MaybeWords words_of(const CommandEnded& ended, const RolloutState& rollout) {
  const HostTrip& trip = rollout.hosts[ended.host];
  EventWords words{host_name(rollout, ended.host), words_after(trip.state), ink_of(trip.state)};
  if (trip.state == State::updated && !ended.input) {  // a look within a soak
    const bool unread = !trip.unseen.empty() && ended.outcome.cause != Cause::withdrawn;
    if (!unread) return std::nullopt;
    words = {words.host, "gives no evidence in its soak", Ink::warn};
  } else if (trip.state == State::updated && ended.input == Input::gone_wrong) {
    words = {words.host, "no longer well in its soak, is to go back", Ink::warn};
  }
  if (ended.outcome.cause != Cause::none) {
    words.what += " (" + spelled(ended.outcome.cause) + ")";
    if (!ended.outcome.detail.empty()) words.what += ": " + harmless(ended.outcome.detail);
    if (words.ink == Ink::plain) words.ink = Ink::warn;
  }
  return words;
}

std::string words_of(GateVerdict verdict) {
  return verdict == GateVerdict::fail ? "FAILED" : spelled(verdict);
}

Ink ink_of(GateVerdict verdict) {
  switch (verdict) {
    case GateVerdict::pass:
      return Ink::good;
    case GateVerdict::hold:
      return Ink::warn;
    case GateVerdict::fail:
      return Ink::bad;
  }
  return Ink::bad;
}

MaybeWords words_of(const GateJudged& judged, const RolloutState& rollout) {
  return EventWords{"",
                    "gate of wave " + rollout.plan->waves[judged.wave].name + ' ' + words_of(judged.verdict) + ": " +
                        harmless(judged.reason),
                    ink_of(judged.verdict)};
}

MaybeWords words_of(const RolloutHalted& halted, const RolloutState& rollout) {
  std::string text = "HALTED: " + harmless(halted.reason);
  if (halted.undo == kUndoAll) {
    text += "; every wave is rolled back";
  } else if (halted.undo == kUndoNone) {
    text += "; nothing is rolled back";
  } else {
    text += "; wave " + rollout.plan->waves[halted.undo.wave].name + " is rolled back";
  }
  return EventWords{"", text, Ink::bad};
}

/// The release and the discount of a host belong to no rollout.
MaybeWords words_of(const OperatorAsked& asked) {
  std::string text = harmless(asked.by) + " asks: " + with_blanks(to_string(asked.verb));
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

RolloutId id_of(const Recorded& record) {
  return std::visit(
      [&record](const auto& event) -> RolloutId {
        using T = std::decay_t<decltype(event)>;
        if constexpr (std::is_same_v<T, RolloutStarted>)
          return record.seq;
        else if constexpr (std::is_same_v<T, CommandIssued>)
          return event.command.rollout;
        else if constexpr (std::is_same_v<T, StartRefused> || std::is_same_v<T, SnapshotTaken>)
          return 0;
        else
          return event.rollout;
      },
      record.event);
}

}  // namespace

std::string spelled(State state) {
  return with_blanks(to_string(state));
}

std::string spelled(Cause cause) {
  return with_blanks(to_string(cause));
}

std::string spelled(GateVerdict verdict) {
  switch (verdict) {
    case GateVerdict::pass:
      return "passed";
    case GateVerdict::fail:
      return "not passed";
    case GateVerdict::hold:
      return "holds";
  }
  return "not passed";
}

Ink ink_of(State state) {
  switch (state) {
    case State::updated:
    case State::current:
      return Ink::good;
    case State::rolling_back:
    case State::checking_back:
    case State::rolled_back:
    case State::refused:
      return Ink::warn;
    case State::quarantined:
      return Ink::bad;
    case State::waiting:
    case State::preparing:
    case State::staging:
    case State::staged:
    case State::activating:
    case State::checking:
    case State::skipped:
    case State::not_started:
      return Ink::plain;
  }
  return Ink::plain;
}

std::string states_of(const RolloutState& rollout) {
  std::array<std::size_t, static_cast<std::size_t>(State::quarantined) + 1> counts{};
  for (const HostTrip& trip : rollout.hosts) ++counts[static_cast<std::size_t>(trip.state)];
  std::string text;
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts[i] == 0) continue;
    text = std::to_string(counts[i]) + ' ' + spelled(static_cast<State>(i)) + (text.empty() ? "" : ", ") + text;
  }
  return text.empty() ? "no host" : text;
}

const RolloutState* rollout_of(const Recorded& record, const Fleet& fleet) {
  return fleet.find(id_of(record));
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
