#include "drivers/ipmi/wire/bytes.hpp"

namespace breakwater::ipmi {

std::string printable(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    if (byte == 0) break;
    text.push_back(byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '?');
  }
  return text;
}

}  // namespace breakwater::ipmi
