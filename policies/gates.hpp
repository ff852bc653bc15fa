#pragma once
// Gates and failure limits: has a wave earned the next one, or has it failed already? Arithmetic over counts.
#include <optional>
#include <string>

#include "inventories/vocabulary/words.hpp"
#include "policies/rollout.hpp"

namespace breakwater {

/// The hosts of one wave. One that an operator took out is in none of these. One that runs what somebody else put there
/// is no evidence, neither of success nor of failure: all sums are made without it.
struct WaveCounts {
  int good = 0;     ///< updated, or found current
  int failed = 0;   ///< refused, rolled back, quarantined
  int to_go = 0;    ///< without an end yet
  int refused = 0;  ///< of `failed`: those that were proved untouched
  int unseen = 0;   ///< of `good`: those that could not be read at the end of the soak
  int drifted = 0;  ///< in none of the above

  int completed() const { return good + failed; }
  int all() const { return completed() + to_go; }
};

enum class GateVerdict {
  pass,  ///< the next wave may start
  fail,
  hold,  ///< hosts that should be well gave no evidence of it: neither is known
};
template <>
inline constexpr auto kWords<GateVerdict> = words<GateVerdict>({
    {GateVerdict::pass, "pass"},
    {GateVerdict::fail, "fail"},
    {GateVerdict::hold, "hold"},
});

struct GateResult {
  GateVerdict verdict = GateVerdict::fail;
  std::string reason;  ///< for people, with the figures
};

/// Judges a wave that has no host to go. `name` is the gate's, for the words. One that passes only on the word of hosts
/// that nobody could read is held, however many those are: what is unknown is no success.
GateResult judge_gate(const Gate& gate, const std::string& name, const WaveCounts& counts);

/// Why a wave has failed already, whatever its remaining hosts do: a failure limit is reached, or its gate is out of
/// reach. Nothing where it has not.
std::optional<std::string> wave_failure(const WaveFailure& limits, const Gate& gate, const std::string& name,
                                        const WaveCounts& counts);

/// Whether a wave has failed by those alone that failed after they were touched. Only then does its failure speak
/// against the image, and its well hosts are rolled back: one that was refused, or did not answer, halts and undoes
/// nobody.
bool failed_by_touch(const WaveFailure& limits, const Gate& gate, const WaveCounts& counts);

}  // namespace breakwater
