#pragma once
// The two cipher suites that we use: 3 (SHA-1) and 17 (SHA-256), both with AES-128. No weaker one has a name here, so
// no peer can talk us into it.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "drivers/ipmi/wire/bytes.hpp"

namespace breakwater::ipmi {

/// Cipher suite ids, IPMI 2.0 section 22.15.2, table 22-20.
enum class Suite : std::uint8_t { three = 3, seventeen = 17 };

/// The three algorithm numbers of a suite as Open Session carries them, IPMI 2.0 section 13.28.
struct Algorithms {
  std::uint8_t authentication = 0;
  std::uint8_t integrity = 0;
  std::uint8_t confidentiality = 0;
  bool operator==(const Algorithms&) const = default;
};

/// HMAC-SHA1, HMAC-SHA1-96, AES-CBC-128 for suite 3; HMAC-SHA256, HMAC-SHA256-128, AES-CBC-128 for suite 17.
constexpr Algorithms algorithms(Suite suite) {
  return suite == Suite::three ? Algorithms{1, 1, 1} : Algorithms{3, 4, 1};
}

/// The suite that is exactly these algorithms; none for every other combination.
constexpr std::optional<Suite> suite_of(const Algorithms& asked) {
  if (asked == algorithms(Suite::three)) return Suite::three;
  if (asked == algorithms(Suite::seventeen)) return Suite::seventeen;
  return std::nullopt;
}

/// Length of KEC, SIK, K1 and K2: the whole digest.
constexpr std::size_t digest_bytes(Suite suite) {
  return suite == Suite::three ? 20 : 32;
}

/// Length of a packet's authentication code and of the ICV of RAKP 4: cut short.
constexpr std::size_t code_bytes(Suite suite) {
  return suite == Suite::three ? 12 : 16;
}

/// The other one: what to try once where a BMC refuses this one.
constexpr Suite other(Suite suite) {
  return suite == Suite::three ? Suite::seventeen : Suite::three;
}

/// What a BMC that speaks these suites puts into its records.
Bytes encode_cipher_suites(std::span<const Suite> suites);

}  // namespace breakwater::ipmi
