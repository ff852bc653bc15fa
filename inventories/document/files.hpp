#pragma once
// Finds and reads the files in which documents stand. A directory stands for its *.yaml and *.yml, three levels deep,
// hidden ones left out, at most a thousand; a single Rollout's file stands for itself and the directory it lies in.
#include <cstddef>
#include <string>
#include <vector>

#include "inventories/vocabulary/diagnostic.hpp"

namespace breakwater {

constexpr int kDirectoryDepthMax = 3;
constexpr std::size_t kFilesMax = 1'000;

/// A file's exact bytes and what its `file:` references start from.
struct SourceText {
  std::string file;       ///< as people named it; faults show it
  std::string directory;  ///< absolute
  std::string text;
  bool neighbour = false;  ///< found beside the file that was named: what it rolls out is not meant
};

struct Sources {
  std::vector<SourceText> texts;  ///< in order of their names, each file once
  Diagnostics faults;             ///< what could not be read
};

/// Files and directories as given.
Sources read_sources(const std::vector<std::string>& paths);

/// The file and, as neighbours, every other document under its directory.
Sources read_rollout_sources(const std::string& rollout_file);

}  // namespace breakwater
