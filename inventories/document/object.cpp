#include "inventories/document/object.hpp"

#include <algorithm>
#include <numeric>

#include "inventories/document/scalar.hpp"

namespace breakwater {
namespace {

constexpr std::size_t kEditsMax = 2;

/// Levenshtein's distance: insertions, deletions and substitutions.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

/// Where the entry's key ends in `path`, if `path` starts with that key.
std::optional<std::size_t> key_end(std::string_view path, const std::string& key) {
  if (!path.starts_with(key)) return std::nullopt;
  const std::size_t end = key.size();
  if (end == path.size() || path[end] == '.' || path[end] == '[') return end;
  return std::nullopt;
}

}  // namespace

void DocumentFaults::add(const Position& at, std::string path, std::string message) {
  list_.push_back({mark(at), std::move(path), std::move(message)});
}

void YamlValue::fault_kind(std::string_view wanted) const {
  if (node->kind == YamlNode::Kind::refused) return;
  fault(node->kind == YamlNode::Kind::null ? "has no value" : "expected " + std::string(wanted));
}

std::string nearest(std::string_view text, const std::vector<std::string_view>& known) {
  std::string_view best;
  std::size_t best_distance = kEditsMax + 1;
  for (const std::string_view candidate : known) {
    const std::size_t longer = std::max(text.size(), candidate.size());
    if (longer - std::min(text.size(), candidate.size()) > kEditsMax) continue;
    const std::size_t distance = edit_distance(text, candidate);
    // A word that must be replaced entirely is no near miss.
    if (distance < best_distance && distance < longer) {
      best = candidate;
      best_distance = distance;
    }
  }
  return std::string(best);
}

Object::Object(const YamlValue& value) : value_(value) {
  if (!is_mapping()) value_.fault_kind("a mapping");
}

std::optional<YamlValue> Object::find(std::string_view key) {
  known_.push_back(key);
  const YamlEntry* entry = find_entry(*value_.node, key);
  if (entry == nullptr) return std::nullopt;
  return YamlValue{&entry->value, join_path(value_.path, key), value_.faults};
}

std::optional<YamlValue> Object::require(std::string_view key) {
  auto found = find(key);
  if (!found && is_mapping()) {
    value_.faults->add(value_.node->at, join_path(value_.path, key), "is missing");
  }
  return found;
}

void Object::fault(std::string_view key, std::string message) const {
  const YamlEntry* entry = find_entry(*value_.node, key);
  value_.faults->add(entry == nullptr ? value_.node->at : entry->at, join_path(value_.path, key), std::move(message));
}

void Object::finish() {
  for (const YamlEntry& entry : value_.node->entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    const std::string meant = nearest(entry.key, known_);
    value_.faults->add(entry.at, join_path(value_.path, entry.key),
                       "unknown key" + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  }
}

void for_each_entry(const YamlValue& mapping, std::string_view what,
                    const std::function<bool(std::string_view)>& is_key,
                    const std::function<void(const std::string&, const YamlValue&)>& visit) {
  if (mapping.node->kind != YamlNode::Kind::mapping) return mapping.fault_kind("a mapping");
  for (const YamlEntry& entry : mapping.node->entries) {
    const std::string path = join_path(mapping.path, entry.key);
    if (!entry.quoted && is_ambiguous(entry.key)) {
      mapping.faults->add(entry.at, path, "not every YAML reader takes this key for text: put it in quotes");
    } else if (!is_key(entry.key)) {
      mapping.faults->add(entry.at, path, "'" + entry.key + "' is no " + std::string(what));
    } else {
      visit(entry.key, {&entry.value, path, mapping.faults});
    }
  }
}

Position find_position(const YamlNode& root, std::string_view path) {
  const YamlNode* node = &root;
  Position at = root.at;
  while (!path.empty()) {
    if (path.front() == '[') {
      const std::size_t close = path.find(']');
      const auto index = static_cast<std::size_t>(std::atoll(std::string(path.substr(1, close - 1)).c_str()));
      if (close == std::string_view::npos || index >= node->items.size()) return at;
      node = &node->items[index];
      at = node->at;
      path.remove_prefix(close + 1);
    } else {
      if (path.front() == '.') path.remove_prefix(1);
      const auto entry = std::find_if(node->entries.begin(), node->entries.end(),
                                      [&](const YamlEntry& each) { return key_end(path, each.key).has_value(); });
      if (entry == node->entries.end()) return at;
      path.remove_prefix(entry->key.size());
      node = &entry->value;
      at = node->at;
    }
  }
  return at;
}

}  // namespace breakwater
