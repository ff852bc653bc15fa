#include "inventories/document/json_tape.hpp"

#include <algorithm>
#include <limits>

#include "inventories/document/json_bounds.hpp"

namespace breakwater {

class JsonTapeBuilder : public BoundedHandler {
 public:
  using Kind = JsonTape::Kind;

  JsonTapeBuilder(const JsonBounds& bounds, std::size_t bytes) : BoundedHandler(bounds) { tape_.texts_.reserve(bytes); }

  bool null() { return add(Kind::null, 0); }
  bool boolean(bool value) { return add(Kind::boolean, value ? 1 : 0); }
  bool number_integer(std::int64_t value) { return add(Kind::negative, static_cast<std::uint64_t>(value)); }
  bool number_unsigned(std::uint64_t value) { return add(Kind::natural, value); }
  bool number_float(double, const std::string&) { return add(Kind::real, 0); }
  bool string(const std::string& value) {
    if (!add(Kind::text, 0)) return false;
    tape_.nodes_.back().text = keep(value);
    return true;
  }

  bool start_object(std::size_t) { return open(Kind::object); }
  bool start_array(std::size_t) { return open(Kind::array); }
  bool end_array() { return close(); }
  bool end_object() { return keys_differ() && close(); }
  bool key(const std::string& name) {
    key_ = keep(name);
    return true;
  }

  JsonTape take() { return std::move(tape_); }

 private:
  JsonTape::Slice keep(const std::string& text) {
    const JsonTape::Slice kept{static_cast<std::uint32_t>(tape_.texts_.size()),
                               static_cast<std::uint32_t>(text.size())};
    tape_.texts_ += text;
    return kept;
  }

  bool add(Kind kind, std::uint64_t number) {
    if (!count_value()) return false;
    if (!open_.empty()) ++tape_.nodes_[open_.back()].number;
    JsonTape::Node node;
    node.number = number;
    node.key = std::exchange(key_, {});
    node.after = static_cast<std::uint32_t>(tape_.nodes_.size() + 1);
    node.kind = kind;
    tape_.nodes_.push_back(node);
    return true;
  }

  bool open(Kind kind) {
    if (!may_open(open_.size()) || !add(kind, 0)) return false;
    open_.push_back(static_cast<std::uint32_t>(tape_.nodes_.size() - 1));
    return true;
  }

  bool close() {
    tape_.nodes_[open_.back()].after = static_cast<std::uint32_t>(tape_.nodes_.size());
    open_.pop_back();
    return true;
  }

  /// Whether the object that ends here has no key twice.
  bool keys_differ() {
    keys_.clear();
    for (std::uint32_t at = open_.back() + 1; at < tape_.nodes_.size(); at = tape_.nodes_[at].after) {
      keys_.push_back(tape_.slice(tape_.nodes_[at].key));
    }
    // Texts that this program wrote have their keys in order already.
    if (!std::is_sorted(keys_.begin(), keys_.end())) std::sort(keys_.begin(), keys_.end());
    const auto twice = std::adjacent_find(keys_.begin(), keys_.end());
    return twice == keys_.end() || stop_at_twice(*twice);
  }

  JsonTape tape_;
  JsonTape::Slice key_;
  std::vector<std::uint32_t> open_;
  std::vector<std::string_view> keys_;
};

Result<JsonTape, JsonFault> JsonTape::read(std::string_view text, const JsonBounds& bounds) {
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  JsonBounds held = bounds;
  held.bytes_max = std::min(held.bytes_max, kMost);
  JsonTapeBuilder builder(held, std::min(text.size(), held.bytes_max));
  if (!BoundedHandler::read(builder, text)) return fail(builder.take_fault());
  return builder.take();
}

std::optional<JsonTape::Value> JsonTape::Value::member(std::string_view key) const {
  if (kind() != Kind::object) return std::nullopt;
  for (std::uint32_t at = at_ + 1; at < node().after; at = tape_->nodes_[at].after) {
    if (tape_->slice(tape_->nodes_[at].key) == key) return Value(*tape_, at);
  }
  return std::nullopt;
}

}  // namespace breakwater
