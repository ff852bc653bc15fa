#pragma once
// The texts that documents are read from, wherever they come from.
#include <string>
#include <vector>

#include "inventories/vocabulary/diagnostic.hpp"

namespace breakwater {

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

}  // namespace breakwater
