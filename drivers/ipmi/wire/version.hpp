#pragma once
// A firmware version as IPMI and HPM.1 carry it: major, minor in BCD, four more bytes of the maker's own.
#include <array>
#include <cstdint>
#include <string>

#include "drivers/ipmi/wire/bytes.hpp"

namespace breakwater::ipmi {

/// Six bytes in HPM.1; in Get Device ID the last four are optional. Compared byte for byte: major and minor alone do
/// not tell two builds of Dell apart.
struct Version {
  std::uint8_t major = 0;
  std::uint8_t minor = 0;  ///< BCD, as on the wire
  std::array<std::uint8_t, 4> aux{};
  bool operator==(const Version&) const = default;

  /// All bytes FF: the target has no such version, HPM.1.
  bool is_none() const;

  /// `9.08`, and where the other bytes are not all zero `9.20.01020304`: two texts are the same only if the bytes are.
  /// A minor that is no BCD stays in hexadecimal: `9.1a`. `none` where is_none().
  std::string text() const;
};

/// No version at all, HPM.1.
constexpr Version no_version() {
  return {0xFF, 0xFF, {0xFF, 0xFF, 0xFF, 0xFF}};
}

/// Six bytes; zero if the reader ran out.
Version take_version(WireReader& in);
void append(WireWriter& out, const Version& version);

}  // namespace breakwater::ipmi
