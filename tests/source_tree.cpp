#include "tests/source_tree.hpp"

namespace breakwater {

std::filesystem::path source_tree(const std::string& path) {
  return std::filesystem::path(SOURCE_DIR) / path;
}

}  // namespace breakwater
