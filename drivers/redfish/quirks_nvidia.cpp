// NVIDIA's OpenBMC derivatives.
#include "drivers/redfish/quirk_rows.hpp"

namespace breakwater::redfish {

const Quirks& nvidia_quirks() {
  static constexpr Quirks kQuirks{Family::nvidia, {}, "", "OsIsRunning", true, false, "", "", ""};
  return kQuirks;
}

}  // namespace breakwater::redfish
