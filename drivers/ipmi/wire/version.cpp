#include "drivers/ipmi/wire/version.hpp"

#include <algorithm>
#include <string_view>

namespace breakwater::ipmi {
namespace {

// BCD digits and hexadecimal ones look alike, so one rule writes both.
void append_hex(std::string& text, std::uint8_t byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  text += kDigits[byte >> 4];
  text += kDigits[byte & 0x0F];
}

}  // namespace

bool Version::is_none() const {
  return *this == no_version();
}

std::string Version::text() const {
  if (is_none()) return "none";
  std::string text = std::to_string(major) + ".";
  append_hex(text, minor);
  if (std::all_of(aux.begin(), aux.end(), [](std::uint8_t byte) { return byte == 0; })) return text;
  text += '.';
  for (const std::uint8_t byte : aux) append_hex(text, byte);
  return text;
}

Version take_version(WireReader& in) {
  Version version;
  version.major = in.u8();
  version.minor = in.u8();
  version.aux = in.array<std::array<std::uint8_t, 4>>();
  return version;
}

void append(WireWriter& out, const Version& version) {
  out.u8(version.major).u8(version.minor).raw(version.aux);
}

}  // namespace breakwater::ipmi
