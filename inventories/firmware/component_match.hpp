#pragma once
// Which entries of a BMC's firmware inventory a Release is for. The strongest key that exists decides: the Rollout's
// select, then part numbers, then the resource that an entry relates to, and last a well-known name. An entry's Id is
// no key: updates and vendors rename it.
#include <span>
#include <string>
#include <vector>

#include "inventories/firmware/component.hpp"
#include "inventories/firmware/release.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

/// Explicit keys for a component that the Release's own keys (part numbers, kind) do not single out. All keys that are
/// set must match.
struct ComponentSelect {
  std::string software_id{};
  std::string part_number{};
  std::string related_item{};  ///< URI; a `*` at its end matches the rest
  std::string name{};

  bool empty() const;
  bool operator==(const ComponentSelect&) const = default;
};

struct NoMatch {
  enum class Reason {
    none,
    ambiguous,
    unread,  ///< an entry that could not be read may be one of the component's
  };
  Reason reason = Reason::none;
  std::string what;  ///< for people: what was searched for, and what was found
};

/// Entries of an inventory, in its order; they point into it.
using MatchedEntries = std::vector<const InstalledComponent*>;

/// The running entries of the one component meant: never empty. `parts` are patterns of part numbers that the Release
/// names. Several entries are one component if they share a part number or SoftwareId (the ports of a NIC, a bank
/// listed twice). `inventory` outlives the result. What is `unread` may belong to any component that was not found, to
/// any kind of which a server has several, and to any part.
Result<MatchedEntries, NoMatch> match_component(ComponentKind kind, std::span<const std::string> parts,
                                                const ComponentSelect& select,
                                                std::span<const InstalledComponent> inventory,
                                                std::span<const UnreadEntry> unread = {});

/// Whether two entries describe banks of the same component, by the strongest key that both have.
bool same_component(const ComponentKey& one, const ComponentKey& other);

}  // namespace breakwater
