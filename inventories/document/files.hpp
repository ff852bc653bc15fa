#pragma once
// Finds and reads the files that hold documents. A directory stands for its *.yaml and *.yml files, three levels deep,
// without hidden ones, at most a thousand. A Rollout's file stands for itself and for the directory it is in.
#include <cstddef>
#include <string>
#include <vector>

#include "inventories/document/source_text.hpp"

namespace breakwater {

constexpr int kDirectoryDepthMax = 3;
constexpr std::size_t kFilesMax = 1'000;

/// Reads these files and directories.
Sources read_sources(const std::vector<std::string>& paths);

/// The file and, as neighbours, every other document under its directory.
Sources read_rollout_sources(const std::string& rollout_file);

}  // namespace breakwater
