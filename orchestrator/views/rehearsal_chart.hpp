#pragma once
// A rehearsal as a picture: hosts by state over virtual time, one panel a scenario. SVG without script.
#include <string>

#include "orchestrator/rehearsal/forecast.hpp"

namespace breakwater::views {

/// Each scenario's run of median length; it needs the samples.
std::string rehearsal_chart(const ResolvedPlan& plan, const rehearsal::Rehearsal& made);

}  // namespace breakwater::views
