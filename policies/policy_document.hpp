#pragma once
// Reads a Policy.
#include "inventories/document/document.hpp"
#include "inventories/vocabulary/result.hpp"
#include "policies/policy.hpp"

namespace breakwater {

Result<Policy, Diagnostics> read_policy(const Document& document);

}  // namespace breakwater
