// The time in which nobody conducted, or our own side failed, and what it is given back to.
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

/// What a command waits for our own side is no time of its host's.
void Fleet::note_own_fault(RolloutState& rollout, HostIndex host, const Evidence& evidence) {
  HostTrip& trip = rollout.hosts[host];
  if (evidence.kind == Evidence::Kind::own_fault) {
    if (rollout.own_faults.insert(host).second) trip.own_fault_since = rollout.under_way(at_);
    trip.own_fault = evidence.text;
  } else if (evidence.kind == Evidence::Kind::mended && rollout.own_faults.erase(host) > 0) {
    trip.issued += rollout.under_way(at_) - trip.own_fault_since;
    trip.own_fault.clear();
  }
}

}  // namespace breakwater
