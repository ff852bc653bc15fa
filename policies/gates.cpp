#include "policies/gates.hpp"

#include <cstdint>

#include "policies/limits.hpp"

namespace breakwater {
namespace {

/// Rounded down; a whole of nothing counts as all.
Share share_of(int part, int whole) {
  return Share{whole == 0 ? 10'000 : static_cast<int>(std::int64_t{part} * 10'000 / whole)};
}

/// What a verdict says of hosts that count in none of its figures.
std::string without_drifted(const WaveCounts& counts) {
  return counts.drifted == 0 ? std::string()
                             : ", without " + std::to_string(counts.drifted) + " that drifted (no evidence)";
}

}  // namespace

GateResult judge_gate(const Gate& gate, const std::string& name, const WaveCounts& counts) {
  GateResult result;
  const bool passes =
      counts.completed() >= gate.min_hosts && share_of(counts.good, counts.completed()) >= gate.success_at_least;
  if (passes) result.verdict = counts.unseen > 0 ? GateVerdict::hold : GateVerdict::pass;
  if (result.verdict == GateVerdict::hold) {
    result.reason = std::to_string(counts.unseen) + " of " + std::to_string(counts.completed()) +
                    " hosts gave no evidence at the end of the soak" + without_drifted(counts);
    return result;
  }
  result.reason = std::to_string(counts.good) + " of " + std::to_string(counts.completed()) + " hosts are well" +
                  without_drifted(counts) + ", gate " + name + " asks for " + to_string(gate.success_at_least) +
                  " of at least " + std::to_string(gate.min_hosts);
  return result;
}

std::optional<std::string> wave_failure(const WaveFailure& limits, const Gate& gate, const std::string& name,
                                        const WaveCounts& counts) {
  if (counts.all() < gate.min_hosts) {
    return std::to_string(counts.all()) + " hosts are left in it" + without_drifted(counts) + ", gate " + name +
           " asks for " + std::to_string(gate.min_hosts);
  }
  if (counts.failed == 0) return std::nullopt;
  // Asked at every decision: text is made only of a wave that has failed.
  const auto so_far = [&counts] {
    return std::to_string(counts.failed) + " of " + std::to_string(counts.completed()) + " completed hosts failed, ";
  };
  if (limits.failed_hosts && counts.failed >= *limits.failed_hosts) {
    return so_far() + "the limit is " + std::to_string(*limits.failed_hosts);
  }
  const Share failed = share_of(counts.failed, counts.completed());
  if (limits.failed_share && counts.completed() >= limits.min_hosts && failed >= *limits.failed_share) {
    return so_far() + "the limit is " + to_string(*limits.failed_share);
  }
  if (share_of(counts.all() - counts.failed, counts.all()) < gate.success_at_least) {
    return so_far() + "gate " + name + " (" + to_string(gate.success_at_least) + ") cannot be reached any more";
  }
  return std::nullopt;
}

bool failed_by_touch(const WaveFailure& limits, const Gate& gate, const WaveCounts& counts) {
  const WaveCounts touched{counts.good, counts.failed - counts.refused, counts.to_go};
  return wave_failure(limits, Gate{gate.success_at_least, 0}, "", touched).has_value();
}

}  // namespace breakwater
