#pragma once
// Limits of a Rollout under the ceilings of its Policy.
#include "inventories/vocabulary/result.hpp"
#include "policies/policy.hpp"

namespace breakwater {

constexpr int kGlobalLimitDefault = 20;
constexpr int kRackLimitDefault = 1;

/// What holds in the end: the Rollout's word where it has one, else 20 hosts in flight and one per rack or the Policy's
/// ceiling where that is tighter, and for other labels the Policy's. A Rollout may only tighten: looser words, and
/// words in another unit, are faults that name both lines.
Result<Limits, Diagnostics> merge_limits(const Limits& ceilings, const Limits& limits);

/// `3` or `5%`
std::string to_string(const CountOrShare& value);

}  // namespace breakwater
