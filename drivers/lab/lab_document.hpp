#pragma once
// Reads a Lab document: hosts in groups, with the BMCs, firmware and faults that defaults, groups and hosts give them.
// A host's keys win over its group's, and those over the defaults; components merge by name, a fault list replaces
// another.
#include <string>

#include "drivers/lab/lab_config.hpp"
#include "inventories/document/document.hpp"
#include "inventories/vocabulary/diagnostic.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater::lab {

Result<LabConfig, Diagnostics> read_lab(const Document& document);

/// The one Lab of a file.
Result<LabConfig, Diagnostics> load_lab(const std::string& file);

}  // namespace breakwater::lab
