#pragma once
// Which driver speaks to a BMC: one explicit table.
#include "drivers/redfish/redfish_bmc.hpp"
#include "orchestrator/crews/bmc_crew.hpp"

namespace breakwater {

/// Drivers for the endpoints of an Inventory. Credentials are read each time, and kept nowhere else. `shared` outlives
/// whatever is made by the result.
ReachBmc reach_by_inventory(redfish::RedfishContext& shared);

}  // namespace breakwater
