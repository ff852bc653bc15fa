#pragma once
// Where a host is on its trip, in words.
#include <cstdint>
#include <string>

#include "orchestrator/core/host_trip.hpp"
#include "orchestrator/core/plan.hpp"

namespace breakwater {

/// What a host in flight is being put through.
std::string doing(const HostTrip& trip);

/// `bios 3.2 -> 3.4`, for one of a host's updates; the other way round where it goes back.
std::string versions_of(const ResolvedPlan& plan, const PlannedHost& host, std::uint32_t index, bool back = false);

/// Its cause, with the detail.
std::string because(const HostTrip& trip);

}  // namespace breakwater
