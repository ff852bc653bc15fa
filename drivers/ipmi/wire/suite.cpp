#include "drivers/ipmi/wire/suite.hpp"

namespace breakwater::ipmi {
namespace {

constexpr std::uint8_t kStandardRecord = 0xC0;
// Tags in the two high bits of an algorithm number.
constexpr std::uint8_t kIntegrityTag = 0x40;
constexpr std::uint8_t kConfidentialityTag = 0x80;

}  // namespace

Bytes encode_cipher_suites(std::span<const Suite> suites) {
  WireWriter out;
  for (const Suite suite : suites) {
    const Algorithms numbers = algorithms(suite);
    out.u8(kStandardRecord).u8(static_cast<std::uint8_t>(suite)).u8(numbers.authentication);
    out.u8(kIntegrityTag | numbers.integrity).u8(kConfidentialityTag | numbers.confidentiality);
  }
  return out.done();
}

}  // namespace breakwater::ipmi
