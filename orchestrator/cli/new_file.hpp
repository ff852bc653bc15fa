#pragma once
// Files that are there whole or not at all.
#include <string>
#include <string_view>

#include "orchestrator/cli/failure.hpp"

namespace breakwater::cli {

/// Writes beside `file`, syncs, and takes its place; what was there before stays until then.
Result<void, Failure> write_new_file(const std::string& file, std::string_view bytes);

}  // namespace breakwater::cli
