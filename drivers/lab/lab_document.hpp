#pragma once
// Reads a Lab document: hosts in groups, what defaults, groups and hosts say of their BMCs, firmware and faults. What a
// host says wins over its group, that over the defaults; components are merged by name, faults are replaced as a list.
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
