#pragma once
// decide(): waves, limits, windows, gates, halts and rollbacks, from the fleet and the time alone. No I/O, no clock, no
// randomness. The work of a call is bounded by what it issues, not by the size of the fleet.
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "orchestrator/core/start_rules.hpp"

namespace breakwater {

struct Decision {
  /// To be recorded, in this order, before anything is started; the fleet must have taken them before decide() is
  /// asked again. At most kActsMost at once.
  std::vector<Event> acts;
  std::optional<Instant> wake;  ///< ask again at this steady time at the latest
  std::vector<Blocker> waits;   ///< why the rollout does not go on by itself; the first one is the binding one
};
inline constexpr std::size_t kActsMost = 256;

/// What is to be done now for one rollout. It reads the fleet and changes nothing: asking twice is answered the same.
Decision decide(const Fleet& fleet, RolloutId id, Now now, Starts starts = Starts::allowed,
                std::string_view lacks = {});

}  // namespace breakwater
