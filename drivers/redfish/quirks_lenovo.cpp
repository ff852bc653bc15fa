// Lenovo XCC.
#include "drivers/redfish/quirk_rows.hpp"

namespace breakwater::redfish {
namespace {

constexpr SlotRow kSlots[] = {
    {"", "-Pending", Slot::staged},
    {"", "-Backup", Slot::previous},
};

}  // namespace

const Quirks& lenovo_quirks() {
  static constexpr Quirks kQuirks{Family::lenovo, kSlots, "", "", true, false, "", "", ""};
  return kQuirks;
}

}  // namespace breakwater::redfish
