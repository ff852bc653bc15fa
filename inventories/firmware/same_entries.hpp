#pragma once
// Two inventories of one machine side by side: which entry of the later one is which of the earlier one.
#include <span>
#include <vector>

#include "inventories/firmware/component.hpp"

namespace breakwater {

struct EntryPair {
  const InstalledComponent* before = nullptr;
  const InstalledComponent* now = nullptr;  ///< nullptr if the later inventory has it no more
};

/// One pair for each running entry of `before`, in its order; each running entry of `now` is in one pair at most.
/// Stable keys decide (SoftwareId, part number, related items), then names and ids, as they are or without the version
/// that they carry: updates rename entries. Both inventories outlive the result.
std::vector<EntryPair> pair_entries(std::span<const InstalledComponent> before,
                                    std::span<const InstalledComponent> now);

}  // namespace breakwater
