#pragma once
// Base64 of RFC 4648, strict: padding required, no white space, no spare bits: each sequence of bytes has exactly one
// text.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace breakwater {

std::string to_base64(std::span<const std::uint8_t> bytes);
std::optional<std::vector<std::uint8_t>> parse_base64(std::string_view text);

}  // namespace breakwater
