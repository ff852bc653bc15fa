// What a bank switch over IPMI would restore. HPM.1's manual rollback takes no component: it restores what the last
// update over IPMI changed, so the fold follows what was sent there last, by whatever run.
#include <algorithm>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// An image that leaves, or a bank that is switched, is the last change from then on, whatever comes of it.
void Fleet::note_sent(RolloutState& rollout, const Command& command, const Evidence& evidence) {
  const PlannedHost& planned = rollout.plan->hosts[command.host];
  const bool back = command.action == Action::roll_back;
  const bool switched = back && evidence.kind == Evidence::Kind::start_asked;
  if (!switched && evidence.kind != Evidence::Kind::sending) return;
  if (!updates_by_ipmi(planned)) return;
  const std::string machine = machine_of(planned);
  sent_by_ipmi_[machine] = Sent{{rollout.id, command.host, command.update}, back};
  // A way back that waits meanwhile may be lost by that.
  const std::set<RolloutId> owners = owners_[machine];
  for (const RolloutId id : owners) {
    RolloutState& other = rollouts_.at(id);
    for (HostIndex i = 0; id != rollout.id && i < other.hosts.size(); ++i) {
      const HostTrip& trip = other.hosts[i];
      const bool waits = trip.undo && (trip.state == State::updated || is_back_in_part(trip));
      if (waits && machine_of(other.plan->hosts[i]) == machine) queue(other, i);
    }
  }
}

/// A way back that provably did nothing leaves the update as the last change.
void Fleet::note_not_switched(const RolloutState& rollout, const Command& command, const Outcome& outcome) {
  if (command.action != Action::roll_back || outcome.verdict != Outcome::Verdict::untouched) return;
  const auto last = sent_by_ipmi_.find(machine_of(rollout.plan->hosts[command.host]));
  if (last == sent_by_ipmi_.end() || last->second.what != Brought{rollout.id, command.host, command.update}) return;
  last->second.back = false;
}

std::string Fleet::bank_switch_lost(const RolloutState& rollout, HostIndex host) const {
  const PlannedHost& planned = rollout.plan->hosts[host];
  if (!updates_by_ipmi(planned)) return {};
  const auto last = sent_by_ipmi_.find(machine_of(planned));
  for (const std::uint32_t i : still_brought(rollout, host)) {
    if (planned.updates[i].way_back != WayBack::bank_switch) continue;
    const std::string& ours = rollout.plan->components[planned.updates[i].component].id;
    const std::string why = "the bank switch of " + ours + " goes over IPMI and restores what was updated last";
    if (last == sent_by_ipmi_.end()) return why + ", which is not known";
    const auto& [what, back] = last->second;
    if (!back && what == Brought{rollout.id, host, i}) continue;
    const RolloutState& by = rollouts_.at(what.rollout);
    const PlannedUpdate& update = by.plan->hosts[what.host].updates[what.update];
    return why + ": " + by.plan->components[update.component].id + ", by rollout " + by.name +
           (back ? ", which rolled it back" : "");
  }
  return {};
}

std::optional<BankSwitch> Fleet::bank_switch_at(const std::string& machine) const {
  const auto last = sent_by_ipmi_.find(machine);
  if (last == sent_by_ipmi_.end() || last->second.back) return std::nullopt;
  const Brought& what = last->second.what;
  const RolloutState& run = rollouts_.at(what.rollout);
  const PlannedUpdate& update = run.plan->hosts[what.host].updates[what.update];
  const std::vector<std::uint32_t> still = still_brought(run, what.host);
  if (update.way_back != WayBack::bank_switch || std::find(still.begin(), still.end(), what.update) == still.end()) {
    return std::nullopt;
  }
  const PlannedComponent& component = run.plan->components[update.component];
  return BankSwitch{component.id + " of rollout " + run.name, device_of(component)};
}

}  // namespace breakwater
