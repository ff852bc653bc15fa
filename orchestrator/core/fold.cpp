// apply(): what each event makes of the fleet. First most kinds of event, then what they have in common. The rest
// stands in fold_operator.cpp, fold_ways_back.cpp, fold_runs.cpp, fold_machines.cpp, moved_machines.cpp (machines by
// another name), fold_absence.cpp (what lasts its time), fold_soak.cpp and fold_keys.cpp.
#include <algorithm>
#include <limits>
#include <stdexcept>

#include "orchestrator/core/binding.hpp"
#include "orchestrator/core/event_facts.hpp"
#include "orchestrator/core/fleet.hpp"
#include "orchestrator/core/outcome.hpp"

namespace breakwater {

void Fleet::apply(const Recorded& record) {
  at_ = record.at;
  last_at_ = std::max(last_at_, record.at);
  last_seq_ = record.seq;
  std::visit([this](const auto& event) { take(event); }, record.event);
  if (facts_of(record).conducted) conducted_ = at_;
  settle_lines();
}

void Fleet::take(const RolloutStarted& event) {
  RolloutState& rollout = rollouts_[last_seq_];
  rollout.id = last_seq_;
  rollout.plan = std::make_shared<const ResolvedPlan>(event.plan);
  rollout.digest = event.digest;
  rollout.by = event.by;
  rollout.started = at_;
  const ResolvedPlan& plan = *rollout.plan;
  name_run(rollout);
  kept_.see(plan);

  rollout.waves.resize(plan.waves.size());
  rollout.starts.resize(plan.waves.size());
  for (const DomainLimit& limit : plan.domain_limits) {
    rollout.limited.push_back(domains_.id_of(limit.label, limit.value));
  }
  open(rollout);
  rollout.hosts.resize(plan.hosts.size());
  for (HostIndex host = 0; host < plan.hosts.size(); ++host) {
    const PlannedHost& planned = plan.hosts[host];
    HostTrip& trip = rollout.hosts[host];
    trip.since = at_;
    trip.domains = domains_.ids_of(planned.labels);
    const std::string machine = machine_of(planned);
    trip.domains.push_back(domains_.host_id(machine));
    owners_[machine].insert(rollout.id);
    domains_.find_up(planned.name, rollout.id);
    ++rollout.waves[planned.wave].waiting;
    queue(rollout, host);
  }
  if (!quarantines_.empty()) find_moved(plan);
}

void Fleet::take(const CommandIssued& event) {
  const Command& command = event.command;
  RolloutState& rollout = rollouts_.at(command.rollout);
  HostTrip& trip = rollout.hosts.at(command.host);
  leave_steps(rollout, command.host);
  trip.open = command;
  trip.open->id = last_seq_;
  trip.issued = rollout.under_way(at_);
  ++rollout.open_commands;
  trip.evidence.clear();
  switch (command.action) {
    case Action::prepare:
      move(rollout, command.host, Input::start);
      break;
    case Action::stage:
      ++trip.uploads;
      trip.task.clear();
      break;
    case Action::activate:
      touch(rollout, command.host, command.update);
      trip.touched = command.update + 1;
      if (trip.state == State::staged) move(rollout, command.host, Input::activation);
      break;
    case Action::roll_back:
      begin_way_back(rollout, command.host);
      break;
    case Action::watch:
      begin_look(rollout, command.host);
      break;
    case Action::check:
    case Action::cancel:
    case Action::check_back:
      break;
  }
}

void Fleet::take(const EvidenceSeen& event) {
  RolloutState& rollout = rollouts_.at(event.rollout);
  HostTrip& trip = rollout.hosts.at(event.host);
  if (trip.open && trip.open->id != event.command) return;
  trip.evidence.push_back(event.evidence);
  if (trip.open) note_waiting(rollout, event.host, event.evidence);
  if (trip.open) note_sent(rollout, *trip.open, event.evidence);
  if (event.evidence.kind == Evidence::Kind::task) trip.task = event.evidence.text;
  if (event.evidence.kind != Evidence::Kind::new_key) return;
  if (const auto key = parse_sha256(event.evidence.text)) vouch(rollout.plan->hosts[event.host].bmc, *key);
}

void Fleet::take(const CommandEnded& event) {
  RolloutState& rollout = rollouts_.at(event.rollout);
  HostTrip& trip = rollout.hosts.at(event.host);
  if (!trip.open || trip.open->id != event.command) return;
  end_waiting(rollout, event.host);
  const Command command = *std::exchange(trip.open, std::nullopt);
  trip.spent += rollout.under_way(at_) - trip.issued;
  --rollout.open_commands;
  note_reading(trip, command, event.outcome);
  if (event.input != Input::left_released) note_result(trip, command, event.outcome);
  if (brought_nothing(command, event.outcome)) untouch(rollout, event.host, command.update);
  note_not_switched(rollout, command, event.outcome);
  if (command.action == Action::watch) {
    note_look(rollout, event.host, event.outcome);
    if (!event.input) return queue(rollout, event.host);  // it may have been asked back meanwhile
  }
  if (command.action == Action::roll_back || command.action == Action::check_back) {
    judge_way_back(rollout, command, event);
  }
  if (!event.input && event.outcome.cause == Cause::withdrawn) return queue(rollout, event.host);
  if (!event.input) return try_again(rollout, event.host);
  note_input(rollout, trip, *event.input);
  move(rollout, event.host, *event.input);
}

void Fleet::take(const GateJudged& event) {
  RolloutState& rollout = rollouts_.at(event.rollout);
  WaveState& wave = rollout.waves.at(event.wave);
  wave.held = event.verdict == GateVerdict::hold;
  wave.judged = !wave.held;
  if (event.verdict != GateVerdict::pass) return;
  rollout.open_wave = event.wave + 1;
  wave.seen.clear();
  wave.unseen.clear();
}

void Fleet::take(const RolloutHalted& event) {
  RolloutState& rollout = rollouts_.at(event.rollout);
  // Why it halted first is what a person asks for; that it was asked back later stands among what operators asked for.
  if (!rollout.halted) rollout.halt_reason = event.reason;
  rollout.halted = true;
  open(rollout);  // a finished rollout that is rolled back has work to do again
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    // A released host is in a person's hands: only what a person asks, in this very record, reaches it.
    const HostTrip& trip = rollout.hosts[host];
    const bool apart = is_released(trip) && trip.asked_back != last_seq_;
    if (!apart && event.undo.includes(rollout.plan->hosts[host].wave)) undo(rollout, host);
    take_out_idle(rollout, host);
  }
  for (std::uint32_t wave = 0; wave < rollout.waves.size(); ++wave) {
    if (event.undo.includes(wave)) rollout.waves[wave].undo = true;
  }
}

void Fleet::take(const RolloutFinished& event) {
  RolloutState& rollout = rollouts_.at(event.rollout);
  if (rollout.finished) return;
  rollout.finished = true;
  unfinished_.erase(rollout.id);
  // An earlier version may have ended it without those that wait to go back by today's rules: a person asks again.
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    if (leave_undos(rollout, host)) rollout.hosts[host].undo = false;
  }
  forget_what_may_be_left(rollout);
  for (const PlannedHost& host : rollout.plan->hosts) {
    const auto owners = owners_.find(machine_of(host));
    if (owners == owners_.end()) continue;
    owners->second.erase(rollout.id);
    if (owners->second.empty()) owners_.erase(owners);
  }
  for (const LeftOut& host : rollout.plan->left_out) {
    if (host.down) domains_.forget_down(host, rollout.id);
  }
  set_limits(rollout);
}

/// It has work to do, for the first time or again: its limits hold, and the hosts it found down count.
void Fleet::open(RolloutState& rollout) {
  if (!unfinished_.insert(rollout.id).second) return;
  rollout.finished = false;
  set_limits(rollout);
  for (const LeftOut& host : rollout.plan->left_out) {
    if (host.down) domains_.find_down(host, rollout.id);
  }
}

/// A rollout's promise holds for everything that goes on beside it: of several limits the tightest counts.
void Fleet::set_limits(const RolloutState& changed) {
  domains_.clear_limits();
  for (const RolloutId id : unfinished_) {
    const RolloutState& rollout = rollouts_.at(id);
    for (std::size_t i = 0; i < rollout.limited.size(); ++i) {
      domains_.tighten(rollout.limited[i], rollout.plan->domain_limits[i].most, rollout.plan->domain_limits[i].ceiling);
    }
  }
  domains_.look_again(changed.limited);
}

/// The upload may be tried again, later each time.
void Fleet::try_again(RolloutState& rollout, HostIndex host) {
  const Attempts& attempts = rollout.plan->attempts;
  HostTrip& trip = rollout.hosts[host];
  trip.not_before =
      at_ + std::min(attempts.backoff_most, attempts.backoff_first * (1 << std::clamp(trip.uploads - 1, 0, 16)));
  queue(rollout, host);
}

/// Asks for a host's way back. Nothing goes back from some ends. A host that was released from its quarantine needs a
/// way back. Where another run has replaced all that this run brought, the host stays; while that run is not over, it
/// may leave the host on our image again, and then the host goes back (`undo_if_left`). Another rollout in which the
/// host only waits or soaks does not hold it up.
void Fleet::undo(RolloutState& rollout, HostIndex host) {
  HostTrip& trip = rollout.hosts[host];
  if (trip.undo || (is_end(trip.state) && !may_go_back(trip))) return;
  const bool stays = may_go_back(trip) && !set_stays(rollout, host);
  if (may_go_back(trip)) trip.undo_if_left = may_be_left(rollout, host);  // for what stays, be it a part
  if (stays) return;
  const bool has_way = way_back_lost(rollout, host).empty() && has_way_back(rollout.plan->hosts[host], trip);
  if (is_released(trip) && !has_way) return;
  trip.undo = true;
  owners_[machine_of(rollout.plan->hosts[host])].insert(rollout.id);
  take_out_idle(rollout, host);
  if (trip.state == State::updated || is_back_in_part(trip)) {
    trip.cause = taken_out_by(rollout, trip);
    trip.detail.clear();  // what an earlier try met is no fact of this one
  }
  if (may_go_back(trip)) queue(rollout, host);
}

/// A host that waits for its start or for its next image gets none any more.
void Fleet::take_out_idle(RolloutState& rollout, HostIndex host) {
  HostTrip& trip = rollout.hosts[host];
  const bool waited = trip.state == State::waiting;
  if (!waited && !between_images(trip)) return;
  leave_steps(rollout, host);
  trip.not_before = Instant();  // its way back waits for no upload
  trip.cause = taken_out_by(rollout, trip);
  trip.detail.clear();
  move(rollout, host, without_image(rollout, trip, host));
  // Its turn may have come already: the next host that is parked for the same domain goes in its place.
  if (waited) domains_.look_again(trip.domains);
}

void Fleet::move(RolloutState& rollout, HostIndex host, Input input) {
  HostTrip& trip = rollout.hosts[host];
  const PlannedHost& planned = rollout.plan->hosts[host];
  const State from = trip.state;
  const std::optional<State> to = next_state(from, input);
  if (!to) {
    throw std::logic_error("record " + std::to_string(last_seq_) + ": host " + planned.name + " is " +
                           std::string(to_string(from)) + " and cannot take " + std::string(to_string(input)));
  }
  if (from == State::waiting) rollout.starts[planned.wave].remove(host, host);
  if (input == Input::start) {
    trip.started = at_;
    trip.spent = Duration(0);
  }
  trip.state = *to;
  trip.since = at_;
  if (*to == State::updated) {
    if (trip.order == 0) trip.order = last_seq_;
    if (input != Input::left_updated) trip.undo = trip.undo || rollout.waves[planned.wave].undo;
    if (trip.undo && trip.cause == Cause::none) {
      trip.cause = taken_out_by(rollout, trip);
      trip.detail.clear();
    }
  }
  if (*to == State::quarantined && input != Input::left_released) quarantine(rollout, host, from);
  hold(rollout, host, from, *to);
  follow_soak(rollout, host, from, *to);
  count(rollout, host, from, *to);
  if (*to == State::rolled_back || *to == State::quarantined) keep_what_stays(rollout, host);
  queue(rollout, host);
  // It is back: the rollout that has it too goes on with it.
  const bool was_back = from == State::rolling_back || from == State::checking_back;
  if (std::set<RolloutId>& owners = owners_[machine_of(planned)]; was_back && is_end(*to) && owners.size() > 1) {
    owners.erase(rollout.id);
  }
}

void Fleet::count(RolloutState& rollout, HostIndex host, State from, State to) {
  WaveState& wave = rollout.waves[rollout.plan->hosts[host].wave];
  const HostTrip& trip = rollout.hosts[host];
  if (std::uint32_t* left = figure_of(wave, trip, from)) --*left;
  if (std::uint32_t* entered = figure_of(wave, trip, to)) ++*entered;
  if (fails_untouched(trip, from)) --wave.refused;
  if (fails_untouched(trip, to)) ++wave.refused;
  if (is_end(to)) {
    wave.last_end = at_;
    wave.soaks_from = rollout.under_way(at_);
    wave.held = false;  // it soaks anew
  }
  const int in_flight = static_cast<int>(is_in_flight(to)) - static_cast<int>(is_in_flight(from));
  in_flight_ += in_flight;
  rollout.in_flight = static_cast<std::uint32_t>(static_cast<int>(rollout.in_flight) + in_flight);
  const int away = static_cast<int>(counts_away(trip, to)) - static_cast<int>(counts_away(trip, from));
  if (away != 0) domains_.count_away(trip.domains, away);
}

/// Puts a host where decide() finds it, if there is something to do for it.
void Fleet::queue(RolloutState& rollout, HostIndex host) {
  HostTrip& trip = rollout.hosts[host];
  const PlannedHost& planned = rollout.plan->hosts[host];
  if (trip.state == State::waiting) {
    rollout.starts[planned.wave].add(host, host);
  } else if (may_go_back(trip) && trip.undo && !trip.open) {
    leave_undos(rollout, host);
    std::string lost = way_back_lost(rollout, host);
    if (!lost.empty() || !has_way_back(planned, trip)) {
      trip.cause = Cause::no_way_back;
      trip.detail = std::move(lost);
    } else {
      domains_.claim(trip.domains.back(), +1);
      if (binds_way_back(rollout, trip)) return void(rollout.bound_undos.insert(host));
      rollout.undos.add(undo_order(trip), host);
    }
  } else if (!is_end(trip.state) && !trip.open) {
    rollout.steps.emplace(trip.not_before, host);
  }
}

void Fleet::leave_steps(RolloutState& rollout, HostIndex host) {
  rollout.steps.erase({rollout.hosts[host].not_before, host});
}

/// Brings the lines in step with the domains: parked hosts come back, as many as there is room for, and no line that
/// decide() picks from begins with a host that a full domain blocks. A host is parked once for each time it came back.
void Fleet::settle_lines() {
  const std::set<DomainId> freed = domains_.take_freed();
  for (const RolloutId id : unfinished_) {
    RolloutState& rollout = rollouts_.at(id);
    const bool has_starts = rollout.open_wave < rollout.starts.size();
    for (WaitingLine* line : {&rollout.undos, has_starts ? &rollout.starts[rollout.open_wave] : nullptr}) {
      if (line == nullptr) continue;
      const bool back = line == &rollout.undos;
      for (const DomainId domain : freed) line->unpark(domain, domains_[domain].room(back));
      clear_front(rollout, *line, back);
    }
  }
}

void Fleet::clear_front(const RolloutState& rollout, WaitingLine& line, bool back) {
  while (const auto host = line.front()) {
    const std::vector<DomainId>& domains = rollout.hosts[*host].domains;
    // Its own machine first: until that is free, no room elsewhere helps.
    const auto is_full = [&](DomainId id) { return domains_[id].is_full(back); };
    const bool own = is_full(domains.back());
    const auto full = own ? domains.end() - 1 : std::find_if(domains.begin(), domains.end(), is_full);
    if (full == domains.end()) return;
    line.park_front(*full, own ? WaitingLine::Room::own : WaitingLine::Room::shared);
    // A host that waits only for its other domains may go in its place.
    for (const DomainId id : domains) {
      if (!domains_[id].is_full(back)) line.unpark(id, 1);
    }
  }
}

}  // namespace breakwater
