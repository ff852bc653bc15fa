#pragma once
// What all readers of JSON from outside share, whatever they build: the bounds, and faults that do not repeat the text.
// Only for this room's handlers of the library's events.
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "inventories/document/json.hpp"

namespace breakwater {

class BoundedHandler {
 public:
  explicit BoundedHandler(const JsonBounds& bounds) : bounds_(bounds) {}

  bool binary(Json::binary_t&) { return stop(JsonFault::Reason::malformed, "binary value"); }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception& error) {
    // The library's text repeats what it read, which may be a secret: only the place and the kind are kept.
    constexpr int kNumberOutOfRange = 406;
    const char* what = error.id == kNumberOutOfRange ? "number out of range" : "no JSON";
    return stop(JsonFault::Reason::malformed, std::string(what) + " at byte " + std::to_string(at));
  }

  /// Sends the text's events to `handler`; false if it stopped, and take_fault() says why.
  template <class Handler>
  static bool read(Handler& handler, std::string_view text) {
    const std::size_t most = handler.bounds_.bytes_max;
    if (text.size() > most) {
      return handler.stop(JsonFault::Reason::too_large, "larger than " + std::to_string(most) + " bytes");
    }
    return Json::sax_parse(text.begin(), text.end(), &handler);
  }
  JsonFault take_fault() { return std::move(fault_); }

 protected:
  bool count_value() {
    if (++nodes_ <= bounds_.nodes_max) return true;
    return stop(JsonFault::Reason::too_many_nodes, "more than " + std::to_string(bounds_.nodes_max) + " values");
  }
  bool may_open(std::size_t open) {
    if (open < bounds_.depth_max) return true;
    return stop(JsonFault::Reason::too_deep, "deeper than " + std::to_string(bounds_.depth_max) + " levels");
  }
  bool stop_at_twice(std::string_view key) {
    return stop(JsonFault::Reason::duplicate_key, "key '" + std::string(key) + "' stands twice");
  }

 private:
  bool stop(JsonFault::Reason reason, std::string what) {
    fault_ = {reason, std::move(what)};
    return false;
  }

  const JsonBounds& bounds_;
  std::size_t nodes_ = 0;
  JsonFault fault_;
};

}  // namespace breakwater
