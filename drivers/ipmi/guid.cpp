#include "drivers/ipmi/guid.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace breakwater::ipmi {

namespace {

/// Which byte of the GUID stands where in the text: the first three fields little-endian.
constexpr std::array<std::size_t, 16> kSmbiosOrder{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

}  // namespace

std::string uuid_of(const Guid& guid) {
  const bool all_same = std::ranges::all_of(guid, [&](std::uint8_t byte) { return byte == guid[0]; });
  if (all_same && (guid[0] == 0x00 || guid[0] == 0xFF)) return {};
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < kSmbiosOrder.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += digits[guid[kSmbiosOrder[i]] >> 4];
    text += digits[guid[kSmbiosOrder[i]] & 0x0F];
  }
  return text;
}

}  // namespace breakwater::ipmi
