#include "inventories/document/utf8.hpp"

namespace breakwater {
namespace {

/// What may follow a first byte: how many bytes, and the range of the second one, which rules out the long forms.
struct Sequence {
  std::size_t length;
  unsigned char second_min;
  unsigned char second_max;
};

Sequence sequence_of(unsigned char first) {
  if (first < 0x80) return {1, 0, 0};
  if (first < 0xC2) return {0, 0, 0};
  if (first < 0xE0) return {2, 0x80, 0xBF};
  if (first == 0xE0) return {3, 0xA0, 0xBF};
  if (first == 0xED) return {3, 0x80, 0x9F};
  if (first < 0xF0) return {3, 0x80, 0xBF};
  if (first == 0xF0) return {4, 0x90, 0xBF};
  if (first < 0xF4) return {4, 0x80, 0xBF};
  if (first == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t at = 0;
  while (at < text.size()) {
    const Sequence sequence = sequence_of(byte(at));
    if (sequence.length == 0 || at + sequence.length > text.size()) return at;
    for (std::size_t i = 1; i < sequence.length; ++i) {
      const unsigned char low = i == 1 ? sequence.second_min : 0x80;
      const unsigned char high = i == 1 ? sequence.second_max : 0xBF;
      if (byte(at + i) < low || byte(at + i) > high) return at;
    }
    at += sequence.length;
  }
  return std::nullopt;
}

}  // namespace breakwater
