// The time in which nobody conducted a rollout, and what it is given back to.
#include <type_traits>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// An operator's wish may be written while no conductor runs; everything else only a conductor writes.
void Fleet::note_conducted(const Event& event) {
  const RolloutId id = std::visit(
      [this](const auto& one) -> RolloutId {
        using Kind = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<Kind, RolloutStarted>) return last_seq_;
        if constexpr (std::is_same_v<Kind, CommandIssued>) return one.command.rollout;
        if constexpr (!std::is_same_v<Kind, RolloutStarted> && !std::is_same_v<Kind, CommandIssued>) return one.rollout;
      },
      event);
  if (!std::holds_alternative<OperatorAsked>(event)) rollouts_.at(id).conducted = at_;
}

/// Nothing that must last its time went on without a conductor: neither a host's trip nor a soak nor a back-off. How
/// long that was is told by a wall clock, so a wrong one gives back too much or too little of what nobody used.
void Fleet::take(const ConductorStarted& event) {
  RolloutState& rollout = rollouts_.at(event.rollout);
  const Duration away = at_ - rollout.conducted;
  rollout.away += away;
  std::set<std::pair<Instant, HostIndex>> later;
  for (const auto& [due, host] : rollout.steps) {
    Instant& not_before = rollout.hosts[host].not_before;
    if (due != Instant()) not_before += away;
    later.emplace(not_before, host);
  }
  rollout.steps = std::move(later);
}

}  // namespace breakwater
