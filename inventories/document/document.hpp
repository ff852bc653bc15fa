#pragma once
// What every document has in common: `apiVersion: breakwater/v1`, a kind, a name, and a spec that the kind's own reader
// takes apart.
#include <string>
#include <string_view>
#include <vector>

#include "inventories/document/files.hpp"
#include "inventories/document/object.hpp"
#include "inventories/document/yaml.hpp"
#include "inventories/vocabulary/diagnostic.hpp"

namespace breakwater {

enum class DocumentKind { inventory, policy, release, rollout, lab };

/// As documents spell it: `Inventory`.
std::string_view to_string(DocumentKind kind);

struct Document {
  DocumentKind kind = DocumentKind::inventory;
  std::string name;
  std::string file;       ///< as people named it; faults show it
  std::string directory;  ///< absolute; `file:` references start from here
  std::string path;       ///< absolute, of the file itself
  std::string text;       ///< its exact bytes, from its `---` to the next document's
  Node root;
  bool alone = true;       ///< no other document stands in its file
  bool neighbour = false;  ///< as SourceText says

  /// The place of the value at `path`, such as `spec.waves[0].gate`.
  Mark mark_of(std::string_view path) const;

  /// The spec, for a reader that notes what it finds in `faults`.
  Value spec(Faults& faults) const;
};

struct DocumentFile {
  std::vector<Document> documents;  ///< those whose apiVersion, kind and name could be read
  Diagnostics faults;
};

DocumentFile parse_documents(const SourceText& source);

}  // namespace breakwater
