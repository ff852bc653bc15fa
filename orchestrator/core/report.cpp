#include "orchestrator/core/report.hpp"

#include <algorithm>

#include "orchestrator/core/quarantined_as.hpp"

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
  report.first = first_for(trip);
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

bool is_undone(const RolloutState& rollout, std::uint32_t wave) {
  bool any = false;
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    if (rollout.plan->hosts[host].wave != wave) continue;
    const State state = rollout.hosts[host].state;
    any = any || state == State::rolled_back;
    if (!is_end(state) || state == State::updated || state == State::quarantined) return false;
  }
  return any && rollout.waves[wave].undo;
}

void ReportBuilder::take(const Recorded& record) {
  fleet_.apply(record);
  std::visit([this, &record](const auto& event) { note(event, record); }, record.event);
}

void ReportBuilder::note(const RolloutStarted&, const Recorded& record) {
  histories_[record.seq].ways.resize(fleet_.find(record.seq)->hosts.size(), Way{State::waiting, record.at, {}});
}
void ReportBuilder::note(const CommandIssued& event, const Recorded& record) {
  follow(event.command.rollout, event.command.host, record.at);
}
void ReportBuilder::note(const CommandEnded& event, const Recorded& record) {
  follow(event.rollout, event.host, record.at);
}
void ReportBuilder::note(const EvidenceSeen& event, const Recorded&) {
  if (event.evidence.kind == Evidence::Kind::sending) ++histories_[event.rollout].sendings[event.evidence.text];
}
void ReportBuilder::note(const GateJudged& event, const Recorded& record) {
  histories_[event.rollout].gates[event.wave] = GateReport{event.verdict, event.reason, record.at};
}
void ReportBuilder::note(const RolloutFinished& event, const Recorded& record) {
  histories_[event.rollout].ended = record.at;
}
void ReportBuilder::note(const OperatorAsked& event, const Recorded& record) {
  note_asked(event, record.at);
  follow_all(record.at);
}
void ReportBuilder::note(const ConductorStarted&, const Recorded& record) {
  follow_all(record.at);
}
void ReportBuilder::note(const RolloutHalted&, const Recorded& record) {
  follow_all(record.at);
}
void ReportBuilder::note(const StartRefused&, const Recorded&) {}
void ReportBuilder::note(const SnapshotTaken&, const Recorded&) {}

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

void ReportBuilder::note_asked(const OperatorAsked& asked, Instant at) {
  AskedReport line{asked.verb, at, asked.by, asked.reason, asked.host, asked.recalls, asked.selector, {}};
  if (!asked.recalls.empty()) line.hosts = asked.hosts;
  if (asked.key) line.what += " sha256:" + to_hex(*asked.key);
  if (!is_of_quarantine(asked.verb)) {
    const RolloutState& rollout = *fleet_.find(asked.rollout);
    if (asked.wave && *asked.wave < rollout.plan->waves.size()) {
      line.what = "wave " + rollout.plan->waves[*asked.wave].name;
    }
    histories_[asked.rollout].asked.push_back(std::move(line));
    if (asked.verb == Verb::abandon) histories_[asked.rollout].ended = at;
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
    WaveReport wave{plan.waves[i].name, {}, {}, rollout->waves[i].undo, is_undone(*rollout, i)};
    if (gate != history.gates.end()) wave.gate = gate->second;
    report.waves.push_back(std::move(wave));
  }
  for (HostIndex host = 0; host < plan.hosts.size(); ++host) {
    report.hosts.push_back(host_report(*rollout, host));
    report.hosts.back().spent = history.ways[host].spent;
    ++report.waves[plan.hosts[host].wave].hosts[rollout->hosts[host].state];
  }
  for (const PlannedImage& image : plan.images) {
    const auto sent = history.sendings.find(to_hex(image.image.digest));
    report.images.push_back({image.release, image.version, image.image.digest, image.signers,
                             sent == history.sendings.end() ? 0 : sent->second});
  }
  return report;
}

}  // namespace breakwater
