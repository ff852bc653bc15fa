#pragma once
// A strict subset of YAML, read into a tree in which every key and value knows its place. Refused: anchors, aliases,
// tags, directives, merge keys, keys that stand twice or are no text, unclosed quotes, a further document without
// `---`, control characters, a byte-order mark, and everything that exceeds a bound.
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
  /// `refused` stands for a value that the YAML reader has refused; it gets no further faults.
  enum class Kind { null, scalar, sequence, mapping, refused };
  Kind kind = Kind::null;
  std::string text;     ///< of a scalar, with quotes and escapes resolved
  bool quoted = false;  ///< in quotes or a block scalar: it is text, whatever it looks like
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

/// The entry of `key` in a mapping; nullptr if there is none.
const YamlEntry* find_entry(const YamlNode& mapping, std::string_view key);

/// One document of a stream and the bytes it was written in, from its `---` (or the file's start) to the next one's.
struct YamlDocument {
  YamlNode root;
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct YamlStream {
  std::vector<YamlDocument> documents;  ///< those read to their end; empty ones are left out
  Diagnostics faults;                   ///< all up to the first after which the parser cannot continue
};

/// `file` is the name that faults show.
YamlStream parse_yaml(std::string_view text, const std::string& file);

/// `path` and `key` in one, as faults spell it: `spec.waves`.
std::string join_path(const std::string& path, std::string_view key);
std::string join_path(const std::string& path, std::size_t index);

}  // namespace breakwater
