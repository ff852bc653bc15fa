#pragma once
// Text as FRU areas and sensor records carry it: a type and length byte, then bytes in one of four encodings. IPMI FRU
// Information Storage Definition 1.0 section 13; IPMI 2.0 section 43.15.
#include <cstdint>
#include <string>
#include <string_view>

#include "drivers/ipmi/wire/bytes.hpp"

namespace breakwater::ipmi {

/// The two high bits of the type and length byte. Sensor records call the first one Unicode.
enum class TextEncoding : std::uint8_t { binary = 0, bcd_plus = 1, six_bit = 2, eight_bit = 3 };

constexpr TextEncoding text_encoding_of(std::uint8_t type_and_length) {
  return static_cast<TextEncoding>(type_and_length >> 6);
}

/// The text, without spaces at its end; binary in hexadecimal, what does not print as `?`.
std::string decode_text(TextEncoding encoding, ByteView bytes);

}  // namespace breakwater::ipmi
