// HPE iLO5 to iLO7: its push URI takes a form of its own, not a bare image.
#include "drivers/redfish/quirk_rows.hpp"

namespace breakwater::redfish {

const Quirks& hpe_quirks() {
  static constexpr Quirks kQuirks{Family::hpe, {}, "", "", false, false, "", "", ""};
  return kQuirks;
}

}  // namespace breakwater::redfish
