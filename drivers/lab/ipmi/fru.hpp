#pragma once
// FRU 0 of a lab server: board and product area with the manufacturer, model and serial that Redfish shows.
#include "drivers/lab/ipmi/command.hpp"
#include "drivers/lab/lab_config.hpp"

namespace breakwater::lab {

/// The whole memory.
ipmi::Bytes fru_memory(const HostConfig& host);

/// Get FRU Inventory Area Info.
IpmiAnswer fru_info(const HostConfig& host, ipmi::ByteView data);
/// Read FRU Data.
IpmiAnswer fru_read(const HostConfig& host, ipmi::ByteView data);

}  // namespace breakwater::lab
