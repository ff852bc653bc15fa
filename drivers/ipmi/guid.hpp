#pragma once
// A System GUID as the UUID that Redfish and SMBIOS have for the same machine.
#include <string>

#include "drivers/ipmi/wire/rakp.hpp"

namespace breakwater::ipmi {

/// The UUID that a System GUID stands for where its first three fields are little-endian, as SMBIOS has them and as
/// most BMCs answer; lower case, empty where the BMC has none (all bytes 00 or FF).
std::string uuid_of(const Guid& guid);

}  // namespace breakwater::ipmi
