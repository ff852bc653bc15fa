// What is known of a machine under whatever name and in whatever rollout: who owns it, who has it in hand, what keeps
// it.
#include <algorithm>
#include <set>
#include <utility>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

void Fleet::quarantine(RolloutState& rollout, HostIndex host, State from) {
  HostTrip& trip = rollout.hosts[host];
  const bool before_it_ran = from == State::staging || from == State::staged;
  if (before_it_ran && trip.touched > trip.update) touch(rollout, host, trip.update);  // an image may wait there
  const PlannedHost& planned = rollout.plan->hosts[host];
  const std::string machine = machine_of(planned);
  trip.undo = trip.released = false;
  if (trip.first_cause == Cause::none) {
    trip.first_cause = trip.cause;
    trip.first_detail = trip.detail;
  }
  kept_.keep(planned);
  domains_.quarantine(trip.domains, +1);
  quarantines_.emplace(
      planned.name,
      Quarantine{planned.name, machine, rollout.id, host, trip.cause, trip.detail, at_, false, planned.labels, {}});
  if (const PlannedHost* newest = newest_as(rollout, planned)) find_moved({machine}, newest->labels);
}

/// It stays quarantined, under whatever name, and the others of its domains go on without it.
void Fleet::discount(const std::string& host) {
  const std::set<std::string> machines = machines_quarantined_as(host);
  for (auto& [name, one] : quarantines_) {
    if (!machines.contains(one.machine) || std::exchange(one.discounted, true)) continue;
    HostTrip& trip = rollouts_.at(one.rollout).hosts.at(one.index);
    trip.discounted = true;
    domains_.discount(trip.domains, +1);
    domains_.discount(one.also, +1);
  }
}

/// A person has seen to the machine: whatever kept it, under any of its names, keeps it no more.
void Fleet::release(const std::string& host) {
  const std::set<std::string> machines = machines_quarantined_as(host);
  for (auto it = quarantines_.begin(); it != quarantines_.end();) {
    const Quarantine& one = it->second;
    if (!machines.contains(one.machine)) {
      ++it;
      continue;
    }
    RolloutState& rollout = rollouts_.at(one.rollout);
    kept_.let_go(rollout.plan->hosts[one.index]);
    HostTrip& trip = rollout.hosts.at(one.index);
    if (trip.state == State::quarantined && !trip.released) {
      trip.released = true;
      if (std::exchange(trip.discounted, false)) domains_.discount(trip.domains, -1);
      domains_.count_away(trip.domains, -1);
      domains_.quarantine(trip.domains, -1);
    }
    count_also(one, -1);
    it = quarantines_.erase(it);
  }
}

/// A machine is in hand from the start of a trip until its end, and while it is read in a soak.
void Fleet::hold(const RolloutState& rollout, HostIndex host, State from, State to) {
  if (is_in_flight(from) == is_in_flight(to)) return;
  is_in_flight(to) ? take_in_hand(rollout, host) : let_go(rollout, host);
}

void Fleet::take_in_hand(const RolloutState& rollout, HostIndex host) {
  in_hand_[machine_of(rollout.plan->hosts[host])] = {rollout.id, host};
}

void Fleet::let_go(const RolloutState& rollout, HostIndex host) {
  const auto found = in_hand_.find(machine_of(rollout.plan->hosts[host]));
  if (found != in_hand_.end() && found->second == std::pair(rollout.id, host)) in_hand_.erase(found);
}

}  // namespace breakwater
