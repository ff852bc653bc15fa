#pragma once
// What vendors do differently, as rows of data. A row says which spelling means what; no row holds code.
#include <span>
#include <string>
#include <string_view>

#include "inventories/firmware/component.hpp"

namespace breakwater::redfish {

/// The BMC's stack, not the brand on the box.
enum class Family { generic, dell, hpe, lenovo, supermicro, nvidia, ami };

/// An inventory id that tells the bank it describes.
struct SlotRow {
  std::string_view prefix;
  std::string_view suffix;
  Slot slot;
};

struct Quirks {
  Family family = Family::generic;
  std::span<const SlotRow> slots;          ///< the first that fits
  std::string_view booted_state;           ///< a BootProgress.LastState beside OSRunning that a running host shows
  std::string_view booted_oem_state;       ///< an OemLastState that means the same
  bool raw_push = true;                    ///< HttpPushUri takes the bare image
  bool rollback_by_simple_update = false;  ///< SimpleUpdate with the previous entry as ImageURI switches banks
  std::string_view update_parameters;      ///< further members of UpdateParameters, as JSON text without braces
  std::string_view double_prefix;          ///< an id with this prefix is dropped where one with ...
  std::string_view double_of;              ///< ... this prefix and the same rest is listed as well
};

const Quirks& quirks_of(Family family);

/// The family from what the service root says of itself; names are compared without case.
Family family_of(std::string_view vendor, std::span<const std::string> oem_keys);

/// A version that stands for "nothing here": `Not Present`, `-*`, `NA`.
bool is_placeholder(std::string_view version);

}  // namespace breakwater::redfish
