#include "tests/simulation/historian.hpp"

namespace breakwater::simulation {

namespace {

static_assert(static_cast<int>(HistoryAction::watch) == static_cast<int>(Action::watch));
static_assert(static_cast<int>(HistoryVerdict::lost) == static_cast<int>(Outcome::Verdict::lost));
static_assert(static_cast<int>(HistoryVerb::discount) == static_cast<int>(Verb::discount));

HistoryEnd end_of(State state) {
  switch (state) {
    case State::updated:
      return HistoryEnd::updated;
    case State::current:
      return HistoryEnd::current;
    case State::refused:
      return HistoryEnd::refused;
    case State::not_started:
      return HistoryEnd::not_started;
    case State::rolled_back:
      return HistoryEnd::rolled_back;
    case State::quarantined:
      return HistoryEnd::quarantined;
    case State::waiting:
    case State::preparing:
    case State::staging:
    case State::staged:
    case State::activating:
    case State::checking:
    case State::rolling_back:
    case State::checking_back:
      break;
  }
  return HistoryEnd::none;
}

std::vector<std::string> domains_of(const Labels& labels) {
  std::vector<std::string> domains;
  for (const auto& [label, value] : labels) domains.push_back(label + '=' + value);
  return domains;
}

}  // namespace

HistoryPlan history_of(const ResolvedPlan& plan) {
  HistoryPlan told;
  for (const PlannedHost& host : plan.hosts) {
    HistoryHost one{host.name, host.wave, domains_of(host.labels), {}};
    for (const PlannedUpdate& update : host.updates) one.components.push_back({update.way_back != WayBack::none});
    told.hosts.push_back(std::move(one));
  }
  for (const PlannedWave& wave : plan.waves) {
    told.waves.push_back({wave.hosts, wave.soak.count(), wave.gate.success_at_least.basis_points, wave.gate.min_hosts});
  }
  told.in_flight_most = plan.global_limit;
  for (const DomainLimit& limit : plan.domain_limits)
    told.limits.push_back({limit.label + '=' + limit.value, limit.most, limit.ceiling});
  for (const LeftOut& host : plan.left_out) {
    if (!host.down) continue;
    for (std::string& domain : domains_of(host.labels)) told.down_before.push_back(std::move(domain));
  }
  told.failed_hosts = plan.wave_failure.failed_hosts;
  if (plan.wave_failure.failed_share) told.failed_share = plan.wave_failure.failed_share->basis_points;
  told.failed_share_from = plan.wave_failure.min_hosts;
  told.undo_wave = plan.wave_failure.undo_wave;
  told.undo_host = plan.roll_back_host;
  told.uploads_most = plan.attempts.upload;
  told.way_back_failures = plan.way_back_failures;
  told.has_windows = !plan.calendar.always_open || !plan.calendar.freezes.empty();
  return told;
}

Historian::Historian(std::unique_ptr<Reference> reference, const ResolvedPlan& plan)
    : reference_(std::move(reference)), ends_(plan.hosts.size()) {
  for (std::uint32_t i = 0; i < plan.hosts.size(); ++i) places_[plan.hosts[i].name] = i;
  reference_->begin(history_of(plan));
}

std::optional<HistoryEvent> Historian::in_plain_words(const Recorded& record) {
  if (const auto* issued = std::get_if<CommandIssued>(&record.event)) {
    const Command& command = open_[record.seq] = issued->command;
    return CommandWasIssued{command.host, static_cast<HistoryAction>(command.action), command.update};
  }
  if (const auto* ended = std::get_if<CommandEnded>(&record.event)) {
    const auto open = open_.extract(ended->command);
    if (!open) return std::nullopt;
    const Command& command = open.mapped();
    CommandHasEnded told{
        command.host, static_cast<HistoryAction>(command.action), command.update, {}, {}, {}, {}, {}, {}, {}, {}};
    told.verdict = static_cast<HistoryVerdict>(ended->outcome.verdict);
    told.stages = ended->outcome.stages;
    told.upload_failed = ended->outcome.cause == Cause::upload_failed;
    told.window_closed = ended->outcome.cause == Cause::window_closed;
    told.drifted = ended->outcome.cause == Cause::drifted;
    told.withdrawn = ended->outcome.cause == Cause::withdrawn;
    told.stays_released = ended->input == Input::left_released;
    told.image_refused = ended->outcome.cause == Cause::image_refused;
    return told;
  }
  if (const auto* judged = std::get_if<GateJudged>(&record.event)) {
    if (judged->verdict == GateVerdict::hold) return std::nullopt;
    return GateWasJudged{judged->wave, judged->verdict == GateVerdict::pass};
  }
  if (const auto* halted = std::get_if<RolloutHalted>(&record.event)) {
    if (halted->undo == kUndoAll) return RolloutWasHalted{-1};
    return RolloutWasHalted{halted->undo == kUndoNone ? -2 : static_cast<int>(halted->undo.wave)};
  }
  const auto* asked = std::get_if<OperatorAsked>(&record.event);
  if (asked && asked->verb != Verb::trust_key) {  // a wait more, and nothing that it knows of
    OperatorHasAsked told{static_cast<HistoryVerb>(asked->verb), asked->wave, {}};
    if (const auto place = places_.find(asked->host); place != places_.end()) told.host = place->second;
    return told;
  }
  if (std::holds_alternative<RolloutFinished>(record.event)) return RolloutHasFinished();
  if (std::holds_alternative<ConductorStarted>(record.event)) return ConductorCameUp();
  return std::nullopt;
}

/// A halt and an operator may move every host, a command only its own.
void Historian::hear_ends(const Recorded& record, const Fleet& fleet) {
  if (fleet.rollouts().empty()) return;
  const HostTrips& hosts = fleet.rollouts().begin()->second.hosts;
  if (const auto* issued = std::get_if<CommandIssued>(&record.event)) {
    ends_[issued->command.host] = end_of(hosts[issued->command.host].state);
  } else if (const auto* ended = std::get_if<CommandEnded>(&record.event)) {
    ends_[ended->host] = end_of(hosts[ended->host].state);
  } else if (!std::holds_alternative<EvidenceSeen>(record.event)) {
    for (std::size_t i = 0; i < hosts.size(); ++i) ends_[i] = end_of(hosts[i].state);
  }
}

std::string Historian::tell(const Recorded& record, const Fleet& fleet) {
  const std::optional<HistoryEvent> event = in_plain_words(record);
  hear_ends(record, fleet);
  if (!event) return {};
  return reference_->take(*event, record.at.time_since_epoch().count(), ends_);
}

}  // namespace breakwater::simulation
