#pragma once
// What a document says, whatever way it is written: comments, blanks, the order of keys, quotes and flow style do not
// count. The order of a list does.
#include <string>

#include "inventories/document/yaml.hpp"

namespace breakwater {

/// The same text for trees of the same values, another one for any others: to be hashed, not to be read.
std::string canonical_text(const YamlNode& root);

}  // namespace breakwater
