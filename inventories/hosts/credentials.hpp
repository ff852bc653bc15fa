#pragma once
// What a credentials reference names: read when it is needed, and not kept.
#include <string>

#include "inventories/vocabulary/result.hpp"
#include "inventories/vocabulary/secret.hpp"

namespace breakwater {

/// Reads the one line that `env:NAME` or `file:PATH` names. A file's line of more than 4,095 bytes is refused.
Result<Secret, std::string> resolve_secret(const std::string& reference);

/// Reads `env:NAME` or `file:PATH`, which holds one line `user:password`. The error text never repeats any of it. A
/// file that others than its owner may write is refused: whoever can write it chooses our logins.
Result<Credentials, std::string> resolve_credentials(const std::string& reference);

}  // namespace breakwater
