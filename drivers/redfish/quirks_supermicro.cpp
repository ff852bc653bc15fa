// Supermicro X12 and later.
#include "drivers/redfish/quirk_rows.hpp"

namespace breakwater::redfish {
namespace {

constexpr SlotRow kSlots[] = {
    {"Backup_", "", Slot::previous},
    {"Golden_", "", Slot::previous},
    {"Staging_", "", Slot::staged},
    {"Capsule_", "", Slot::staged},
};

}  // namespace

const Quirks& supermicro_quirks() {
  static constexpr Quirks kQuirks{
      Family::supermicro, kSlots, "SystemHardwareInitializationComplete", "", true, false, "", "", ""};
  return kQuirks;
}

}  // namespace breakwater::redfish
