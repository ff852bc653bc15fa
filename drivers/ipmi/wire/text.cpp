#include "drivers/ipmi/wire/text.hpp"

namespace breakwater::ipmi {
namespace {

std::string hexadecimal(ByteView bytes, std::string_view digits) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 0x0F];
  }
  return text;
}

// Three bytes hold four letters, the first letter in the low bits; a letter is its code less 0x20.
std::string six_bit(ByteView bytes) {
  std::string text;
  unsigned held = 0;
  unsigned count = 0;
  for (const std::uint8_t byte : bytes) {
    held |= static_cast<unsigned>(byte) << count;
    for (count += 8; count >= 6; count -= 6, held >>= 6) text += static_cast<char>(0x20 + (held & 0x3F));
  }
  return text;
}

std::string as_they_are(TextEncoding encoding, ByteView bytes) {
  switch (encoding) {
    case TextEncoding::binary:
      return hexadecimal(bytes, "0123456789abcdef");
    case TextEncoding::bcd_plus:
      return hexadecimal(bytes, "0123456789 -.???");
    case TextEncoding::six_bit:
      return six_bit(bytes);
    case TextEncoding::eight_bit:
      return printable(bytes);
  }
  return {};
}

}  // namespace

std::string printable(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    if (byte == 0) break;
    text.push_back(byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '?');
  }
  return text;
}

std::string decode_text(TextEncoding encoding, ByteView bytes) {
  std::string text = as_they_are(encoding, bytes);
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace breakwater::ipmi
