#pragma once
// Which entries of a BMC's firmware inventory a Release is about. The strongest key that is there decides: what the
// Rollout selects, then part numbers, then the thing an entry says it belongs to, and only then a well-known name. An
// entry's Id is no key at all: updates and vendors rename it.
#include <span>
#include <string>
#include <vector>

#include "inventories/firmware/component.hpp"
#include "inventories/firmware/release.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

/// Explicit keys for a component where the Release's own (part numbers, kind) do not single it out. All that are set
/// must hold.
struct ComponentSelect {
  std::string software_id{};
  std::string part_number{};
  std::string related_item{};  ///< URI; a `*` at its end matches the rest
  std::string name{};

  bool empty() const;
  bool operator==(const ComponentSelect&) const = default;
};

struct NoMatch {
  enum class Reason { none, ambiguous };
  Reason reason = Reason::none;
  std::string what;  ///< for people: what was looked for, and what was found instead
};

/// The running entries of the one component meant, in the inventory's order. Several entries are one component where
/// they share a part number or SoftwareId (the ports of a NIC, a bank listed twice).
Result<std::vector<InstalledComponent>, NoMatch> match_component(const Release& release, const ComponentSelect& select,
                                                                 std::span<const InstalledComponent> inventory);

/// Whether two entries describe banks of the same component, by the strongest key that both have.
bool same_component(const ComponentKey& one, const ComponentKey& other);

}  // namespace breakwater
