#pragma once
// Typed reading of a YAML tree: a reader asks for each key by name and type. Every fault is collected with its place
// and path. A key that no reader asked for is refused, and the nearest known key is named.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inventories/document/yaml.hpp"
#include "inventories/vocabulary/diagnostic.hpp"

namespace breakwater {

/// Collects what the readers of one document find wrong.
class DocumentFaults {
 public:
  explicit DocumentFaults(std::string file) : file_(std::move(file)) {}

  void add(const Position& at, std::string path, std::string message);
  Mark mark(const Position& at) const { return {file_, at.line, at.column}; }
  bool empty() const { return list_.empty(); }
  std::size_t size() const { return list_.size(); }
  Diagnostics take() { return std::move(list_); }

 private:
  std::string file_;
  Diagnostics list_;
};

/// A value of the tree and its path. The tree and the faults must outlive it.
struct YamlValue {
  const YamlNode* node;
  std::string path;
  DocumentFaults* faults;

  void fault(std::string message) const { faults->add(node->at, path, std::move(message)); }

  /// Adds the fault of a value that is not the `wanted` kind, unless the YAML reader has refused it already.
  void fault_kind(std::string_view wanted) const;

  Mark mark() const { return faults->mark(node->at); }
};

/// Reads a value as T, or adds a fault and returns nothing.
template <class T>
using Read = std::function<std::optional<T>(const YamlValue&)>;

/// The nearest key in `known` within two edits of `text`; empty if there is none.
std::string nearest(std::string_view text, const std::vector<std::string_view>& known);

/// A mapping with a fixed set of keys. `finish` refuses the keys that were not asked for.
class Object {
 public:
  /// Adds a fault if the value is no mapping; then every key is absent, and none is reported as missing.
  explicit Object(const YamlValue& value);

  const YamlValue& value() const { return value_; }
  bool is_mapping() const { return value_.node->kind == YamlNode::Kind::mapping; }

  /// The value of `key`; nothing if the key is missing.
  std::optional<YamlValue> find(std::string_view key);

  /// The value of `key`; adds a fault if it is missing.
  std::optional<YamlValue> require(std::string_view key);

  template <class T, class Reader>
  void optional(std::string_view key, T& into, Reader&& read) {
    if (auto found = find(key)) assign(*found, into, read);
  }

  template <class T, class Reader>
  void required(std::string_view key, T& into, Reader&& read) {
    if (auto found = require(key)) assign(*found, into, read);
  }

  /// Adds a fault at the key `key`, or at the mapping if the key is missing.
  void fault(std::string_view key, std::string message) const;

  /// Refuses the keys that were not asked for. Call it once, after the last question.
  void finish();

 private:
  template <class T, class Reader>
  static void assign(const YamlValue& found, T& into, Reader& read) {
    if (auto result = read(found)) into = std::move(*result);
  }

  YamlValue value_;
  std::vector<std::string_view> known_;
};

/// The items of a sequence that `read` could read, in order; nothing if it is no sequence.
template <class Reader>
auto read_list(const YamlValue& list, std::size_t least, Reader&& read) {
  using Item = typename decltype(read(list))::value_type;
  std::vector<Item> items;
  if (list.node->kind != YamlNode::Kind::sequence) {
    list.fault_kind("a list");
    return std::optional<std::vector<Item>>();
  }
  if (list.node->items.size() < least) list.fault("expected at least " + std::to_string(least) + " item");
  for (std::size_t i = 0; i < list.node->items.size(); ++i) {
    if (auto item = read(YamlValue{&list.node->items[i], join_path(list.path, i), list.faults})) {
      items.push_back(std::move(*item));
    }
  }
  return std::optional(std::move(items));
}

/// A reader of lists of what `read` reads.
template <class Reader>
auto list_of(std::size_t least, Reader read) {
  return [least, read](const YamlValue& value) { return read_list(value, least, read); };
}

/// Calls `visit(key, value)` for each entry of a mapping whose keys the author chose. A key that
/// `is_key` refuses gets the fault "is no <what>" and is left out.
void for_each_entry(const YamlValue& mapping, std::string_view what,
                    const std::function<bool(std::string_view)>& is_key,
                    const std::function<void(const std::string&, const YamlValue&)>& visit);

/// The place of the value at `path`, or of the nearest enclosing value that exists.
Position find_position(const YamlNode& root, std::string_view path);

}  // namespace breakwater
