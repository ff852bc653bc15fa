#pragma once
// Which Ed25519 public keys may enter the trust store (trust page 6.1). OpenSSL 3.0 takes low-order keys, under which
// one forged signature verifies for any message; and two encodings of one point would be one key that counts twice.
#include <array>
#include <cstdint>
#include <string_view>

namespace breakwater {

/// Why the key is kept out; empty for a key that may enter.
std::string_view admission_fault(const std::array<std::uint8_t, 32>& key);

}  // namespace breakwater
