#pragma once
// The tables of the vendor families, one file each.
#include "drivers/redfish/quirks.hpp"

namespace breakwater::redfish {

const Quirks& dell_quirks();
const Quirks& hpe_quirks();
const Quirks& lenovo_quirks();
const Quirks& nvidia_quirks();
const Quirks& supermicro_quirks();

}  // namespace breakwater::redfish
