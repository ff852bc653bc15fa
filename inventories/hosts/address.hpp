#pragma once
// Where a BMC answers, as people write it: `bmc7.example`, `10.0.0.7:8443`, `[fd00::7]`, `[fd00::7]:8443`.
#include <cstdint>
#include <string>
#include <string_view>

#include "inventories/vocabulary/result.hpp"

namespace breakwater {

struct Address {
  std::string host;  ///< a lower-case name, or an IP literal without brackets
  std::uint16_t port = 443;
  auto operator<=>(const Address&) const = default;
};

Result<Address, std::string> parse_address(std::string_view text);

/// The address `steps` further on; refused for names, and where the addresses end.
Result<Address, std::string> count_up(const Address& first, std::uint64_t steps);

std::string to_string(const Address& address);

}  // namespace breakwater
