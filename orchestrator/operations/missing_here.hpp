#pragma once
// What documents name that is none of them, as far as it is missing on this machine: logins, CA bundles, signatures,
// images. No BMC is asked, no image is read, and nothing is made.
#include "orchestrator/operations/installation.hpp"
#include "policies/documents.hpp"

namespace breakwater::operations {

struct MissingHere {
  Diagnostics faults;  ///< nobody can put it right here: keys that cannot be read, and what the Policy forbids
  Diagnostics doubts;  ///< it may well be there where the rollout is planned
};

/// `documents` have no faults.
MissingHere missing_here(const Documents& documents, const Installation& installation);

}  // namespace breakwater::operations
