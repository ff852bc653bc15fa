// The time in which nobody conducted, and what it is given back to.
#include <algorithm>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// An operator's wish, and a rollout that is handed over, may be written while no conductor runs; everything else only
/// a conductor writes.
void Fleet::note_conducted(const Event& event) {
  const bool may_be_asked = std::holds_alternative<OperatorAsked>(event) ||
                            std::holds_alternative<RolloutStarted>(event) ||
                            std::holds_alternative<StartRefused>(event);
  if (!may_be_asked) conducted_ = at_;
}

/// Nothing that must last its time went on without a conductor: neither a host's trip nor a soak nor a back-off, of any
/// rollout. How long that was is told by a wall clock, so a wrong one gives back too much or too little of what nobody
/// used.
void Fleet::take(const ConductorStarted&) {
  for (const RolloutId id : unfinished_) {
    RolloutState& rollout = rollouts_.at(id);
    const Duration away = at_ - std::max(conducted_, rollout.started);
    rollout.away += away;
    std::set<std::pair<Instant, HostIndex>> later;
    for (const auto& [due, host] : rollout.steps) {
      Instant& not_before = rollout.hosts[host].not_before;
      if (due != Instant()) not_before += away;
      later.emplace(not_before, host);
    }
    rollout.steps = std::move(later);
  }
}

}  // namespace breakwater
