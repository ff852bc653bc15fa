#pragma once
// What keeps a plan from beginning.
#include <string>
#include <vector>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// Those hosts of a plan that are quarantined, or belong to a rollout that is not over, one line each:
/// `host n07 was quarantined`.
std::vector<std::string> hosts_taken(const ResolvedPlan& plan, const Fleet& fleet);

/// The rollout that this plan file was applied as; nullptr where it never was.
const RolloutState* run_of(const Fleet& fleet, const ResolvedPlan& frozen);

}  // namespace breakwater
