#pragma once
// The way to BMCs, for conversations of every kind in this process. Names the crew, and with it Boost.Asio: only this
// room's sources include it.
#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "drivers/ipmi/ipmi_context.hpp"
#include "drivers/redfish/redfish_bmc.hpp"
#include "drivers/redfish/tls.hpp"
#include "orchestrator/crews/bmc/open_bmc.hpp"

namespace breakwater::operations {

/// What of our own side is in the way of speaking to a BMC.
struct OwnFault {
  std::string named;  ///< by the Inventory: a reference, or the path of a CA bundle
  std::string what;
  bool for_good = false;  ///< a variable of the environment: only a new start of the process mends that
};
/// Credentials, K_G and CA bundle are read. Asks the BMC nothing.
std::vector<OwnFault> find_own_faults(const BmcEndpoint& endpoint, redfish::TlsContexts& tls);

/// Credentials are read at the moment they are needed. What outlives the process is under the state directory:
/// refused logins and cipher suites (bmc_memory.hpp).
class BmcAccess {
 public:
  explicit BmcAccess(const std::filesystem::path& dir);

  /// Opens no further conversation once `interrupts`, which must outlive what is returned, is above 0.
  ReachBmc for_looking(const std::atomic<int>& interrupts);
  ReachBmc for_conducting();
  ReachBmc for_keys() { return reach_for_key(redfish_); }

  /// The same, with what this process knows of bundles already.
  std::vector<OwnFault> own_faults(const BmcEndpoint& endpoint);

 private:
  redfish::RedfishContext redfish_;
  ipmi::IpmiContext ipmi_{redfish_.logins()};
};

}  // namespace breakwater::operations
