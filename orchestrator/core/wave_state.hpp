#pragma once
// How far a wave is: where its hosts stand, whether its gate was judged, and who was read in its soak.
#include <cstdint>
#include <set>
#include <utility>

#include "orchestrator/core/host_trip.hpp"

namespace breakwater {

struct WaveState {
  std::uint32_t waiting = 0;
  std::uint32_t in_flight = 0;
  std::uint32_t updated = 0;
  std::uint32_t drifted = 0;  ///< updated, and run what somebody else put there: no evidence
  std::uint32_t current = 0;
  std::uint32_t failed = 0;   ///< refused, rolled back by a failure of its own, quarantined
  std::uint32_t refused = 0;  ///< of `failed`: nothing speaks against what was sent
  Instant last_end;
  Instant soaks_from;   ///< the same, as under_way() counts
  bool judged = false;  ///< for good: its gate passed or failed
  bool held = false;    ///< its gate was judged, and holds
  bool undo = false;

  // Its updated hosts while it soaks, each with the time of its last look (see HostTrip::looked). Derived, and only of
  // the open wave.
  std::set<std::pair<Instant, HostIndex>> seen;    ///< found well
  std::set<std::pair<Instant, HostIndex>> unseen;  ///< could not be read
  std::uint32_t looks = 0;                         ///< under way
};

/// Whether a host that failed says nothing of what the wave brings: it was not touched, or our own side refused to send
/// it any more.
bool fails_untouched(const HostTrip& trip, State state);

/// The figure of its wave that counts a host in this state; nullptr where none does.
std::uint32_t* figure_of(WaveState& wave, const HostTrip& trip, State state);

}  // namespace breakwater
