#pragma once
// The IPMI driver: a Bmc over RMCP+, with HPM.1 if the target has it.
#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "drivers/bmc.hpp"
#include "drivers/ipmi/ipmi_context.hpp"
#include "inventories/hosts/host.hpp"
#include "inventories/vocabulary/secret.hpp"

namespace breakwater::ipmi {

/// One conversation. Everything runs on `executor`, whose thread alone may use the object; `k_g` is empty if the BMC
/// has none.
std::unique_ptr<Bmc> open_ipmi(boost::asio::any_io_executor executor, BmcEndpoint endpoint, Credentials credentials,
                               Secret k_g, IpmiContext& shared);

}  // namespace breakwater::ipmi
