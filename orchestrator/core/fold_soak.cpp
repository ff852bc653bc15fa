// The updated hosts of a wave that soaks: who was read when, and with what success.
#include <utility>

#include "orchestrator/core/fleet.hpp"
#include "orchestrator/core/soak.hpp"

namespace breakwater {

/// From its update on until the gate of its wave is passed a host is one of those that are read.
void Fleet::follow_soak(RolloutState& rollout, HostIndex host, State from, State to) {
  const std::uint32_t index = rollout.plan->hosts[host].wave;
  if ((from == State::updated) == (to == State::updated)) return;
  if (!soaks(*rollout.plan, index) || index < rollout.open_wave) return;
  WaveState& wave = rollout.waves[index];
  HostTrip& trip = rollout.hosts[host];
  if (from == State::updated) {
    wave.seen.erase({trip.looked, host});
    wave.unseen.erase({trip.looked, host});
    return;
  }
  if (trip.drifted) return;              // it is left alone, and says nothing of what the wave brought
  trip.looked = rollout.under_way(at_);  // its checks have just read it
  trip.unseen.clear();
  wave.seen.emplace(trip.looked, host);
}

/// Whoever reads a machine has it in hand: nobody starts it meanwhile.
void Fleet::begin_look(RolloutState& rollout, HostIndex host) {
  WaveState& wave = rollout.waves[rollout.plan->hosts[host].wave];
  const HostTrip& trip = rollout.hosts[host];
  wave.seen.erase({trip.looked, host});
  wave.unseen.erase({trip.looked, host});
  ++wave.looks;
  take_in_hand(rollout, host);
}

void Fleet::close_look(RolloutState& rollout, HostIndex host) {
  WaveState& wave = rollout.waves[rollout.plan->hosts[host].wave];
  const HostTrip& trip = rollout.hosts[host];
  --wave.looks;
  if (!trip.drifted) (trip.unseen.empty() ? wave.seen : wave.unseen).emplace(trip.looked, host);
  let_go(rollout, host);
}

/// Evidence is as old as the order to read it. One that was withdrawn says nothing.
void Fleet::note_look(RolloutState& rollout, HostIndex host, const Outcome& outcome) {
  HostTrip& trip = rollout.hosts[host];
  if (outcome.cause != Cause::withdrawn) {
    const bool read = outcome.verdict == Outcome::Verdict::done || outcome.verdict == Outcome::Verdict::failed;
    trip.looked = trip.issued;
    trip.unseen = read ? std::string() : std::string(to_string(outcome.cause)) + ": " + outcome.detail;
  }
  if (outcome.cause == Cause::drifted) note_drift(rollout, host, outcome);
  close_look(rollout, host);
}

/// What somebody else put there is no evidence of what the wave brought, neither for it nor against it: its gate counts
/// without the host. One that is to go back is read once more by its way back.
void Fleet::note_drift(RolloutState& rollout, HostIndex host, const Outcome& outcome) {
  HostTrip& trip = rollout.hosts[host];
  WaveState& wave = rollout.waves[rollout.plan->hosts[host].wave];
  if (!std::exchange(trip.drifted, true)) {
    --wave.updated;
    ++wave.drifted;
  }
  if (trip.undo) return;
  trip.cause = Cause::drifted;
  trip.detail = outcome.detail;
}

}  // namespace breakwater
