#include "orchestrator/crews/bmc/open_bmc.hpp"

#include "drivers/ipmi/ipmi_bmc.hpp"
#include "inventories/hosts/credentials.hpp"

namespace breakwater {

namespace {

using Opened = Result<std::unique_ptr<Bmc>, std::string>;

Opened open_one(Driver driver, const DriverContexts& shared, const boost::asio::any_io_executor& executor,
                const BmcEndpoint& endpoint) {
  Result<Credentials, std::string> credentials = resolve_credentials(endpoint.credentials);
  if (!credentials) return fail(credentials.error());
  if (driver == Driver::redfish) {
    const redfish::Deadlines deadlines{endpoint.timeouts.request, endpoint.timeouts.no_progress};
    return redfish::open_redfish(executor, endpoint, std::move(*credentials), shared.redfish, deadlines);
  }
  Secret k_g;
  if (!endpoint.ipmi.k_g.empty()) {
    Result<Secret, std::string> read = resolve_secret(endpoint.ipmi.k_g);
    if (!read) return fail(read.error());
    k_g = std::move(*read);
  }
  return ipmi::open_ipmi(executor, endpoint, std::move(*credentials), std::move(k_g), shared.ipmi);
}

}  // namespace

ReachBmc reach_by_inventory(DriverContexts shared, Occasion occasion) {
  return [shared, occasion](boost::asio::any_io_executor executor, const BmcEndpoint& endpoint) -> Opened {
    Opened preferred = open_one(endpoint.drivers.front(), shared, executor, endpoint);
    if (!preferred || endpoint.drivers.size() == 1) return preferred;
    Opened other = open_one(endpoint.drivers.back(), shared, executor, endpoint);
    if (!other) return other;
    return use_both(DriverBmc{endpoint.drivers.front(), std::move(*preferred)},
                    DriverBmc{endpoint.drivers.back(), std::move(*other)}, occasion);
  };
}

ReachBmc reach_for_key(redfish::RedfishContext& shared) {
  return [&shared](boost::asio::any_io_executor executor, const BmcEndpoint& endpoint) -> Opened {
    BmcEndpoint trusting_nobody = endpoint;
    trusting_nobody.tls = TlsPolicy{TlsPolicy::Mode::pin, "", {}};
    const redfish::Deadlines deadlines{endpoint.timeouts.request, endpoint.timeouts.no_progress};
    return redfish::open_redfish(executor, std::move(trusting_nobody), Credentials{}, shared, deadlines);
  };
}

}  // namespace breakwater
