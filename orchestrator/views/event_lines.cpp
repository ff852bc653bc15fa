#include "orchestrator/views/event_lines.hpp"

#include "inventories/document/json.hpp"
#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/core/start_rules.hpp"
#include "orchestrator/views/event_words.hpp"

namespace breakwater::views {
namespace {

using Line = nlohmann::ordered_json;

std::string one_line(const Line& line) {
  return line.dump(-1, ' ', false, Line::error_handler_t::replace);
}

void add_host(Line& line, const RolloutState& rollout, HostIndex host) {
  line["host"] = rollout.plan->hosts[host].name;
}

void add(Line& line, const RolloutState&, const RolloutStarted& started) {
  line["by"] = started.by;
  line["plan"] = to_hex(started.digest);
  line["hosts"] = started.plan.hosts.size();
  line["waves"] = started.plan.waves.size();
}

void add(Line& line, const RolloutState&, const ConductorStarted& started) {
  line["process"] = started.process;
}

void add(Line& line, const RolloutState& rollout, const CommandIssued& issued) {
  const Command& command = issued.command;
  add_host(line, rollout, command.host);
  line["wave"] = rollout.plan->waves[rollout.plan->hosts[command.host].wave].name;
  line["action"] = to_string(command.action);
  const auto& updates = rollout.plan->hosts[command.host].updates;
  if (is_mutating(command.action) && command.update < updates.size()) {
    line["component"] = rollout.plan->components[updates[command.update].component].id;
  }
}

void add(Line& line, const RolloutState& rollout, const EvidenceSeen& seen) {
  add_host(line, rollout, seen.host);
  line["command"] = seen.command;
  line["evidence"] = to_string(seen.evidence.kind);
  line["text"] = seen.evidence.text;
}

void add(Line& line, const RolloutState& rollout, const CommandEnded& ended) {
  add_host(line, rollout, ended.host);
  line["command"] = ended.command;
  line["verdict"] = to_string(ended.outcome.verdict);
  if (ended.input) line["state"] = to_string(rollout.hosts[ended.host].state);
  if (ended.outcome.cause != Cause::none) line["cause"] = to_string(ended.outcome.cause);
  if (!ended.outcome.detail.empty()) line["detail"] = ended.outcome.detail;
  if (!ended.outcome.versions.empty()) line["versions"] = ended.outcome.versions;
}

void add(Line& line, const RolloutState& rollout, const GateJudged& judged) {
  line["wave"] = rollout.plan->waves[judged.wave].name;
  line["verdict"] = to_string(judged.verdict);
  line["reason"] = judged.reason;
}

void add(Line& line, const RolloutState& rollout, const RolloutHalted& halted) {
  line["reason"] = halted.reason;
  if (halted.undo == kUndoAll)
    line["undo"] = "all";
  else if (halted.undo == kUndoNone)
    line["undo"] = "none";
  else
    line["undo"] = rollout.plan->waves[halted.undo.wave].name;
}

void add(Line& line, const RolloutState* rollout, const OperatorAsked& asked) {
  line["verb"] = to_string(asked.verb);
  line["by"] = asked.by;
  if (!asked.reason.empty()) line["reason"] = asked.reason;
  if (!asked.host.empty()) line["host"] = asked.host;
  if (!asked.recalls.empty()) line["recalls"] = asked.recalls;
  if (!asked.selector.empty()) line["selector"] = asked.selector;
  if (!asked.hosts.empty()) line["hosts"] = asked.hosts;
  if (asked.key) line["sha256"] = to_hex(*asked.key);
  if (asked.wave && rollout) line["wave"] = rollout->plan->waves[*asked.wave].name;
}

void add(Line& line, const RolloutState*, const StartRefused& refused) {
  line["rollout"] = refused.rollout;
  line["by"] = refused.by;
  line["reason"] = refused.reason;
}

void add(Line& line, const RolloutState*, const SnapshotTaken& taken) {
  line["upTo"] = taken.up_to;
  line["digest"] = to_hex(taken.digest);
}

void add(Line& line, const RolloutState& rollout, const RolloutFinished&) {
  Line states = Line::object();
  for (const HostTrip& trip : rollout.hosts) {
    Line& count = states[std::string(to_string(trip.state))];
    count = count.is_null() ? 1 : count.get<int>() + 1;
  }
  line["states"] = std::move(states);
}

}  // namespace

std::string event_line(const Recorded& record, const Fleet& fleet) {
  const RolloutState* rollout = rollout_of(record, fleet);
  Line line;
  line["seq"] = record.seq;
  line["at"] = to_string(record.at);
  line["kind"] = codec::kind_of(record.event);
  if (rollout) line["rollout"] = rollout->name;
  std::visit(
      [&](const auto& event) {
        using T = std::decay_t<decltype(event)>;
        if constexpr (std::is_same_v<T, OperatorAsked> || std::is_same_v<T, StartRefused> ||
                      std::is_same_v<T, SnapshotTaken>)
          add(line, rollout, event);
        else if (rollout)
          add(line, *rollout, event);
      },
      record.event);
  return one_line(line);
}

std::string wait_line(const Blocker& wait, std::uint64_t seq, Instant at, const std::string& rollout) {
  Line line;
  line["seq"] = seq;
  line["at"] = to_string(at);
  line["kind"] = "Waiting";
  line["rollout"] = rollout;
  line["word"] = row_of(wait.rule).word;
  line["text"] = wait.text;
  const std::string command = what_to_type(wait, rollout);
  if (!command.empty()) line["command"] = command;
  if (wait.until) line["until"] = to_string(*wait.until);
  return one_line(line);
}

std::string along_line(const std::string& rollout, const RolloutState& other, bool held, const std::string& text,
                       const std::string& command, std::uint64_t seq, Instant at) {
  Line line;
  line["seq"] = seq;
  line["at"] = to_string(at);
  line["kind"] = "TakenAlong";
  line["rollout"] = rollout;
  line["other"] = other.name;
  line["held"] = held;
  line["text"] = text;
  line["command"] = command;
  return one_line(line);
}

std::string gap_line(std::size_t lines) {
  Line line;
  line["kind"] = "LeftOut";
  line["lines"] = lines;
  return one_line(line);
}

}  // namespace breakwater::views
