// The time in which nobody conducted, our own side failed, or a key waited for a word; and what it is given back to.
#include <algorithm>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// Nothing that must last its time went on without a conductor: neither a host's trip nor a soak nor a back-off, of any
/// rollout. How long that was is told by a wall clock, so a wrong one gives back too much or too little of what nobody
/// used.
void Fleet::take(const ConductorStarted&) {
  for (const RolloutId id : unfinished_) {
    RolloutState& rollout = rollouts_.at(id);
    const Duration away = at_ - std::max(conducted_, rollout.started);
    rollout.away += away;
    rollout.went_on = rollout.under_way(at_);
    std::set<std::pair<Instant, HostIndex>> later;
    for (const auto& [due, host] : rollout.steps) {
      Instant& not_before = rollout.hosts[host].not_before;
      if (due != Instant()) not_before += away;
      later.emplace(not_before, host);
    }
    rollout.steps = std::move(later);
  }
}

/// What a command waits for our own side, or for an operator's word on a key, is no time of its host's.
void Fleet::note_waiting(RolloutState& rollout, HostIndex host, const Evidence& evidence) {
  HostTrip& trip = rollout.hosts[host];
  const bool stood = stands_still(trip);
  if (evidence.kind == Evidence::Kind::own_fault) {
    trip.own_fault = evidence.text;
  } else if (evidence.kind == Evidence::Kind::mended) {
    trip.own_fault.clear();
  } else if (evidence.kind == Evidence::Kind::key_shown) {
    trip.key_shown = parse_sha256(evidence.text);
  } else if (evidence.kind == Evidence::Kind::key_gone) {
    trip.key_shown.reset();
  }
  trip.own_fault.empty() ? void(rollout.own_faults.erase(host)) : void(rollout.own_faults.insert(host));
  trip.key_shown ? void(rollout.untrusted.insert(host)) : void(rollout.untrusted.erase(host));
  if (stood == stands_still(trip)) return;
  if (stood) trip.issued += rollout.under_way(at_) - trip.stands_since;
  trip.stands_since = rollout.under_way(at_);
}

void Fleet::end_waiting(RolloutState& rollout, HostIndex host) {
  note_waiting(rollout, host, Evidence{Evidence::Kind::mended, ""});
  note_waiting(rollout, host, Evidence{Evidence::Kind::key_gone, ""});
}

}  // namespace breakwater
