// Where two plans differ, for people: by the members of their JSON, list items by their names.
#include <map>
#include <set>

#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/codec/plan_value.hpp"

namespace breakwater::codec {
namespace {

constexpr std::size_t kShownBytes = 60;

/// What a list's item is called; empty where it has no name.
std::string name_of(const Json& item) {
  for (const char* key : {"name", "host", "id", "value"}) {
    const Json* name = json_member(item, key);
    if (name && name->is_string()) return name->get<std::string>();
  }
  return {};
}

std::string shown(const Json* value) {
  if (!value) return "nothing";
  std::string text = value->is_structured() && value->size() > 4 ? "another value" : compact(*value);
  if (text.size() > kShownBytes) text = text.substr(0, kShownBytes) + "...";
  return text;
}

class Comparing {
 public:
  explicit Comparing(std::size_t most) : most_(most) {}

  void compare(const std::string& path, const Json* file, const Json* made) {
    if (file && made && *file == *made) return;
    if (file && made && file->is_object() && made->is_object()) return compare_objects(path, *file, *made);
    if (file && made && file->is_array() && made->is_array()) return compare_lists(path, *file, *made);
    ++found_;
    if (lines_.size() < most_) {
      lines_.push_back(path + ": the file has " + shown(file) + ", the documents make " + shown(made));
    }
  }

  std::vector<std::string> take() {
    if (found_ > most_) lines_.push_back("and " + std::to_string(found_ - most_) + " more");
    return std::move(lines_);
  }

 private:
  void compare_objects(const std::string& path, const Json& file, const Json& made) {
    std::set<std::string> keys;
    for (const auto& [key, value] : file.items()) keys.insert(key);
    for (const auto& [key, value] : made.items()) keys.insert(key);
    for (const std::string& key : keys) {
      compare(path.empty() ? key : path + '.' + key, json_member(file, key), json_member(made, key));
    }
  }

  /// Items go by name where each has one of its own, else by their place. A list in another order has changed too.
  void compare_lists(const std::string& path, const Json& file, const Json& made) {
    const auto by_name = [](const Json& list) {
      std::map<std::string, const Json*> items;
      for (const Json& item : list) items[name_of(item)] = &item;
      return items;
    };
    std::map<std::string, const Json*> ours = by_name(file);
    const std::map<std::string, const Json*> theirs = by_name(made);
    const std::size_t before = found_;
    if (ours.size() != file.size() || theirs.size() != made.size() || ours.count("") + theirs.count("") > 0) {
      for (std::size_t i = 0; i < std::max(file.size(), made.size()); ++i) {
        compare(path + '[' + std::to_string(i) + ']', i < file.size() ? &file[i] : nullptr,
                i < made.size() ? &made[i] : nullptr);
      }
      return;
    }
    for (const auto& [name, item] : theirs) ours.try_emplace(name, nullptr);
    for (const auto& [name, item] : ours) {
      const auto other = theirs.find(name);
      compare(path + '[' + name + ']', item, other == theirs.end() ? nullptr : other->second);
    }
    if (found_ > before) return;
    ++found_;
    if (lines_.size() < most_) lines_.push_back(path + ": the file has them in another order");
  }

  std::size_t most_;
  std::size_t found_ = 0;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> differences(const ResolvedPlan& file, const ResolvedPlan& made, std::size_t most) {
  const Json ours = plan_value(file);
  const Json theirs = plan_value(made);
  Comparing comparing(most);
  comparing.compare("", &ours, &theirs);
  return comparing.take();
}

}  // namespace breakwater::codec
