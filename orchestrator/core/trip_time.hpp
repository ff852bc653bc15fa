#pragma once
// How long a host may need, in parts: what has to fit into a window, and what a plan prints.
#include <optional>
#include <string_view>
#include <vector>

#include "orchestrator/core/plan.hpp"

namespace breakwater {

/// How long a host that was not touched yet is given to answer before it is turned away.
inline constexpr Duration kFirstContact{30'000};

struct TripPart {
  std::string_view what;
  Duration most{0};
};
using TripParts = std::vector<TripPart>;
Duration sum_of(const TripParts& parts);

/// Every phase of a host's update, each at its longest, over all of its components.
TripParts update_parts(const ResolvedPlan& plan, const PlannedHost& host);
/// What has to fit into a window from a host's start to the proof of its last component: the parts, bounded by
/// `timeouts.host`, which ends them, and by the stable time that is finished after it.
Duration update_time(const ResolvedPlan& plan, const PlannedHost& host);

/// From the request that makes one component's image run to its proof.
TripParts activation_parts(const ResolvedPlan& plan, const PlannedUpdate& update);
/// What has to be left of a window when that is asked for. `upload`: the upload itself activates.
Duration activation_time(const ResolvedPlan& plan, const PlannedUpdate& update, bool upload);

/// The way back of all components. Windows do not bind it.
TripParts way_back_parts(const ResolvedPlan& plan, const PlannedHost& host);

/// From the request that makes an image run to its version: what the Release declares, bounded by the time-outs.
Duration longest_run(const ResolvedPlan& plan, const PlannedComponent& component, bool back);

/// The last steady moment at which an activation may still be asked for inside its window, or its image be sent; past
/// already where the calendar is closed, nothing where it never closes.
std::optional<Instant> last_activation(const ResolvedPlan& plan, const PlannedUpdate& update, bool upload, Now now);

}  // namespace breakwater
