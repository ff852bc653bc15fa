#pragma once
// Files that are there whole or not at all.
#include <string>
#include <string_view>

#include "orchestrator/operations/problem.hpp"

namespace breakwater::operations {

/// Writes beside `file`, syncs, and takes its place; what was there before stays until then. A device, a pipe, a folder
/// or a symbolic link is not replaced: bad_argument.
Result<void, Problem> write_new_file(const std::string& file, std::string_view bytes);

}  // namespace breakwater::operations
