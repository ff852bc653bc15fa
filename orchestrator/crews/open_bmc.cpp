#include "orchestrator/crews/open_bmc.hpp"

#include "inventories/hosts/credentials.hpp"

namespace breakwater {

ReachBmc reach_by_inventory(redfish::RedfishContext& shared) {
  return [&shared](boost::asio::any_io_executor executor,
                   const BmcEndpoint& endpoint) -> Result<std::unique_ptr<Bmc>, std::string> {
    Result<Credentials, std::string> credentials = resolve_credentials(endpoint.credentials);
    if (!credentials) return fail(credentials.error());
    return redfish::open_redfish(std::move(executor), endpoint, std::move(*credentials), shared);
  };
}

}  // namespace breakwater
