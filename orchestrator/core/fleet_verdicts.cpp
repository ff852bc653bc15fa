// How gates, halts and operators change the fleet.
#include "orchestrator/core/fleet.hpp"

namespace breakwater {

void Fleet::judge(const GateJudged& event) {
  RolloutState& rollout = rollouts_.at(event.rollout);
  rollout.waves.at(event.wave).judged = true;
  if (event.passed) rollout.open_wave = event.wave + 1;
}

void Fleet::halt(const Recorded& record, const RolloutHalted& event) {
  RolloutState& rollout = rollouts_.at(event.rollout);
  rollout.halted = true;
  reopen(rollout);  // a finished rollout that is rolled back has work to do again
  rollout.halt_reason = event.reason;
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    const int wave = static_cast<int>(rollout.plan->hosts[host].wave);
    if (event.undo_wave == kUndoAll || event.undo_wave == wave) undo(record, rollout, host);
    settle(record, rollout, host);
  }
  for (std::size_t wave = 0; wave < rollout.waves.size(); ++wave) {
    if (event.undo_wave == kUndoAll || event.undo_wave == static_cast<int>(wave)) rollout.waves[wave].undo = true;
  }
}

void Fleet::undo(const Recorded& record, RolloutState& rollout, HostIndex host) {
  HostTrip& trip = rollout.hosts[host];
  const std::string& name = rollout.plan->hosts[host].name;
  if (trip.undo || is_end(trip.state) != (trip.state == State::updated)) return;
  if (trip.state == State::updated) {
    const auto touched = last_touched_.find(name);
    const auto other = owners_.find(name);
    if (touched != last_touched_.end() && touched->second != rollout.id) return;
    if (other != owners_.end() && other->second != rollout.id) return;
  }
  trip.undo = true;
  owners_[name] = rollout.id;
  settle(record, rollout, host);
  if (trip.state == State::updated) {
    trip.cause = rollout.halted ? Cause::halted : Cause::asked;
    queue(rollout, host);
  }
}

/// A host that waits for its start or for its next image gets none any more.
void Fleet::settle(const Recorded& record, RolloutState& rollout, HostIndex host) {
  HostTrip& trip = rollout.hosts[host];
  const bool between = !trip.open && (trip.state == State::staging || trip.state == State::activating);
  const bool waited = trip.state == State::waiting;
  if (!waited && !between) return;
  rollout.steps.erase(host);
  rollout.later.erase({trip.not_before, host});
  trip.not_before = Instant();  // its way back waits for no upload
  trip.cause = rollout.halted ? Cause::halted : Cause::asked;
  trip.detail.clear();
  move(record, rollout, host, way_out(rollout, trip, host));
  if (!waited) return;
  // Its turn may have come already: whoever stands behind it for the same domain goes in its place.
  for (const DomainId id : trip.domains) make_room(id);
}

void Fleet::stop(const Recorded& record, RolloutState& rollout) {
  rollout.paused = true;
  rollout.stopping = true;
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    HostTrip& trip = rollout.hosts[host];
    if (trip.open || trip.touched > 0) continue;
    if (trip.state != State::staging && trip.state != State::activating) continue;
    rollout.steps.erase(host);
    rollout.later.erase({trip.not_before, host});
    move(record, rollout, host, Input::taken_back);
  }
}

void Fleet::ask(const Recorded& record, const OperatorAsked& event) {
  if (event.verb == Verb::release) return release(event);
  RolloutState& rollout = rollouts_.at(event.rollout);
  switch (event.verb) {
    case Verb::pause:
      rollout.paused = true;
      break;
    case Verb::resume:
      rollout.paused = false;
      rollout.stopping = false;
      break;
    case Verb::stop:
      stop(record, rollout);
      break;
    case Verb::roll_back:
      if (event.host.empty()) {
        halt(record, RolloutHalted{event.rollout, "an operator asked for it to be rolled back",
                                   event.wave ? static_cast<int>(*event.wave) : kUndoAll});
        break;
      }
      for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
        if (rollout.plan->hosts[host].name != event.host) continue;
        reopen(rollout);
        undo(record, rollout, host);
      }
      break;
    case Verb::release:
      break;
  }
}

void Fleet::release(const OperatorAsked& event) {
  const auto found = quarantines_.find(event.host);
  if (found == quarantines_.end()) return;
  HostTrip& trip = rollouts_.at(found->second.rollout).hosts.at(found->second.index);
  if (trip.state == State::quarantined && !trip.released) {
    trip.released = true;
    count_away(trip.domains, -1);
  }
  quarantines_.erase(found);
}

void Fleet::finish(const RolloutFinished& event) {
  RolloutState& rollout = rollouts_.at(event.rollout);
  if (rollout.finished) return;
  rollout.finished = true;
  for (const PlannedHost& host : rollout.plan->hosts) {
    const auto owner = owners_.find(host.name);
    if (owner != owners_.end() && owner->second == event.rollout) owners_.erase(owner);
  }
  forget_down_hosts(rollout);
  set_limits(rollout);
}

void Fleet::reopen(RolloutState& rollout) {
  if (!rollout.finished) return;
  rollout.finished = false;
  set_limits(rollout);
  count_down_hosts(rollout);
}

/// Hosts that were down before a rollout began take room in their domains for as long as it is unfinished, or until a
/// later plan has read them; once each, however many rollouts found them so.
void Fleet::count_down_hosts(const RolloutState& rollout) {
  for (const LeftOut& host : rollout.plan->left_out) {
    if (!host.down) continue;
    Down& down = down_[host.host];
    if (down.read_by > rollout.id) continue;
    if (down.rollouts.empty()) {
      down.domains = domains_of(host.labels);
      count_away(down.domains, 1);
    }
    down.rollouts.insert(rollout.id);
  }
}

void Fleet::forget_down_hosts(const RolloutState& rollout) {
  for (const LeftOut& host : rollout.plan->left_out) {
    if (!host.down) continue;
    Down& down = down_[host.host];
    if (down.rollouts.erase(rollout.id) > 0 && down.rollouts.empty()) count_away(down.domains, -1);
  }
}

void Fleet::note_up(const RolloutState& rollout, const std::string& host) {
  const auto found = down_.find(host);
  if (found == down_.end()) return;
  Down& down = found->second;
  down.read_by = rollout.id;
  if (down.rollouts.empty()) return;
  down.rollouts.clear();
  count_away(down.domains, -1);
}

}  // namespace breakwater
