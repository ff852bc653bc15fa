#include "inventories/vocabulary/diagnostic.hpp"

namespace breakwater {

std::string to_string(const Diagnostic& diagnostic) {
  std::string text = diagnostic.at.file;
  if (diagnostic.at.line > 0) {
    text += ':' + std::to_string(diagnostic.at.line) + ':' + std::to_string(diagnostic.at.column);
  } else {
    text += ':';
  }
  text += ' ';
  if (!diagnostic.path.empty()) text += diagnostic.path + ": ";
  return text + diagnostic.message;
}

}  // namespace breakwater
