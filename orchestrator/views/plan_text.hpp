#pragma once
// A plan as a person reviews it.
#include <string>

#include "orchestrator/core/plan.hpp"
#include "orchestrator/views/ink.hpp"

namespace breakwater::views {

/// `digest` is of the plan. Every host that is left out is named with its reason; the hosts of a wave are where they
/// are few.
std::string plan_text(const ResolvedPlan& plan, const Sha256& digest, const Paint& paint);

}  // namespace breakwater::views
