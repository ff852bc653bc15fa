#pragma once
// The only place that reads bytes of a BMC. Every read is checked against the bytes that are left; a reader that ran
// out stays failed and returns zeroes, so a decoder can read all its fields and check once. IPMI is little-endian.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inventories/vocabulary/result.hpp"

namespace breakwater::ipmi {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// Whether bit `position` of a byte is 1; the lowest is 0.
constexpr bool has_bit(std::uint8_t byte, int position) {
  return (byte >> position & 1) != 0;
}

/// Why bytes were not taken, for people: always a fixed text, never bytes of the peer.
struct Malformed {
  std::string_view what;
};

template <class T>
using Decoded = Result<T, Malformed>;

/// The failing side of a Decoded.
constexpr auto malformed(std::string_view what) {
  return tl::unexpected<Malformed>(Malformed{what});
}

/// Reads from the front, little-endian; a read past the end takes nothing and marks the reader as failed for good.
class WireReader {
 public:
  explicit WireReader(ByteView bytes) : rest_(bytes) {}

  /// False once a read went past the end.
  bool ok() const { return ok_; }
  std::size_t left() const { return rest_.size(); }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u24() { return number(3); }
  std::uint32_t u32() { return number(4); }

  /// The next `count` bytes, in place; empty if fewer are left.
  ByteView take(std::size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  /// All that is left.
  ByteView rest() { return take(rest_.size()); }

  /// The next bytes as a fixed array; zeroes if too few are left.
  template <class Array>
  Array array() {
    Array filled{};
    const ByteView taken = take(filled.size());
    for (std::size_t i = 0; i < taken.size(); ++i) filled[i] = taken[i];
    return filled;
  }

 private:
  std::uint32_t number(std::size_t count) {
    std::uint32_t value = 0;
    unsigned shift = 0;
    for (const std::uint8_t byte : take(count)) {
      value |= static_cast<std::uint32_t>(byte) << shift;
      shift += 8;
    }
    return value;
  }

  ByteView rest_;
  bool ok_ = true;
};

/// Appends to the end, little-endian.
class WireWriter {
 public:
  WireWriter() = default;
  explicit WireWriter(std::size_t expected) { bytes_.reserve(expected); }

  WireWriter& u8(std::uint8_t value) { return number(value, 1); }
  WireWriter& u16(std::uint16_t value) { return number(value, 2); }
  WireWriter& u24(std::uint32_t value) { return number(value, 3); }
  WireWriter& u32(std::uint32_t value) { return number(value, 4); }
  WireWriter& raw(ByteView bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  WireWriter& text(std::string_view text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    return *this;
  }
  WireWriter& fill(std::size_t count, std::uint8_t value) {
    bytes_.insert(bytes_.end(), count, value);
    return *this;
  }

  std::size_t size() const { return bytes_.size(); }
  ByteView view() const { return bytes_; }
  Bytes done() { return std::move(bytes_); }

 private:
  WireWriter& number(std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }

  Bytes bytes_;
};

/// The checksum of IPMI messages, FRU areas and HPM.1 images: added to `bytes` it makes a sum of 0 mod 256.
constexpr std::uint8_t zero_sum(ByteView bytes) {
  unsigned sum = 0;
  for (const std::uint8_t byte : bytes) sum += byte;
  return static_cast<std::uint8_t>(0u - sum);
}

}  // namespace breakwater::ipmi
