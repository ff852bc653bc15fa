#pragma once
// Reads an Inventory: hosts in groups (`r07-n[01-40]`), and the keys of defaults, groups and hosts. A host's own keys
// win over its groups', and those over the defaults; two groups of a host with different values are a fault.
#include <span>

#include "inventories/document/document.hpp"
#include "inventories/hosts/host.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

Result<Inventory, Diagnostics> read_inventory(const Document& document);

/// Hosts of one fleet must differ in name, BMC address, serial and UUID; returns those that do not, with both places.
Diagnostics find_duplicates(std::span<const Host> hosts);

}  // namespace breakwater
