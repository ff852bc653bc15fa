#include "inventories/trust/key_admission.hpp"

#include <algorithm>
#include <string>

namespace breakwater {
namespace {

/// y of the points of order 1, 2, 4 and 8, little-endian, the sign bit cleared; with 0 and 1 also in their spelling
/// above p.
constexpr std::array<std::string_view, 7> kLowOrder{
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

std::string hex(const std::array<std::uint8_t, 32>& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

/// y >= p = 2^255 - 19, whose little-endian bytes are ed, then 30 times ff, then 7f.
bool non_canonical(const std::array<std::uint8_t, 32>& y) {
  return y[31] == 0x7f && std::all_of(y.begin() + 1, y.begin() + 31, [](std::uint8_t byte) { return byte == 0xff; }) &&
         y[0] >= 0xed;
}

}  // namespace

std::string_view admission_fault(const std::array<std::uint8_t, 32>& key) {
  auto y = key;
  y[31] &= 0x7f;
  if (std::find(kLowOrder.begin(), kLowOrder.end(), hex(y)) != kLowOrder.end()) {
    return "a point of low order, under which forged signatures verify";
  }
  if (non_canonical(y)) return "y is not below 2^255-19, a second spelling of another key";
  return {};
}

}  // namespace breakwater
