#pragma once
// The part of resolve() that looks at all planned hosts together: their waves, and the limits of their domains.
#include <string_view>

#include "orchestrator/core/resolve.hpp"

namespace breakwater {

/// Why a host that no wave reaches is left out.
inline constexpr std::string_view kBeyondWaves = "beyond_waves";

/// Gives each host of the plan its wave; hosts that no wave reaches are left out, waves without hosts are dropped. A
/// wave whose gate is unknown or could never pass is refused.
void place_in_waves(const ResolveInput& input, ResolvedPlan& plan, PlanRefusals& refusals);

/// Limits in numbers of hosts, for the domains that the plan's hosts are in. A host without a limited label counts in
/// the domain `(none)` of that label.
void take_limits(const ResolveInput& input, ResolvedPlan& plan);

/// Refuses what could never start or never be activated: a window without room for an update, a trip without time for
/// one of its components.
void refuse_what_never_fits(const ResolveInput& input, const ResolvedPlan& plan, PlanRefusals& refusals);

}  // namespace breakwater
