#pragma once
#include "orchestrator/core/plan.hpp"
#include "orchestrator/crews/model/dice.hpp"

namespace breakwater::simulation {

/// A plan as `plan` could have made it: waves, limits, windows, gates, soaks, ways back, several components.
ResolvedPlan draw_plan(model::Dice& dice, std::uint32_t hosts);

/// A plan's checks, attempts, deadlines and what fails a wave; a tolerant one lets most waves pass.
void draw_rules(model::Dice& dice, bool tolerant, ResolvedPlan& plan);

}  // namespace breakwater::simulation
