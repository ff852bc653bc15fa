#pragma once
// What a rehearsal came to, as JSON.
#include <string>

#include "orchestrator/rehearsal/forecast.hpp"

namespace breakwater::views {

std::string rehearsal_json(const ResolvedPlan& plan, const rehearsal::Rehearsal& made);

}  // namespace breakwater::views
