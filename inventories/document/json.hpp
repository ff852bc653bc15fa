#pragma once
// JSON from outside, read under bounds on bytes, depth and nodes. A key that stands twice in one object is refused. The
// field readers treat null and a value of another type as absent, since BMCs send both.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "inventories/vocabulary/result.hpp"

extern template class nlohmann::basic_json<>;  // instantiated in json.cpp, which saves a quarter of a file's compile
                                               // time

namespace breakwater {

using Json = nlohmann::json;

struct JsonBounds {
  std::size_t bytes_max = std::size_t{1} << 20;
  std::size_t depth_max = 64;       ///< of arrays and objects in each other
  std::size_t nodes_max = 100'000;  ///< values of every kind; a node costs about 30 times its text in memory
};

struct JsonFault {
  enum class Reason { too_large, too_deep, too_many_nodes, duplicate_key, malformed };
  Reason reason = Reason::malformed;
  std::string what;  ///< for people; names the bound where one was exceeded
};

Result<Json, JsonFault> parse_json(std::string_view text, const JsonBounds& bounds = {});

/// The member `key` of an object; nullptr if it is missing or null, or if `object` is no object.
const Json* json_member(const Json& object, std::string_view key);

/// Text without a NUL byte.
std::optional<std::string> json_text(const Json& object, std::string_view key);

/// A whole number written without fraction or exponent that fits.
std::optional<std::int64_t> json_integer(const Json& object, std::string_view key);

std::optional<bool> json_boolean(const Json& object, std::string_view key);

/// The member where it is an array, else an empty array: made for `for (const Json& item : json_array(reply,
/// "Members"))`.
const Json& json_array(const Json& object, std::string_view key);
const Json& json_array(Json&& object, std::string_view key) = delete;  ///< the loop would outlive what it walks

/// The member where it is an object, else an empty object.
const Json& json_object(const Json& object, std::string_view key);
const Json& json_object(Json&& object, std::string_view key) = delete;

}  // namespace breakwater
