#pragma once
// Reads a Rollout. What other documents must hold for it is asked in documents.hpp.
#include "inventories/document/document.hpp"
#include "inventories/vocabulary/result.hpp"
#include "policies/rollout.hpp"

namespace breakwater {

Result<Rollout, Diagnostics> read_rollout(const Document& document);

}  // namespace breakwater
