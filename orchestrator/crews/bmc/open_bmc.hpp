#pragma once
// Which driver speaks to a BMC: one explicit table.
#include "drivers/ipmi/ipmi_context.hpp"
#include "drivers/redfish/redfish_bmc.hpp"
#include "drivers/two_drivers.hpp"
#include "orchestrator/crews/bmc/bmc_crew.hpp"

namespace breakwater {

/// What the conversations of a process share, by driver; outlives them all.
struct DriverContexts {
  redfish::RedfishContext& redfish;
  ipmi::IpmiContext& ipmi;
};

/// Drivers for the endpoints of an Inventory, or of a plan. Credentials are read each time, and kept nowhere else.
ReachBmc reach_by_inventory(DriverContexts shared, Occasion occasion);

/// Redfish conversations that trust no key and know no login: each ends within its handshake, and can tell the key that
/// was shown. Nothing is sent.
ReachBmc reach_for_key(redfish::RedfishContext& shared);

}  // namespace breakwater
