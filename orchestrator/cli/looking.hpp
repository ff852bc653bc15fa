#pragma once
// The look at every host that a plan is made from, with its progress on stderr.
#include "orchestrator/cli/planning.hpp"
#include "orchestrator/cli/world.hpp"

namespace breakwater::cli {

/// Looks at hosts, at most `at_once` of them together.
std::vector<Sight> look_at_hosts(const Console& console, Reach& reach, const std::vector<Host>& hosts, int at_once);

/// make_plan with real BMCs. Ctrl-C ends it with nothing touched.
Result<ResolvedPlan, Failure> look_and_plan(const Console& console, const RolloutDocuments& loaded, ImageStore& images,
                                            const Fleet& fleet, Reach& reach);

}  // namespace breakwater::cli
