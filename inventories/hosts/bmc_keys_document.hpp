#pragma once
// Reads BmcKeys: the keys of many BMCs in pin mode, host by host, as `breakwater pin` writes them. They count beside
// those that the Inventory lists in bmc.tls.
#include <map>
#include <string>
#include <vector>

#include "inventories/document/document.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

/// By the host's name: SHA-256 of the SubjectPublicKeyInfo of its BMC's certificates, at least one each.
using BmcKeys = std::map<std::string, std::vector<Sha256>>;

Result<BmcKeys, Diagnostics> read_bmc_keys(const Document& document);

}  // namespace breakwater
