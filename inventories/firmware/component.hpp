#pragma once
// What a BMC says is installed, and the stable keys by which an entry is found again.
#include <string>
#include <vector>

#include "inventories/vocabulary/words.hpp"

namespace breakwater {

/// Keys of a firmware inventory entry, strongest first. The entry's URI is no key, because updates
/// rename entries (MGX_FW_BMC_0 became FW_BMC_0; Dell's ids hold the version).
struct ComponentKey {
  std::string software_id;                 ///< SoftwareInventory.SoftwareId; empty or "0" if the vendor has none
  std::string part_number;                 ///< of the related device; empty if there is none
  std::vector<std::string> related_items;  ///< URIs, as the service spells them
  std::string name;                        ///< SoftwareInventory.Name, the last resort
  bool operator==(const ComponentKey&) const = default;
};

/// Which of a component's banks an inventory entry describes.
enum class Slot { running, previous, staged };
template <>
inline constexpr auto kWords<Slot> =
    words<Slot>({{Slot::running, "running"}, {Slot::previous, "previous"}, {Slot::staged, "staged"}});

/// One entry of the firmware inventory.
struct InstalledComponent {
  std::string id;  ///< of the entry, for people; never remembered as a key
  std::string uri;
  ComponentKey key;
  std::string version;  ///< as reported, compared as text only
  Slot slot = Slot::running;
  bool operator==(const InstalledComponent&) const = default;
};

/// A resource that the firmware inventory names and that could not be read: what it says is unknown. It is neither lost
/// nor an empty slot.
struct UnreadEntry {
  std::string uri;
  std::string why;                ///< names the URI; safe to print
  bool part_number_only = false;  ///< a device: the entries that relate to it were read, their part number was not
  bool operator==(const UnreadEntry&) const = default;
};

}  // namespace breakwater
