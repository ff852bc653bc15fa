#pragma once
// A plan as a person reviews it.
#include <string>

#include "orchestrator/cli/console.hpp"
#include "orchestrator/core/plan.hpp"

namespace breakwater::cli {

/// `digest` is of the plan. Every host that is left out is named with its reason; the hosts of a wave are where they
/// are few.
std::string plan_text(const ResolvedPlan& plan, const Sha256& digest, const Console& console);

}  // namespace breakwater::cli
