#pragma once
// A fault in a file that a person wrote: where it stands, which key, what is wrong.
#include <string>
#include <vector>

namespace breakwater {

/// A place in a text file; line and column count from 1, 0 where the whole file is meant.
struct Mark {
  std::string file;
  int line = 0;
  int column = 0;
};

struct Diagnostic {
  Mark at;
  std::string path;     ///< of the key, `spec.waves[0].size`; empty where the file as a whole is meant
  std::string message;  ///< says what is wrong and, where known, what would be right
};

using Diagnostics = std::vector<Diagnostic>;

/// `file:line:column path: message`, as compilers and editors read it.
std::string to_string(const Diagnostic& diagnostic);

}  // namespace breakwater
