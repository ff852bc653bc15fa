#pragma once
// The name of content: a SHA-256, as bytes and as 64 lower-case hexadecimal digits.
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace breakwater {

struct Sha256 {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const Sha256&) const = default;
};

/// Two lower-case hexadecimal digits a byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

/// 64 lower-case hexadecimal digits.
std::string to_hex(const Sha256& digest);

/// Reads exactly 64 lower-case hexadecimal digits; returns nothing for any other text.
std::optional<Sha256> parse_sha256(std::string_view hex);

}  // namespace breakwater
