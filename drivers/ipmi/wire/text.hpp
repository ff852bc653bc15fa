#pragma once
// Text of a BMC, safe to print: ASCII, and the fields of FRU areas and sensor records, which are a type and length byte
// and then bytes in one of four encodings. IPMI FRU Information Storage Definition 1.0 section 13; IPMI 2.0
// section 43.15.
#include <cstdint>
#include <string>
#include <string_view>

#include "drivers/ipmi/wire/bytes.hpp"

namespace breakwater::ipmi {

/// The ASCII text in `bytes` up to the first NUL. Every byte that does not print becomes `?`, so that no BMC can write
/// control characters to a terminal or a log.
std::string printable(ByteView bytes);

/// The two high bits of the type and length byte. Sensor records call the first one Unicode.
enum class TextEncoding : std::uint8_t { binary = 0, bcd_plus = 1, six_bit = 2, eight_bit = 3 };

constexpr TextEncoding text_encoding_of(std::uint8_t type_and_length) {
  return static_cast<TextEncoding>(type_and_length >> 6);
}

/// The text without trailing spaces; binary as hexadecimal digits, unprintable bytes as `?`.
std::string decode_text(TextEncoding encoding, ByteView bytes);

}  // namespace breakwater::ipmi
