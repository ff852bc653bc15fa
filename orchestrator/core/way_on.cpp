#include "orchestrator/core/way_on.hpp"

#include "orchestrator/core/binding.hpp"

namespace breakwater {

Blocker hosts_in_flight(const RolloutState& rollout) {
  const std::string count = std::to_string(rollout.in_flight);
  return {StartRule::in_flight, count + (rollout.in_flight == 1 ? " host is" : " hosts are") + " in flight"};
}

std::string way_on(const RolloutState& rollout) {
  const std::string& name = rollout.name;
  const std::string apply = "breakwater apply " + name;
  auto held = held_by_operator(rollout);
  if (!held && rollout.ways_back.held_at > 0) held = held_way_back(rollout, rollout.bound_undos.size());
  if (!held) return apply;
  const std::string resume = what_to_type(*held, name) + " && " + apply;
  if (rollout.stopping && goes_on(rollout)) {
    return apply + ", which brings what is in flight to rest; to go on: " + resume;
  }
  return resume;
}

Blocker not_conducted(const RolloutState& rollout) {
  Blocker blocker{StartRule::not_conducted, "no process conducts it; to go on: " + way_on(rollout)};
  blocker.command = way_on(rollout);
  return blocker;
}

}  // namespace breakwater
