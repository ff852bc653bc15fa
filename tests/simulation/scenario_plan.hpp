#pragma once
#include "orchestrator/core/plan.hpp"
#include "orchestrator/crews/model/dice.hpp"

namespace breakwater::simulation {

/// A plan as `plan` could have made it: waves, limits, windows, gates, soaks, ways back, several components.
ResolvedPlan draw_plan(model::Dice& dice, std::uint32_t hosts);

}  // namespace breakwater::simulation
