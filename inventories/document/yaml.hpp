#pragma once
// YAML as people write it for us: a strict subset, read into a tree in which every key and value knows its place.
// Refused: anchors, aliases, tags, directives, merge keys, keys that stand twice or are no text, unclosed quotes, a
// document without `---` behind another one, control characters, a byte-order mark, and whatever exceeds a bound.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/diagnostic.hpp"

namespace breakwater {

constexpr std::size_t kYamlBytesMax = std::size_t{1} << 20;
constexpr std::size_t kYamlDepthMax = 32;
constexpr std::size_t kYamlNodesMax = 100'000;

/// Line and column from 1; a column is a code point.
struct Position {
  int line = 0;
  int column = 0;
  bool operator==(const Position&) const = default;
};

struct YamlEntry;

struct YamlNode {
  /// `refused` is what a fault of the YAML itself has left: nothing more is said of it.
  enum class Kind { null, scalar, sequence, mapping, refused };
  Kind kind = Kind::null;
  std::string text;     ///< of a scalar, as the YAML means it
  bool quoted = false;  ///< the scalar stood in quotes or as a block: it is text whatever it looks like
  Position at;
  std::vector<YamlNode> items;     ///< of a sequence
  std::vector<YamlEntry> entries;  ///< of a mapping, in the order of the file; keys are unique
};

struct YamlEntry {
  std::string key;
  bool quoted = false;
  Position at;
  YamlNode value;
};

/// The value of `key` in a mapping; nullptr where there is none.
const YamlEntry* find_entry(const YamlNode& mapping, std::string_view key);

/// One document of a stream and the bytes it was written in, from its `---` (or the file's start) to the next one's.
struct YamlDocument {
  YamlNode root;
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct YamlStream {
  std::vector<YamlDocument> documents;  ///< those read to their end; empty ones are left out
  Diagnostics faults;                   ///< all of them, up to the one behind which no parser finds its way
};

/// `file` is the name that faults show.
YamlStream parse_yaml(std::string_view text, const std::string& file);

/// `path` and `key` in one, as faults spell it: `spec.waves`.
std::string join_path(const std::string& path, std::string_view key);
std::string join_path(const std::string& path, std::size_t index);

}  // namespace breakwater
