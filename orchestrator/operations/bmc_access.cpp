#include "orchestrator/operations/bmc_access.hpp"

#include <algorithm>

#include "inventories/hosts/credentials.hpp"
#include "orchestrator/operations/bmc_memory.hpp"
#include "orchestrator/operations/installation.hpp"

namespace breakwater::operations {

/// The wall clock, since refusals are remembered over processes.
BmcAccess::BmcAccess(const std::filesystem::path& dir) : redfish_(&wall_now) {
  remember_logins(dir, redfish_.logins(), wall_now());
  remember_suites(dir, ipmi_);
}

ReachBmc BmcAccess::for_conducting() {
  return reach_by_inventory(DriverContexts{redfish_, ipmi_}, Occasion::for_plan);
}

ReachBmc BmcAccess::for_looking(const std::atomic<int>& interrupts) {
  return [reach = reach_by_inventory(DriverContexts{redfish_, ipmi_}, Occasion::before_plan), &interrupts](
             auto executor, const BmcEndpoint& endpoint) -> Result<std::unique_ptr<Bmc>, std::string> {
    if (interrupts > 0) return fail(std::string("not looked at: this process was asked to leave"));
    return reach(executor, endpoint);
  };
}

std::vector<OwnFault> find_own_faults(const BmcEndpoint& endpoint, redfish::TlsContexts& tls) {
  std::vector<OwnFault> faults;
  const auto uses = [&endpoint](Driver driver) {
    return std::find(endpoint.drivers.begin(), endpoint.drivers.end(), driver) != endpoint.drivers.end();
  };
  const std::string& login = endpoint.credentials;
  const auto of_environment = [](const std::string& reference) { return reference.starts_with("env:"); };
  if (const auto read = resolve_credentials(login); !read) {
    faults.push_back({login, read.error(), of_environment(login)});
  }
  const std::string& k_g = endpoint.ipmi.k_g;
  if (uses(Driver::ipmi) && !k_g.empty()) {
    if (const auto read = resolve_secret(k_g); !read) faults.push_back({k_g, read.error(), of_environment(k_g)});
  }
  if (uses(Driver::redfish) && endpoint.tls.mode == TlsPolicy::Mode::ca) {
    if (const auto bundle = tls.find(endpoint.tls); !bundle) {
      faults.push_back({endpoint.tls.ca_bundle, bundle.error().message});
    }
  }
  return faults;
}

std::vector<OwnFault> BmcAccess::own_faults(const BmcEndpoint& endpoint) {
  return find_own_faults(endpoint, *redfish_.tls());
}

}  // namespace breakwater::operations
