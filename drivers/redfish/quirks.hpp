#pragma once
// What vendors do differently, as rows of data: all rows stand in quirks.cpp, and no row holds code.
#include <span>
#include <string>
#include <string_view>

#include "inventories/firmware/component.hpp"

namespace breakwater::redfish {

/// The BMC's stack, not the brand on the box.
enum class Family { generic, dell, hpe, lenovo, supermicro, nvidia, ami };

/// An inventory id that shows which bank it describes.
struct SlotRow {
  std::string_view prefix;
  std::string_view suffix;
  Slot slot;
};

struct Quirks {
  Family family = Family::generic;
  std::span<const SlotRow> slots{};        ///< the first that fits decides
  std::string_view booted_state{};         ///< a BootProgress.LastState beside OSRunning that a running host shows
  std::string_view booted_oem_state{};     ///< an OemLastState that means the same
  bool raw_push = true;                    ///< HttpPushUri takes the bare image
  bool rollback_by_simple_update = false;  ///< SimpleUpdate with the previous entry as ImageURI switches banks
  std::string_view update_parameters{};    ///< further members of UpdateParameters, as JSON text without braces
  std::string_view double_prefix{};        ///< an entry whose id is this prefix and a rest is dropped ...
  std::string_view double_of{};            ///< ... if another entry's id is this prefix and the same rest
};

const Quirks& quirks_of(Family family);

/// The family from what the service root says of itself; names are compared without case.
Family family_of(std::string_view vendor, std::span<const std::string> oem_keys);

}  // namespace breakwater::redfish
