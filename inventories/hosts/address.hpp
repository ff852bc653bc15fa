#pragma once
// Where a BMC answers, as people write it: `bmc7.example`, `10.0.0.7:8443`, `[fd00::7]`, `[fd00::7]:8443`.
#include <cstdint>
#include <string>
#include <string_view>

#include "inventories/vocabulary/result.hpp"

namespace breakwater {

struct BmcAddress {
  std::string host;  ///< a lower-case name, or an IP literal without brackets
  std::uint16_t port = 443;
  auto operator<=>(const BmcAddress&) const = default;
};

Result<BmcAddress, std::string> parse_address(std::string_view text);

/// The address `steps` after this one; refused for names, and beyond the last address.
Result<BmcAddress, std::string> count_up(const BmcAddress& first, std::uint64_t steps);

std::string to_string(const BmcAddress& address);

}  // namespace breakwater
