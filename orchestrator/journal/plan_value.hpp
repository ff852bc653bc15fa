#pragma once
// A ResolvedPlan as a JSON value, for the files of this room that write it into something larger.
#include <string>

#include "inventories/document/json.hpp"
#include "inventories/vocabulary/result.hpp"
#include "orchestrator/core/plan.hpp"

namespace breakwater::journal {

/// Canonical: equal plans make equal values, and a value left out means what a default-made plan has.
Json plan_value(const ResolvedPlan& plan);

/// The plan, or the first thing that is wrong with it: a member missing, unknown or of the wrong type, an index that
/// points nowhere. Whatever comes out is safe to hand to the core.
Result<ResolvedPlan, std::string> read_plan_value(const Json& value);

}  // namespace breakwater::journal
