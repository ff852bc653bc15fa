#pragma once
// What a credentials reference names, read at the moment it is needed and kept nowhere.
#include <string>

#include "inventories/vocabulary/result.hpp"
#include "inventories/vocabulary/secret.hpp"

namespace breakwater {

/// Reads the one line that `env:NAME` or `file:PATH` names. A file's line of more than 4,095 bytes is refused.
Result<Secret, std::string> resolve_secret(const std::string& reference);

/// Reads `env:NAME` or `file:PATH`; what it names is one line `user:password`. The failure never holds any of it.
/// A file that others than its owner may write is refused: who can write it chooses where our logins go.
Result<Credentials, std::string> resolve_credentials(const std::string& reference);

}  // namespace breakwater
