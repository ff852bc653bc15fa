#pragma once
// Typed reading of a YAML tree: each key is asked for by name and type, every fault is collected with its place and
// path, and what nobody asked for is refused with the nearest key that would have been taken.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inventories/document/yaml.hpp"
#include "inventories/vocabulary/diagnostic.hpp"

namespace breakwater {

/// Where the readers of one document put what they find wrong.
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

/// A value of the tree and the way to it. Refers to the tree and the faults; it lives no longer than they do.
struct YamlValue {
  const YamlNode* node;
  std::string path;
  DocumentFaults* faults;

  void fault(std::string message) const { faults->add(node->at, path, std::move(message)); }

  /// The fault of a value that is of another kind than `wanted`; nothing where the YAML reader has refused it already.
  void fault_kind(std::string_view wanted) const;

  Mark mark() const { return faults->mark(node->at); }
};

/// A value read as T, or nothing with the fault noted.
template <class T>
using Read = std::function<std::optional<T>(const YamlValue&)>;

/// The key among `known` that is within two edits of `text`; empty where none is.
std::string nearest(std::string_view text, const std::vector<std::string_view>& known);

/// A mapping with a fixed set of keys. `finish` refuses the keys that were not asked for.
class Object {
 public:
  /// Notes a fault where the value is no mapping; every key is then absent, and none is reported as missing.
  explicit Object(const YamlValue& value);

  const YamlValue& value() const { return value_; }
  bool is_mapping() const { return value_.node->kind == YamlNode::Kind::mapping; }

  /// The value of `key`; nothing where the key is missing.
  std::optional<YamlValue> find(std::string_view key);

  /// The value of `key`, with a fault where it is missing.
  std::optional<YamlValue> require(std::string_view key);

  template <class T, class Reader>
  void optional(std::string_view key, T& into, Reader&& read) {
    if (auto found = find(key)) assign(*found, into, read);
  }

  template <class T, class Reader>
  void required(std::string_view key, T& into, Reader&& read) {
    if (auto found = require(key)) assign(*found, into, read);
  }

  /// A fault at the key `key` itself, at the mapping where the key is missing.
  void fault(std::string_view key, std::string message) const;

  /// Refuses what was not asked for. To be called once, after the last question.
  void finish();

 private:
  template <class T, class Reader>
  static void assign(const YamlValue& found, T& into, Reader& read) {
    if (auto result = read(found)) into = std::move(*result);
  }

  YamlValue value_;
  std::vector<std::string_view> known_;
};

/// Each item of a sequence that reads well, in order; nothing where it is no sequence or shorter than `least`.
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

/// Calls `visit(key, value)` for each entry of a mapping whose keys the author chose. `is_key` judges the keys; a key
/// that it refuses is noted as "is no <what>" and left out.
void for_each_entry(const YamlValue& mapping, std::string_view what,
                    const std::function<bool(std::string_view)>& is_key,
                    const std::function<void(const std::string&, const YamlValue&)>& visit);

/// The place of the value at `path`, or of the nearest thing above it that is there.
Position find_position(const YamlNode& root, std::string_view path);

}  // namespace breakwater
