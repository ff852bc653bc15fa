#pragma once
// Where the files are that tests read.
#include <filesystem>
#include <string>

namespace breakwater {

/// The full path of what has this path from the project's root.
std::filesystem::path source_tree(const std::string& path);

}  // namespace breakwater
