#include "drivers/redfish/quirks.hpp"

#include "inventories/vocabulary/text.hpp"

namespace breakwater::redfish {
namespace {

struct FamilyName {
  std::string_view name;  ///< of Vendor, or a key of Oem; lower case
  Family family;
};

constexpr FamilyName kFamilyNames[] = {
    {"dell", Family::dell},     {"hpe", Family::hpe},       {"hp", Family::hpe},
    {"lenovo", Family::lenovo}, {"nvidia", Family::nvidia}, {"supermicro", Family::supermicro},
    {"ami", Family::ami},
};

constexpr SlotRow kDellSlots[] = {
    {"Previous-", "", Slot::previous},
    {"Available-", "", Slot::staged},
};

constexpr SlotRow kLenovoSlots[] = {
    {"", "-Pending", Slot::staged},
    {"", "-Backup", Slot::previous},
};

constexpr SlotRow kSupermicroSlots[] = {
    {"Backup_", "", Slot::previous},
    {"Golden_", "", Slot::previous},
    {"Staging_", "", Slot::staged},
    {"Capsule_", "", Slot::staged},
};

constexpr Quirks kQuirks[] = {
    {.family = Family::generic},
    // iDRAC9 and iDRAC10. HttpPushUri wants another form and an If-Match; every iDRAC that has it also takes multipart.
    {.family = Family::dell,
     .slots = kDellSlots,
     .raw_push = false,
     .rollback_by_simple_update = true,
     .update_parameters = R"("Oem":{})",
     .double_prefix = "Current-",
     .double_of = "Installed-"},
    // iLO5 to iLO7. The push URI takes a form of its own, not a bare image.
    {.family = Family::hpe, .raw_push = false},
    // XCC.
    {.family = Family::lenovo, .slots = kLenovoSlots},
    // X12 and later.
    {.family = Family::supermicro, .slots = kSupermicroSlots, .booted_state = "SystemHardwareInitializationComplete"},
    // NVIDIA's OpenBMC derivatives.
    {.family = Family::nvidia, .booted_oem_state = "OsIsRunning"},
    {.family = Family::ami},
};

Family family_named(std::string_view name) {
  const std::string low = to_lower(name);
  for (const FamilyName& row : kFamilyNames) {
    if (row.name == low) return row.family;
  }
  return Family::generic;
}

}  // namespace

const Quirks& quirks_of(Family family) {
  for (const Quirks& row : kQuirks) {
    if (row.family == family) return row;
  }
  return kQuirks[0];
}

Family family_of(std::string_view vendor, std::span<const std::string> oem_keys) {
  if (const Family family = family_named(vendor); family != Family::generic) return family;
  for (const std::string& key : oem_keys) {
    if (const Family family = family_named(key); family != Family::generic) return family;
  }
  return Family::generic;
}

}  // namespace breakwater::redfish
