#include "drivers/redfish/quirks.hpp"

#include <algorithm>

#include "drivers/redfish/quirk_rows.hpp"

namespace breakwater::redfish {
namespace {

struct FamilyRow {
  std::string_view name;  ///< of Vendor, or a key of Oem
  Family family;
};

constexpr FamilyRow kFamilies[] = {
    {"dell", Family::dell},     {"hpe", Family::hpe},       {"hp", Family::hpe},
    {"lenovo", Family::lenovo}, {"nvidia", Family::nvidia}, {"supermicro", Family::supermicro},
    {"ami", Family::ami},
};

constexpr std::string_view kPlaceholders[] = {
    "not present", "version not available", "na", "n/a", "undefined", "-*", ""};

std::string lower(std::string_view text) {
  std::string low(text);
  for (char& c : low) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return low;
}

Family family_named(std::string_view name) {
  const std::string low = lower(name);
  for (const FamilyRow& row : kFamilies) {
    if (row.name == low) return row.family;
  }
  return Family::generic;
}

}  // namespace

const Quirks& quirks_of(Family family) {
  static constexpr Quirks kNone{};
  static constexpr Quirks kAmi{Family::ami, {}, "", "", true, false, "", "", ""};
  switch (family) {
    case Family::generic:
      return kNone;
    case Family::dell:
      return dell_quirks();
    case Family::hpe:
      return hpe_quirks();
    case Family::lenovo:
      return lenovo_quirks();
    case Family::supermicro:
      return supermicro_quirks();
    case Family::nvidia:
      return nvidia_quirks();
    case Family::ami:
      return kAmi;
  }
  return kNone;
}

Family family_of(std::string_view vendor, std::span<const std::string> oem_keys) {
  if (const Family family = family_named(vendor); family != Family::generic) return family;
  for (const std::string& key : oem_keys) {
    if (const Family family = family_named(key); family != Family::generic) return family;
  }
  return Family::generic;
}

bool is_placeholder(std::string_view version) {
  const std::string low = lower(version);
  return std::find(std::begin(kPlaceholders), std::end(kPlaceholders), low) != std::end(kPlaceholders);
}

}  // namespace breakwater::redfish
