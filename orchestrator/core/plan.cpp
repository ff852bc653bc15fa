#include "orchestrator/core/plan.hpp"

namespace breakwater {

Duration longest_trip(const ResolvedPlan& plan, const PlannedHost& host) {
  Duration needed = plan.checks.stable_for;
  for (const PlannedUpdate& update : host.updates) {
    const PlannedComponent& component = plan.components[update.component];
    needed += component.most;
    if (update.way_back != WayBack::none) needed += component.back_most;
  }
  return needed;
}

}  // namespace breakwater
