#pragma once
// What Rollouts and Policies say of labels, held against the hosts that there are.
#include <span>

#include "inventories/hosts/host.hpp"
#include "policies/references.hpp"

namespace breakwater {

struct LabelFindings {
  Diagnostics faults;  ///< a Rollout that can select no host
  Diagnostics doubts;  ///< labels and values that no host has: allowed, and most often a slip of the pen
};

/// Nothing is said of labels where an Inventory could not be read, or of a Rollout that has faults of its own.
LabelFindings check_labels(const References& references, std::span<const Host> hosts);

}  // namespace breakwater
