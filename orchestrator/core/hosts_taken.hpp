#pragma once
// Why the hosts of a plan cannot be worked on now.
#include <string>
#include <vector>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// Those hosts of a plan that are quarantined, or belong to a rollout that is not over, one line each:
/// `host n07 was quarantined`.
std::vector<std::string> hosts_taken(const ResolvedPlan& plan, const Fleet& fleet);

}  // namespace breakwater
