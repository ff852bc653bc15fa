#pragma once
// A JSON text as one flat list of its values, in their order, with all texts in one string: the same bounds as
// parse_json(), without a tree's allocation for every value and key. For texts that are read
// once, front to back, by the million, such as a journal.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/document/json.hpp"

namespace breakwater {

class JsonTape {
 public:
  enum class Kind : std::uint8_t { null, boolean, natural, negative, real, text, array, object };

 private:
  struct Slice {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
  };
  struct Node {
    std::uint64_t number = 0;  ///< the number itself, true as 1, how many values a container holds
    Slice key;
    Slice text;
    std::uint32_t after = 0;  ///< index of the node behind this one and all its members
    Kind kind = Kind::null;
  };

 public:
  /// A value on a tape. The tape must outlive it.
  class Value {
   public:
    Kind kind() const { return node().kind; }
    bool is_integer() const { return kind() == Kind::natural || kind() == Kind::negative; }
    bool boolean() const { return node().number != 0; }
    /// Of a natural number.
    std::uint64_t natural() const { return node().number; }
    /// Of a negative one.
    std::int64_t negative() const { return static_cast<std::int64_t>(node().number); }
    std::string_view text() const { return tape_->slice(node().text); }

    /// Of an array or an object: how many values it holds itself.
    std::size_t size() const { return node().number; }
    std::optional<Value> member(std::string_view key) const;
    /// Calls `visit(key, value)` for each; keys are empty in an array.
    template <class Visit>
    void each(Visit visit) const {
      for (std::uint32_t at = at_ + 1; at < node().after; at = tape_->nodes_[at].after) {
        visit(tape_->slice(tape_->nodes_[at].key), Value(*tape_, at));
      }
    }

   private:
    friend class JsonTape;
    Value(const JsonTape& tape, std::uint32_t at) : tape_(&tape), at_(at) {}
    const Node& node() const { return tape_->nodes_[at_]; }

    const JsonTape* tape_;
    std::uint32_t at_;
  };

  /// Reads `text` under `bounds`, at most 4 billion values and bytes whatever they say.
  static Result<JsonTape, JsonFault> read(std::string_view text, const JsonBounds& bounds = {});
  Value root() const& { return {*this, 0}; }
  Value root() const&& = delete;  ///< the value would outlive its tape

 private:
  friend class JsonTapeBuilder;
  JsonTape() = default;
  std::string_view slice(Slice part) const { return std::string_view(texts_).substr(part.at, part.size); }

  std::vector<Node> nodes_;
  std::string texts_;
};

}  // namespace breakwater
