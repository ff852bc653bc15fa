#include "orchestrator/core/report.hpp"

#include <algorithm>

namespace breakwater {
namespace {

bool any_in(const RolloutState& rollout, State state) {
  return std::any_of(rollout.hosts.begin(), rollout.hosts.end(),
                     [state](const HostTrip& trip) { return trip.state == state; });
}

HostReport host_report(const RolloutState& rollout, HostIndex host) {
  const ResolvedPlan& plan = *rollout.plan;
  const PlannedHost& planned = plan.hosts[host];
  const HostTrip& trip = rollout.hosts[host];
  HostReport report;
  report.name = planned.name;
  report.wave = plan.waves[planned.wave].name;
  report.state = trip.state;
  report.cause = trip.cause;
  report.detail = trip.detail;
  report.released = trip.released;
  if (trip.state == State::quarantined) report.evidence = trip.evidence;
  for (std::size_t i = 0; i < planned.updates.size(); ++i) {
    const PlannedUpdate& update = planned.updates[i];
    const PlannedComponent& component = plan.components[update.component];
    report.updates.push_back({component.id, update.from_version, plan.images[component.image].version,
                              i < trip.versions.size() ? trip.versions[i] : std::string()});
  }
  return report;
}

}  // namespace

RolloutOutcome outcome_of(const RolloutState& rollout) {
  using enum RolloutOutcome;
  if (!rollout.finished) {
    if (rollout.halted) return halting;
    if (rollout.stopping) return stopped;
    return rollout.paused ? paused : running;
  }
  if (rollout.halted) return halted;
  if (any_in(rollout, State::rolled_back)) return rolled_back;
  if (any_in(rollout, State::quarantined)) return quarantined;
  const bool well = std::all_of(rollout.hosts.begin(), rollout.hosts.end(), [](const HostTrip& trip) {
    return (trip.state == State::updated && !trip.drifted) || trip.state == State::current;
  });
  return well ? updated : incomplete;
}

void ReportBuilder::take(const Recorded& record) {
  static_assert(std::variant_size_v<Event> == 11, "what does a new event mean for a report?");
  fleet_.apply(record);
  if (std::holds_alternative<RolloutStarted>(record.event)) {
    histories_[record.seq].ways.resize(fleet_.find(record.seq)->hosts.size(), Way{State::waiting, record.at, {}});
  } else if (const auto* issued = std::get_if<CommandIssued>(&record.event)) {
    follow(issued->command.rollout, issued->command.host, record.at);
  } else if (const auto* ended = std::get_if<CommandEnded>(&record.event)) {
    follow(ended->rollout, ended->host, record.at);
  } else if (const auto* seen = std::get_if<EvidenceSeen>(&record.event)) {
    if (seen->evidence.kind == Evidence::Kind::sending) ++histories_[seen->rollout].sendings[seen->evidence.text];
  } else if (const auto* judged = std::get_if<GateJudged>(&record.event)) {
    histories_[judged->rollout].gates[judged->wave] = GateReport{judged->verdict, judged->reason, record.at};
  } else if (const auto* finished = std::get_if<RolloutFinished>(&record.event)) {
    histories_[finished->rollout].ended = record.at;
  } else if (const auto* asked = std::get_if<OperatorAsked>(&record.event)) {
    note(record, *asked);
    follow_all(record.at);
  } else if (!std::holds_alternative<StartRefused>(record.event) &&
             !std::holds_alternative<SnapshotTaken>(record.event)) {
    follow_all(record.at);
  }
}

/// The time since a host entered its last state belongs to that state.
void ReportBuilder::follow(RolloutId id, HostIndex host, Instant at) {
  Way& way = histories_[id].ways[host];
  const State now = fleet_.find(id)->hosts[host].state;
  if (way.state == now) return;
  if (!is_end(way.state)) way.spent[way.state] += at - way.since;
  way.state = now;
  way.since = at;
}

void ReportBuilder::follow_all(Instant at) {
  for (auto& [id, history] : histories_) {
    for (HostIndex host = 0; host < history.ways.size(); ++host) follow(id, host, at);
  }
}

void ReportBuilder::note(const Recorded& record, const OperatorAsked& asked) {
  AskedReport line{asked.verb, record.at, asked.by, asked.reason, asked.host};
  if (asked.key) line.what += " sha256:" + to_hex(*asked.key);
  if (!is_of_quarantine(asked.verb)) {
    const RolloutState& rollout = *fleet_.find(asked.rollout);
    if (asked.wave && *asked.wave < rollout.plan->waves.size()) {
      line.what = "wave " + rollout.plan->waves[*asked.wave].name;
    }
    histories_[asked.rollout].asked.push_back(std::move(line));
    if (asked.verb == Verb::abandon) histories_[asked.rollout].ended = record.at;
    return;
  }
  for (auto& [id, history] : histories_) {
    const auto& hosts = fleet_.find(id)->plan->hosts;
    const bool has =
        std::any_of(hosts.begin(), hosts.end(), [&asked](const PlannedHost& host) { return host.name == asked.host; });
    if (has) history.asked.push_back(line);
  }
}

std::optional<Report> ReportBuilder::report(RolloutId id) const {
  const RolloutState* rollout = fleet_.find(id);
  if (!rollout) return std::nullopt;
  const ResolvedPlan& plan = *rollout->plan;
  const History& history = histories_.at(id);
  Report report;
  report.rollout = rollout->name;
  report.id = id;
  report.digest = rollout->digest;
  report.policy = plan.policy;
  report.by = rollout->by;
  report.started = rollout->started;
  if (rollout->finished) report.ended = history.ended;
  report.outcome = outcome_of(*rollout);
  report.halt_reason = rollout->halt_reason;
  report.left_out = plan.left_out;
  report.asked = history.asked;
  for (std::uint32_t i = 0; i < plan.waves.size(); ++i) {
    const auto gate = history.gates.find(i);
    WaveReport wave{plan.waves[i].name, {}, {}, rollout->waves[i].undo, rollout->waves[i].undo};
    if (gate != history.gates.end()) wave.gate = gate->second;
    report.waves.push_back(std::move(wave));
  }
  for (HostIndex host = 0; host < plan.hosts.size(); ++host) {
    report.hosts.push_back(host_report(*rollout, host));
    report.hosts.back().spent = history.ways[host].spent;
    WaveReport& wave = report.waves[plan.hosts[host].wave];
    ++wave.hosts[rollout->hosts[host].state];
    wave.undone = wave.undone && rollout->hosts[host].state != State::updated;
  }
  for (const PlannedImage& image : plan.images) {
    const auto sent = history.sendings.find(to_hex(image.image.digest));
    report.images.push_back({image.release, image.version, image.image.digest, image.signers,
                             sent == history.sendings.end() ? 0 : sent->second});
  }
  return report;
}

}  // namespace breakwater
