#pragma once
// Finds and reads the files that hold documents. A directory stands for its *.yaml and *.yml files, three levels deep,
// without hidden ones, at most a thousand. A Rollout's file stands for itself and for the directory it is in.
#include <cstddef>
#include <string>
#include <vector>

#include "inventories/vocabulary/diagnostic.hpp"

namespace breakwater {

constexpr int kDirectoryDepthMax = 3;
constexpr std::size_t kFilesMax = 1'000;

/// A file's exact bytes, and the directory that its `file:` references start from.
struct SourceText {
  std::string file;       ///< as the user named it; shown in faults
  std::string directory;  ///< absolute
  std::string text;
  bool neighbour = false;  ///< found beside the file that the user named: its Rollouts are not meant
};

struct Sources {
  std::vector<SourceText> texts;  ///< in order of their names, each file once
  Diagnostics faults;             ///< what could not be read
};

/// Reads these files and directories.
Sources read_sources(const std::vector<std::string>& paths);

/// The file and, as neighbours, every other document under its directory.
Sources read_rollout_sources(const std::string& rollout_file);

}  // namespace breakwater
