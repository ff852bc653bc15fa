#pragma once
// What Rollouts and Policies say of labels, held against the hosts that there are.
#include <span>
#include <string>
#include <vector>

#include "inventories/hosts/host.hpp"
#include "policies/references.hpp"

namespace breakwater {

struct LabelFindings {
  Diagnostics faults;  ///< a Rollout that can select no host
  Diagnostics doubts;  ///< labels and values that no host has: allowed, and most often a slip of the pen
};

/// Nothing is said of labels where an Inventory could not be read, or of a Rollout that has faults of its own.
LabelFindings check_labels(const References& references, std::span<const Host> hosts);

/// Labels and values that a selector goes by and no host has, one text each, with the one that may be meant.
std::vector<std::string> unknown_labels(const Selector& selector, std::span<const Host> hosts);

}  // namespace breakwater
