#include "inventories/document/canonical.hpp"

#include <algorithm>

namespace breakwater {
namespace {

/// With its length before it, so that no text can be taken for another one and what follows it.
void write_text(const std::string& text, std::string& out) {
  out += std::to_string(text.size()) + ':' + text;
}

void write(const YamlNode& node, std::string& out);

void write_entries(const YamlNode& mapping, std::string& out) {
  std::vector<const YamlEntry*> entries;
  for (const YamlEntry& entry : mapping.entries) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const YamlEntry* one, const YamlEntry* other) { return one->key < other->key; });
  out += '{';
  for (const YamlEntry* entry : entries) {
    write_text(entry->key, out);
    write(entry->value, out);
  }
  out += '}';
}

void write(const YamlNode& node, std::string& out) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      out += 'n';
      return;
    case YamlNode::Kind::refused:
      out += 'r';
      return;
    case YamlNode::Kind::scalar:
      out += 's';
      return write_text(node.text, out);
    case YamlNode::Kind::sequence:
      out += '[';
      for (const YamlNode& item : node.items) write(item, out);
      out += ']';
      return;
    case YamlNode::Kind::mapping:
      return write_entries(node, out);
  }
}

}  // namespace

std::string canonical_text(const YamlNode& root) {
  std::string text;
  write(root, text);
  return text;
}

}  // namespace breakwater
