#pragma once
// The name of content: a SHA-256, as bytes and as 64 lower-case hexadecimal digits.
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace breakwater {

struct Sha256 {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const Sha256&) const = default;
};

/// 64 lower-case hexadecimal digits.
std::string to_hex(const Sha256& digest);

/// Reads exactly 64 lower-case hexadecimal digits; nothing for any other text.
std::optional<Sha256> parse_sha256(std::string_view hex);

}  // namespace breakwater
