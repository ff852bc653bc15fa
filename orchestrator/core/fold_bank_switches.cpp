// What a bank switch over IPMI would restore. HPM.1's manual rollback takes no component: it restores what the last
// update over IPMI changed, so the fold follows what was sent there last, by whatever run.
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

}  // namespace breakwater
