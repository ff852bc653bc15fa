#pragma once
// Files that are there whole or not at all.
#include <string>
#include <string_view>

#include "inventories/vocabulary/descriptor.hpp"
#include "orchestrator/operations/problem.hpp"

namespace breakwater::operations {

/// Writes beside `file`, syncs, and takes its place; what was there before stays until then. Only a file of the same
/// kind is replaced, one that begins with `opening`, or an empty one: a slip of the pen costs nobody a document. A
/// device, a pipe, a folder or a symbolic link is not replaced either: bad_argument.
Result<void, Problem> write_new_file(const std::string& file, std::string_view bytes, std::string_view opening);

/// Keeps others that write files of this folder by the same rule away until it goes. try_later where somebody keeps it
/// for seconds; nothing is locked where the file system has no such lock.
Result<Descriptor, Problem> lock_beside(const std::string& file);

/// The same rule, for a file that is written bit by bit.
Result<void, Problem> may_replace(const std::string& file, std::string_view opening);

}  // namespace breakwater::operations
