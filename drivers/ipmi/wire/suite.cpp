#include "drivers/ipmi/wire/suite.hpp"

namespace breakwater::ipmi {
namespace {

constexpr std::uint8_t kStandardRecord = 0xC0;
constexpr std::uint8_t kOemRecord = 0xC1;
constexpr std::size_t kIanaBytes = 3;
// Tags in the two high bits of an algorithm number.
constexpr std::uint8_t kIntegrityTag = 0x40;
constexpr std::uint8_t kConfidentialityTag = 0x80;

}  // namespace

std::vector<std::uint8_t> cipher_suite_ids(ByteView records) {
  std::vector<std::uint8_t> ids;
  WireReader in(records);
  while (in.left() > 0) {
    const std::uint8_t start = in.u8();
    if (start == kStandardRecord && in.left() > 0) ids.push_back(in.u8());
    if (start == kOemRecord) in.take(1 + kIanaBytes);
  }
  return ids;
}

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
