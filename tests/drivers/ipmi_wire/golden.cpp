#include "tests/drivers/ipmi_wire/golden.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace breakwater::ipmi::golden {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

template <class Array>
Array array_of(std::string_view digits) {
  Array filled{};
  std::ranges::copy(hex(digits), filled.begin());
  return filled;
}

}  // namespace

Bytes hex(std::string_view digits) {
  Bytes bytes;
  int high = -1;
  for (const char digit : digits) {
    if (digit == ' ') continue;
    const int value = static_cast<int>(kDigits.find(digit));
    if (high >= 0) bytes.push_back(static_cast<std::uint8_t>(high * 16 + value));
    high = high >= 0 ? -1 : value;
  }
  return bytes;
}

std::string hex(ByteView bytes) {
  std::string digits;
  for (const std::uint8_t byte : bytes) {
    digits.push_back(kDigits[byte >> 4]);
    digits.push_back(kDigits[byte & 15]);
  }
  return digits;
}

Bytes md5(ByteView bytes) {
  Bytes sum(16);
  EVP_Digest(bytes.data(), bytes.size(), sum.data(), nullptr, EVP_md5(), nullptr);
  return sum;
}

Exchange exchange_of(const Session& session) {
  return Exchange{session.suite,
                  session.console_id,
                  session.bmc_id,
                  array_of<Random>(session.console_random),
                  array_of<Random>(session.bmc_random),
                  array_of<Guid>(session.guid),
                  kRole,
                  std::string(kUser)};
}

SessionKeys keys_of(const Session& session) {
  return SessionKeys{session.suite, Digest(hex(session.k1)), Digest(hex(session.k2))};
}

}  // namespace breakwater::ipmi::golden
