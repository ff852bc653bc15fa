// YAML as people write it, by every document's reader. What is read stays under its bounds and reads the same when its
// document is taken out of the file; a fault has a place in the text and is fit for a terminal.
#include <algorithm>
#include <string>

#include "drivers/lab/lab_document.hpp"
#include "inventories/document/document.hpp"
#include "inventories/vocabulary/plain_text.hpp"
#include "policies/documents.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace breakwater::fuzz::documents_target {
namespace {

bool is_plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::size_t count_nodes(const YamlNode& node, std::size_t depth) {
  require(depth <= kYamlDepthMax, "a tree is no deeper than its bound");
  std::size_t nodes = 1;
  for (const YamlNode& item : node.items) nodes += count_nodes(item, depth + 1);
  for (const YamlEntry& entry : node.entries) {
    require(find_entry(node, entry.key) == &entry, "a key stands once");
    nodes += 1 + count_nodes(entry.value, depth + 1);
  }
  return nodes;
}

void judge(const Diagnostics& faults, std::size_t lines) {
  for (const Diagnostic& fault : faults) {
    require(!fault.message.empty(), "a fault says what is wrong");
    require(fault.at.line >= 0 && static_cast<std::size_t>(fault.at.line) <= lines + 1, "a fault stands in its file");
    require(is_plain(harmless(to_string(fault))), "a fault can be shown on a terminal");
  }
}

template <class T>
Diagnostics faults_of(const Result<T, Diagnostics>& result) {
  return result ? Diagnostics{} : result.error();
}

void read_alone(const Document& document) {
  const DocumentFile file = parse_documents({document.file, document.directory, document.text});
  require(file.faults.empty() && file.documents.size() == 1, "a document that is well reads well alone");
  const Document& again = file.documents.front();
  require(again.kind == document.kind && again.name == document.name && again.alone, "and is the same one");
  require(count_nodes(again.root, 0) == count_nodes(document.root, 0), "with the same tree");
}

}  // namespace

void one_input(const std::uint8_t* data, std::size_t size) {
  const std::string text(text_of(data, size));
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  const SourceText source{"f.yaml", "/nowhere", text};
  const DocumentFile file = parse_documents(source);
  judge(file.faults, lines);
  std::size_t from = 0;
  for (const Document& document : file.documents) {
    const std::size_t at = text.find(document.text, from);
    require(at != std::string::npos, "a document's bytes are those of the file");
    from = at + document.text.size();
    require(count_nodes(document.root, 0) <= kYamlNodesMax, "a tree is no larger than its bound");
    if (document.kind == DocumentKind::lab) judge(faults_of(lab::read_lab(document)), lines);
    if (file.faults.empty()) read_alone(document);
  }
  judge(faults_of(load_documents({{source}, {}})), lines);
}

}  // namespace breakwater::fuzz::documents_target
