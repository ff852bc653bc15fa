#pragma once
// What all documents have in common: `apiVersion: breakwater/v1`, a kind, a name, and a spec, which the reader of that
// kind reads. Also the JSON Schemas (draft-07) of the kinds, for editors and other tools; our own readers do not use
// them, and tests hold the two against each other.
#include <string>
#include <string_view>
#include <vector>

#include "inventories/document/object.hpp"
#include "inventories/document/source_text.hpp"
#include "inventories/document/yaml.hpp"
#include "inventories/vocabulary/diagnostic.hpp"
#include "inventories/vocabulary/words.hpp"

namespace breakwater {

enum class DocumentKind { inventory, bmc_keys, policy, release, rollout, lab };

/// As documents spell it.
template <>
inline constexpr auto kWords<DocumentKind> = words<DocumentKind>({
    {DocumentKind::inventory, "Inventory"},
    {DocumentKind::bmc_keys, "BmcKeys"},
    {DocumentKind::policy, "Policy"},
    {DocumentKind::release, "Release"},
    {DocumentKind::rollout, "Rollout"},
    {DocumentKind::lab, "Lab"},
});

struct Document {
  DocumentKind kind = DocumentKind::inventory;
  std::string name;
  std::string file;       ///< as the user named it; shown in faults
  std::string directory;  ///< absolute; `file:` references start from here
  std::string path;       ///< absolute, of the file itself
  std::string text;       ///< its exact bytes, from its `---` to the next document's
  YamlNode root;
  bool alone = true;       ///< no other document stands in its file
  bool neighbour = false;  ///< as SourceText says

  /// The place of the value at `path`, such as `spec.waves[0].gate`.
  Mark mark_of(std::string_view path) const;

  /// The spec, for a reader that adds its faults to `faults`.
  YamlValue spec(DocumentFaults& faults) const;
};

struct DocumentFile {
  std::vector<Document> documents;  ///< those whose apiVersion, kind and name could be read
  Diagnostics faults;
};

DocumentFile parse_documents(const SourceText& source);

/// The schema of a kind, as it stands in schema/; `kind` in any case, `Rollout` or `rollout`. Empty if there is none.
std::string_view schema_text(std::string_view kind);

/// The kinds that have a schema, in lower case and in order.
std::vector<std::string_view> schema_kinds();

}  // namespace breakwater
