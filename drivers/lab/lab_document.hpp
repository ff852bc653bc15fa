#pragma once
// Reads a Lab document, and runs what it describes: hosts in groups, with the BMCs, firmware and faults that defaults,
// groups and hosts give them. A host's keys win over its group's, and those over the defaults; components merge by
// name, a fault list replaces another.
#include <string>

#include "drivers/lab/lab_config.hpp"
#include "inventories/document/document.hpp"
#include "inventories/vocabulary/diagnostic.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater::lab {

Result<LabConfig, Diagnostics> read_lab(const Document& document);

/// The one Lab of a file.
Result<LabConfig, Diagnostics> load_lab(const std::string& file);

/// Runs the lab until SIGINT or SIGTERM: a line for each group, then `ready` once all listen. The exit code is 0, or 1
/// if it could not start, with the reason on standard error.
int run_lab(const LabConfig& config);

}  // namespace breakwater::lab
