#pragma once
// What is wrong in a file that a person wrote: the place, the key, the problem.
#include <string>
#include <vector>

namespace breakwater {

/// A place in a text file; line and column count from 1, and are 0 for the file as a whole.
struct Mark {
  std::string file;
  int line = 0;
  int column = 0;
};

struct Diagnostic {
  Mark at;
  std::string path;     ///< of the key, `spec.waves[0].size`; empty for the file as a whole
  std::string message;  ///< what is wrong and, if known, what would be right
};

using Diagnostics = std::vector<Diagnostic>;

/// `file:line:column path: message`, as compilers and editors read it.
inline std::string to_string(const Diagnostic& diagnostic) {
  std::string text = diagnostic.at.file + ':';
  if (diagnostic.at.line > 0) text += std::to_string(diagnostic.at.line) + ':' + std::to_string(diagnostic.at.column);
  text += ' ';
  if (!diagnostic.path.empty()) text += diagnostic.path + ": ";
  return text + diagnostic.message;
}

}  // namespace breakwater
