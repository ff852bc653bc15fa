// Several runs over the same hosts: what they are called, who has a host, and what each brought there.
#include <algorithm>
#include <utility>

#include "orchestrator/core/fleet.hpp"
#include "orchestrator/core/outcome.hpp"

namespace breakwater {

/// What of the host does not go back with this run; false where nothing does. What went back before, or was not
/// reached, a later run may have brought by now.
bool Fleet::set_stays(RolloutState& rollout, HostIndex host) {
  HostTrip& trip = rollout.hosts[host];
  const std::vector<std::uint32_t> ours = still_brought(rollout, host);
  const std::size_t before = trip.back_in_part ? rollout.plan->hosts[host].updates.size() : trip.touched;
  trip.stays.clear();
  for (std::uint32_t i = 0; i < rollout.plan->hosts[host].updates.size(); ++i) {
    if (std::find(ours.begin(), ours.end(), i) != ours.end()) continue;
    if (i < before || brought_since(rollout, host, i)) trip.stays.push_back(i);
  }
  return !ours.empty();
}

/// Its way back is over, and did not lead to what another run had brought anew: that is this run's again once the other
/// one leaves it there.
void Fleet::keep_what_stays(RolloutState& rollout, HostIndex host) {
  HostTrip& trip = rollout.hosts[host];
  if (trip.state == State::rolled_back) trip.touched = 0;
  const auto& updates = rollout.plan->hosts[host].updates;
  for (std::uint32_t i = trip.touched; i < updates.size(); ++i) {
    if (has_brought(rollout, host, i)) trip.touched = i + 1;
  }
  if (trip.order != 0) trip.proved = trip.touched;  // every one was read before it was updated
  if (!is_back_in_part(trip)) return;
  trip.back_in_part = true;
  trip.undo = false;
}

/// The first run has the rollout's name alone until there is a second one.
void Fleet::name_run(RolloutState& rollout) {
  const std::string& name = rollout.plan->rollout;
  std::vector<RolloutId>& runs = runs_[name];
  runs.push_back(rollout.id);
  rollout.name = runs.size() == 1 ? name : name + '#' + std::to_string(runs.size());
  if (runs.size() == 2) rollouts_.at(runs.front()).name = name + "#1";
}

std::vector<Fleet::Brought>& Fleet::brought_to(const RolloutState& rollout, HostIndex host, std::uint32_t update) {
  const PlannedHost& planned = rollout.plan->hosts[host];
  return brought_[machine_of(planned)][device_of(rollout.plan->components[planned.updates[update].component])];
}

/// It is over: what it brought stays, and nobody owes its hosts what was asked of the runs before it.
void Fleet::forget_what_may_be_left(const RolloutState& over) {
  for (HostIndex host = 0; host < over.hosts.size(); ++host) {
    for (std::uint32_t i = 0; i < over.hosts[host].touched; ++i) {
      const std::vector<Brought>& brought = brought_to(over, host, i);
      const auto ours = std::find(brought.begin(), brought.end(), Brought{over.id, host, i});
      if (ours == brought.end()) continue;
      for (auto one = brought.begin(); one != ours; ++one) {
        RolloutState& older = rollouts_.at(one->rollout);
        HostTrip& trip = older.hosts[one->host];
        trip.undo_if_left = trip.undo_if_left && may_be_left(older, one->host);
      }
    }
  }
}

/// From now on this run brings what runs there. What an older one still had to roll back there is gone, until this run
/// leaves it there again.
void Fleet::touch(RolloutState& rollout, HostIndex host, std::uint32_t update) {
  std::vector<Brought>& brought = brought_to(rollout, host, update);
  if (const Brought ours{rollout.id, host, update}; brought.empty() || brought.back() != ours) brought.push_back(ours);
  const std::string machine = machine_of(rollout.plan->hosts[host]);
  worked_[machine] = rollout.id;
  for (const RolloutId id : owners_[machine]) {
    RolloutState& other = rollouts_.at(id);
    for (HostIndex i = 0; id != rollout.id && i < other.hosts.size(); ++i) {
      HostTrip& trip = other.hosts[i];
      const bool waits = trip.undo && may_go_back(trip) && machine_of(other.plan->hosts[i]) == machine;
      if (!waits) continue;
      const bool goes = set_stays(other, i);
      trip.undo_if_left = trip.undo_if_left || may_be_left(other, i);
      if (goes) continue;
      if (trip.cause != Cause::no_way_back) leave_undos(other, i);
      trip.undo = false;
      if (trip.state == State::updated) trip.cause = Cause::none;
      if (is_back_in_part(trip)) trip.cause = taken_out_by(other, trip);
    }
  }
}

/// What this run did not bring there after all, or rolled back: what was there before is the last one again, and goes
/// back where that was asked for.
void Fleet::untouch(const RolloutState& rollout, HostIndex host, std::uint32_t update) {
  std::vector<Brought>& brought = brought_to(rollout, host, update);
  const auto ours = std::find(brought.begin(), brought.end(), Brought{rollout.id, host, update});
  if (ours == brought.end()) return;
  const auto later = brought.erase(ours);
  if (later != brought.end()) return;
  for (const Brought& before : left_on(brought)) {
    RolloutState& older = rollouts_.at(before.rollout);
    HostTrip& trip = older.hosts[before.host];
    if (trip.undo && may_go_back(trip)) set_stays(older, before.host);
    if (!std::exchange(trip.undo_if_left, false)) continue;
    open(older);
    undo(older, before.host);
  }
}

/// A way back that waits, or that a pause or a stop holds, waits no longer.
bool Fleet::leave_undos(RolloutState& rollout, HostIndex host) {
  const HostTrip& trip = rollout.hosts[host];
  const bool waited = rollout.undos.remove(undo_order(trip), host);
  if (rollout.bound_undos.erase(host) == 0 && !waited) return false;
  domains_.claim(trip.domains.back(), -1);
  return true;
}

}  // namespace breakwater
