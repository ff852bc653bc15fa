// Dell iDRAC9 and iDRAC10.
#include "drivers/redfish/quirk_rows.hpp"

namespace breakwater::redfish {
namespace {

constexpr SlotRow kSlots[] = {
    {"Previous-", "", Slot::previous},
    {"Available-", "", Slot::staged},
};

}  // namespace

const Quirks& dell_quirks() {
  // HttpPushUri wants another form and an If-Match; every iDRAC that has it also takes multipart.
  static constexpr Quirks kQuirks{Family::dell, kSlots, "", "", false, true, R"("Oem":{})", "Current-", "Installed-"};
  return kQuirks;
}

}  // namespace breakwater::redfish
