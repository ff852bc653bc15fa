#include "orchestrator/core/fleet.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "orchestrator/core/mutation.hpp"

namespace breakwater {

const RolloutState* Fleet::find(RolloutId id) const {
  const auto found = rollouts_.find(id);
  return found == rollouts_.end() ? nullptr : &found->second;
}

const RolloutState* Fleet::find(const std::string& name) const {
  for (auto it = rollouts_.rbegin(); it != rollouts_.rend(); ++it) {
    if (it->second.plan->rollout == name) return &it->second;
  }
  return nullptr;
}

const RolloutState* Fleet::owner(const std::string& host) const {
  const auto found = owners_.find(host);
  return found == owners_.end() ? nullptr : find(found->second);
}

void Fleet::apply(const Recorded& record) {
  last_seq_ = record.seq;
  last_at_ = std::max(last_at_, record.at);
  if (const auto* started = std::get_if<RolloutStarted>(&record.event)) start(record, *started);
  if (const auto* issued = std::get_if<CommandIssued>(&record.event)) issue(record, *issued);
  if (const auto* seen = std::get_if<EvidenceSeen>(&record.event)) see(*seen);
  if (const auto* ended = std::get_if<CommandEnded>(&record.event)) end(record, *ended);
  if (const auto* judged = std::get_if<GateJudged>(&record.event)) judge(*judged);
  if (const auto* halted = std::get_if<RolloutHalted>(&record.event)) halt(record, *halted);
  if (const auto* asked = std::get_if<OperatorAsked>(&record.event)) ask(record, *asked);
  if (const auto* finished = std::get_if<RolloutFinished>(&record.event)) finish(*finished);
}

void Fleet::start(const Recorded& record, const RolloutStarted& event) {
  RolloutState& rollout = rollouts_[record.seq];
  rollout.id = record.seq;
  rollout.plan = std::make_shared<const ResolvedPlan>(event.plan);
  rollout.digest = event.digest;
  rollout.by = event.by;
  rollout.started = record.at;
  const ResolvedPlan& plan = *rollout.plan;

  rollout.waves.resize(plan.waves.size());
  rollout.starts.resize(plan.waves.size());
  for (const DomainLimit& limit : plan.domain_limits) rollout.limited.push_back(domain(limit.label, limit.value));
  set_limits(rollout);
  count_down_hosts(rollout);

  rollout.hosts.resize(plan.hosts.size());
  for (HostIndex i = 0; i < plan.hosts.size(); ++i) {
    HostTrip& trip = rollout.hosts[i];
    trip.since = record.at;
    trip.domains = domains_of(plan.hosts[i].labels);
    owners_[plan.hosts[i].name] = rollout.id;
    note_up(rollout, plan.hosts[i].name);
    ++rollout.waves[plan.hosts[i].wave].waiting;
    queue(rollout, i);
  }
}

void Fleet::issue(const Recorded& record, const CommandIssued& event) {
  RolloutState& rollout = rollouts_.at(event.command.rollout);
  const HostIndex host = event.command.host;
  HostTrip& trip = rollout.hosts.at(host);
  if (!broken(Rule::one_command_at_a_time)) rollout.steps.erase(host);
  rollout.later.erase({trip.not_before, host});
  trip.open = event.command;
  trip.open->id = record.seq;
  trip.evidence.clear();
  switch (event.command.action) {
    case Action::prepare:
      move(record, rollout, host, Input::start);
      break;
    case Action::stage:
      ++trip.uploads;
      trip.task.clear();
      break;
    case Action::activate:
      if (trip.touched == 0) last_touched_[rollout.plan->hosts[host].name] = rollout.id;
      trip.touched = event.command.update + 1;
      if (trip.state == State::staged) move(record, rollout, host, Input::activation);
      break;
    case Action::roll_back:
      if (trip.state == State::updated) {
        rollout.undos.remove(-static_cast<std::int64_t>(trip.order), host);
        move(record, rollout, host, Input::undo);
      }
      break;
    case Action::check:
    case Action::cancel:
    case Action::check_back:
      break;
  }
}

void Fleet::see(const EvidenceSeen& event) {
  HostTrip& trip = rollouts_.at(event.rollout).hosts.at(event.host);
  if (trip.open && trip.open->id != event.command) return;
  trip.evidence.push_back(event.evidence);
  if (event.evidence.kind == Evidence::Kind::task) trip.task = event.evidence.text;
  if (event.evidence.kind == Evidence::Kind::new_key) trip.pin = parse_sha256(event.evidence.text);
}

void Fleet::end(const Recorded& record, const CommandEnded& event) {
  RolloutState& rollout = rollouts_.at(event.rollout);
  HostTrip& trip = rollout.hosts.at(event.host);
  if (!trip.open || trip.open->id != event.command) return;
  const Command command = *trip.open;
  const Outcome& outcome = event.outcome;
  trip.open.reset();
  if (!outcome.versions.empty()) trip.versions = outcome.versions;

  const bool done = outcome.verdict == Outcome::Verdict::done;
  if (command.action == Action::prepare && done) {
    trip.stages = outcome.stages;
    trip.baseline = outcome.baseline;
  }
  const std::optional<Input> input = input_of(rollout, trip, command, outcome);
  if (command.action == Action::activate && outcome.verdict == Outcome::Verdict::untouched)
    trip.touched = command.update;
  if (command.action == Action::roll_back && done) trip.touched = command.update;
  if (outcome.cause != Cause::none) {
    trip.cause = outcome.cause;
    trip.detail = outcome.detail;
  } else if (done && (command.action == Action::stage || command.action == Action::check)) {
    trip.cause = Cause::none;  // an earlier try's failure is no fact of a host that went on
    trip.detail.clear();
  }
  if (!input) {  // the upload may be tried again, later each time
    const Duration wait = std::min(rollout.plan->attempts.backoff_most,
                                   rollout.plan->attempts.backoff_first * (1 << std::min(trip.uploads - 1, 16)));
    trip.not_before = record.at + wait;
    queue(rollout, event.host);
    return;
  }
  if (*input == Input::can_stage || *input == Input::can_apply) {
    trip.update = trip.touched;
    trip.uploads = 0;
  }
  if (*input == Input::taken_back) {
    trip.cause = Cause::none;
    trip.detail.clear();
  }
  const bool held_back = *input == Input::halted || *input == Input::gone_wrong || *input == Input::hands_needed;
  if (held_back && trip.cause == Cause::none && gets_no_image(rollout, trip)) {
    trip.cause = rollout.halted ? Cause::halted : Cause::asked;
  }
  move(record, rollout, event.host, *input);
}

void Fleet::move(const Recorded& record, RolloutState& rollout, HostIndex host, Input input) {
  HostTrip& trip = rollout.hosts[host];
  const std::optional<State> next = next_state(trip.state, input);
  if (!next) {
    throw std::logic_error("record " + std::to_string(record.seq) + ": host " + rollout.plan->hosts[host].name +
                           " is " + std::string(to_string(trip.state)) + " and can not take " +
                           std::string(to_string(input)));
  }
  const State from = trip.state;
  if (from == State::waiting) rollout.starts[rollout.plan->hosts[host].wave].remove(host, host);
  trip.state = *next;
  trip.since = record.at;
  if (from == State::waiting && input == Input::start) trip.started = record.at;
  if (*next == State::updated) {
    trip.order = record.seq;
    trip.undo = trip.undo || rollout.waves[rollout.plan->hosts[host].wave].undo;
    if (trip.undo) trip.cause = rollout.halted ? Cause::halted : Cause::asked;
  }
  if (*next == State::quarantined) enter_quarantine(record, rollout, host);
  count(record, rollout, host, from, *next);
  queue(rollout, host);
}

void Fleet::count(const Recorded& record, RolloutState& rollout, HostIndex host, State from, State to) {
  WaveState& wave = rollout.waves[rollout.plan->hosts[host].wave];
  // What an operator took out though it was well says nothing of the wave.
  const bool taken_out = rollout.hosts[host].cause == Cause::asked;
  const auto place = [&wave, taken_out](State state) -> std::uint32_t* {
    if (state == State::waiting) return &wave.waiting;
    if (!is_end(state)) return &wave.in_flight;
    if (state == State::updated) return &wave.updated;
    if (state == State::current) return &wave.current;
    if (state == State::rolled_back && taken_out) return nullptr;
    return state == State::not_started || state == State::skipped ? nullptr : &wave.failed;
  };
  if (std::uint32_t* left = place(from)) --*left;
  if (std::uint32_t* entered = place(to)) ++*entered;
  if (is_end(to)) wave.last_end = record.at;

  const auto flying = [](State state) { return state != State::waiting && !is_end(state); };
  const int change = static_cast<int>(flying(to)) - static_cast<int>(flying(from));
  in_flight_ += change;
  rollout.in_flight = static_cast<std::uint32_t>(static_cast<int>(rollout.in_flight) + change);
  count_away(rollout.hosts[host].domains, static_cast<int>(is_away(to)) - static_cast<int>(is_away(from)));
}

void Fleet::count_away(const std::vector<DomainId>& domains, int change) {
  if (change == 0) return;
  for (const DomainId id : domains) {
    domains_[id].away += change;
    if (change < 0 && domains_[id].limit > 0) make_room(id);
  }
}

/// Hosts that were set aside for a domain are looked at again, as many as it now has room for.
void Fleet::make_room(DomainId id) {
  const Domain& domain = domains_[id];
  const int room = domain.limit == 0 ? std::numeric_limits<int>::max() : domain.limit - domain.away;
  if (room <= 0) return;
  for (auto& [key, rollout] : rollouts_) {
    if (rollout.finished) continue;
    for (WaitingLine& line : rollout.starts) line.unpark(id, room);
    rollout.undos.unpark(id, room);
  }
}

/// A rollout's promise holds for everything that goes on beside it: of several limits the tightest counts.
void Fleet::set_limits(const RolloutState& changed) {
  for (Domain& domain : domains_) domain.limit = 0;
  for (const auto& [id, rollout] : rollouts_) {
    if (rollout.finished) continue;
    for (std::size_t i = 0; i < rollout.limited.size(); ++i) {
      const int most = rollout.plan->domain_limits[i].most;
      int& limit = domains_[rollout.limited[i]].limit;
      limit = limit == 0 ? most : std::min(limit, most);
    }
  }
  for (const DomainId id : changed.limited) make_room(id);
}

void Fleet::enter_quarantine(const Recorded& record, const RolloutState& rollout, HostIndex host) {
  const HostTrip& trip = rollout.hosts[host];
  const std::string& name = rollout.plan->hosts[host].name;
  quarantines_[name] = Quarantine{name, rollout.id, host, trip.cause, trip.detail, record.at};
}

void Fleet::queue(RolloutState& rollout, HostIndex host) {
  HostTrip& trip = rollout.hosts[host];
  if (trip.state == State::waiting) {
    rollout.starts[rollout.plan->hosts[host].wave].add(host, host);
    return;
  }
  if (trip.state == State::updated && trip.undo) {
    if (has_way_back(*rollout.plan, rollout.plan->hosts[host], trip.touched)) {
      rollout.undos.add(-static_cast<std::int64_t>(trip.order), host);
    } else {
      trip.cause = Cause::no_way_back;
    }
  }
  const bool rests = is_end(trip.state) && !(trip.state == State::quarantined && broken(Rule::quarantine_rests));
  if (rests || trip.open) return;
  if (trip.not_before > last_at_) {
    if (!broken(Rule::retry_wakes)) rollout.later.emplace(trip.not_before, host);
  } else {
    rollout.steps.insert(host);
  }
}

DomainId Fleet::domain(const std::string& label, const std::string& value) {
  const auto [found, added] = domain_ids_.try_emplace({label, value}, static_cast<DomainId>(domains_.size()));
  if (added) domains_.push_back(Domain{label, value, 0, 0});
  return found->second;
}

std::vector<DomainId> Fleet::domains_of(const Labels& labels) {
  std::vector<DomainId> ids;
  for (const auto& [label, value] : labels) ids.push_back(domain(label, value));
  return ids;
}

}  // namespace breakwater
