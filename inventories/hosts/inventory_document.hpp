#pragma once
// Reads an Inventory: hosts in groups (`r07-n[01-40]`), what groups and defaults say of them, and each host's own word.
// A host's own keys win over its groups', those over the defaults; two groups that say different things are a fault.
#include <span>

#include "inventories/document/document.hpp"
#include "inventories/hosts/host.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

Result<Inventory, Diagnostics> read_inventory(const Document& document);

/// Hosts of one fleet must differ in name, BMC address, serial and UUID; what does not is named with both places.
Diagnostics find_duplicates(std::span<const Host> hosts);

}  // namespace breakwater
