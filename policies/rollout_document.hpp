#pragma once
// Reads a Rollout. What other documents must hold for it is asked in documents.hpp.
#include "inventories/document/document.hpp"
#include "policies/rollout.hpp"

namespace breakwater {

/// What of it could be read, with every fault noted.
Rollout read_rollout(const Document& document, DocumentFaults& faults);

}  // namespace breakwater
