#include "inventories/document/document.hpp"

#include <filesystem>
#include <iterator>
#include <optional>
#include <utility>

#include "inventories/document/scalar.hpp"
#include "inventories/document/schema_texts.hpp"
#include "inventories/vocabulary/text.hpp"

namespace breakwater {
namespace {

constexpr std::string_view kApiVersion = "breakwater/v1";

/// Reads the frame around the spec. Returns nothing if the kind or the name is unknown: no reader could go on.
std::optional<Document> read_frame(YamlDocument& yaml, const SourceText& source, DocumentFaults& faults) {
  Object frame(YamlValue{&yaml.root, "", &faults});
  Document document;
  int version = 0;
  frame.required("apiVersion", version, one_of<int>({{kApiVersion, 1}}));
  const auto kind = frame.require("kind");
  const auto known = kind ? as_word<DocumentKind>(*kind) : std::nullopt;
  if (const auto metadata = frame.require("metadata")) {
    Object object(*metadata);
    object.required("name", document.name, as_name);
    object.finish();
  }
  const auto spec = frame.require("spec");
  frame.finish();
  if (!known || document.name.empty() || !spec) return std::nullopt;
  document.kind = known.value();
  document.file = source.file;
  document.directory = source.directory;
  document.path = (std::filesystem::path(source.directory) / std::filesystem::path(source.file).filename()).string();
  document.text = source.text.substr(yaml.begin, yaml.end - yaml.begin);
  document.root = std::move(yaml.root);
  document.neighbour = source.neighbour;
  return document;
}

}  // namespace

Mark Document::mark_of(std::string_view wanted) const {
  const Position at = find_position(root, wanted);
  return {file, at.line, at.column};
}

YamlValue Document::spec(DocumentFaults& faults) const {
  static const YamlNode kNothing;
  const YamlEntry* entry = find_entry(root, "spec");
  return {entry == nullptr ? &kNothing : &entry->value, "spec", &faults};
}

DocumentFile parse_documents(const SourceText& source) {
  YamlStream stream = parse_yaml(source.text, source.file);
  DocumentFile file;
  file.faults = std::move(stream.faults);
  if (stream.documents.empty() && file.faults.empty()) {
    DocumentFaults nothing(source.file);
    nothing.add({}, "", "holds no document");
    file.faults = nothing.take();
  }
  for (YamlDocument& yaml : stream.documents) {
    DocumentFaults faults(source.file);
    if (auto document = read_frame(yaml, source, faults)) {
      document->alone = stream.documents.size() == 1;
      file.documents.push_back(std::move(*document));
    }
    Diagnostics found = faults.take();
    std::move(found.begin(), found.end(), std::back_inserter(file.faults));
  }
  return file;
}

std::string_view schema_text(std::string_view kind) {
  const std::string wanted = to_lower(kind);
  for (const SchemaText& schema : kSchemaTexts) {
    if (schema.kind == wanted) return schema.text;
  }
  return {};
}

std::vector<std::string_view> schema_kinds() {
  std::vector<std::string_view> kinds;
  for (const SchemaText& schema : kSchemaTexts) kinds.push_back(schema.kind);
  return kinds;
}

}  // namespace breakwater
