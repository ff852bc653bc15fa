#include "inventories/document/json.hpp"

#include <limits>
#include <utility>
#include <vector>

#include "inventories/document/json_bounds.hpp"

template class nlohmann::basic_json<>;

namespace breakwater {
namespace {

/// Builds the value from the parser's events; stops the parser at the first exceeded bound or duplicate key. Pointers
/// in open_ stay valid, because only the innermost container grows.
class JsonTreeBuilder : public BoundedHandler {
 public:
  using BoundedHandler::BoundedHandler;

  bool null() { return add(nullptr) != nullptr; }
  bool boolean(bool value) { return add(value) != nullptr; }
  bool number_integer(Json::number_integer_t value) { return add(value) != nullptr; }
  bool number_unsigned(Json::number_unsigned_t value) { return add(value) != nullptr; }
  bool number_float(Json::number_float_t value, const std::string&) { return add(value) != nullptr; }
  bool string(std::string& value) { return add(std::move(value)) != nullptr; }

  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    if (open_.back()->contains(name)) return stop_at_twice(name);
    key_ = std::move(name);
    return true;
  }

  Json take_value() { return std::move(root_); }

 private:
  Json* add(Json value) {
    if (!count_value()) return nullptr;
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back();
    if (parent.is_object()) return &(parent[key_] = std::move(value));
    parent.push_back(std::move(value));
    return &parent.back();
  }

  bool open(Json container) {
    Json* added = may_open(open_.size()) ? add(std::move(container)) : nullptr;
    if (added == nullptr) return false;
    open_.push_back(added);
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  Json root_;
  std::vector<Json*> open_;
  std::string key_;
};

}  // namespace

Result<Json, JsonFault> parse_json(std::string_view text, const JsonBounds& bounds) {
  JsonTreeBuilder builder(bounds);
  if (!BoundedHandler::read(builder, text)) return fail(builder.take_fault());
  return builder.take_value();
}

const Json* json_member(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> json_text(const Json& object, std::string_view key) {
  const Json* member = json_member(object, key);
  if (member == nullptr || !member->is_string()) return std::nullopt;
  const auto& text = member->get_ref<const std::string&>();
  if (text.find('\0') != std::string::npos) return std::nullopt;
  return text;
}

std::optional<std::int64_t> json_integer(const Json& object, std::string_view key) {
  const Json* member = json_member(object, key);
  if (member == nullptr || !member->is_number_integer()) return std::nullopt;
  if (member->is_number_unsigned()) {
    const auto value = member->get<std::uint64_t>();
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(value);
  }
  return member->get<std::int64_t>();
}

std::optional<bool> json_boolean(const Json& object, std::string_view key) {
  const Json* member = json_member(object, key);
  if (member == nullptr || !member->is_boolean()) return std::nullopt;
  return member->get<bool>();
}

const Json& json_array(const Json& object, std::string_view key) {
  static const Json kEmpty = Json::array();
  const Json* member = json_member(object, key);
  return member != nullptr && member->is_array() ? *member : kEmpty;
}

const Json& json_object(const Json& object, std::string_view key) {
  static const Json kEmpty = Json::object();
  const Json* member = json_member(object, key);
  return member != nullptr && member->is_object() ? *member : kEmpty;
}

}  // namespace breakwater
