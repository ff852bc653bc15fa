#pragma once
// Fitness: may a host be touched at all, by what one look at it shows? Asked when the plan is made, and again right
// before its first byte.
#include <string>

#include "inventories/hosts/observation.hpp"

namespace breakwater {

/// Why a host is not fit for an update; empty where nothing speaks against it. What its BMC does not tell does not.
/// `worst`: the worst health that the Policy lets through. `restarts`: its update runs by a restart of the host.
std::string why_unfit(const Observation& seen, Health worst, bool restarts);

/// Whether this entry is an image that waits. Some BMCs list the slot of the next image at all times, with what runs in
/// it.
bool waits_for_restart(const Observation& seen, const InstalledComponent& entry);

/// An update of somebody else that is under way or waits for its run, in words; empty where there is none.
std::string foreign_update(const Observation& seen);

}  // namespace breakwater
