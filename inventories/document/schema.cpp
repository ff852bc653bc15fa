#include "inventories/document/schema.hpp"

#include <algorithm>

#include "inventories/document/schema_texts.hpp"

namespace breakwater {

std::string_view schema_text(std::string_view kind) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; };
  for (const SchemaText& schema : kSchemaTexts) {
    if (std::equal(kind.begin(), kind.end(), schema.kind.begin(), schema.kind.end(), same)) return schema.text;
  }
  return {};
}

std::vector<std::string_view> schema_kinds() {
  std::vector<std::string_view> kinds;
  for (const SchemaText& schema : kSchemaTexts) kinds.push_back(schema.kind);
  return kinds;
}

}  // namespace breakwater
