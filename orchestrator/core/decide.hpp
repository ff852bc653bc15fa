#pragma once
// decide(): waves, limits, windows, gates, halts and rollbacks, from the fleet and the time alone. No I/O, no clock, no
// randomness. The work of a call is bounded by what it issues, not by the size of the fleet.
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// Why a rollout does not go on by itself right now; the first one is the binding one.
struct Wait {
  enum class Reason { paused, stopped, in_flight, soak, window, back_off, domain_full, all_full };
  Reason reason = Reason::in_flight;
  std::string text;  ///< for people
  std::optional<Instant> until;
};

struct Decision {
  /// To be recorded, in this order, before anything is started; the fleet must have taken them before decide() is
  /// asked again. At most kActsMost at once.
  std::vector<Event> acts;
  std::optional<Instant> wake;  ///< ask again at this steady time at the latest
  std::vector<Wait> waits;
};
inline constexpr std::size_t kActsMost = 256;

/// A process that was asked to leave starts nothing: neither a host's trip nor the way back of an updated one.
enum class Starts : bool { none, allowed };

/// What is to be done now for one rollout. It reads the fleet and changes nothing: asking twice is answered the same.
Decision decide(const Fleet& fleet, RolloutId id, Now now, Starts starts = Starts::allowed);

/// Whether a wave has failed already, whatever its remaining hosts do; the reason where it has.
std::optional<std::string> wave_failure(const ResolvedPlan& plan, std::uint32_t wave, const WaveState& state);

}  // namespace breakwater
