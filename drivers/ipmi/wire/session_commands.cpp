#include "drivers/ipmi/wire/session_commands.hpp"

#include <algorithm>

#include "drivers/ipmi/wire/command_code.hpp"

namespace breakwater::ipmi {
namespace {

constexpr std::uint8_t kExtendedData = 0x80;  // in the question: give the data of 2.0; in the answer: it is there
constexpr std::uint8_t kListBySuite = 0x80;
constexpr std::uint8_t kIndexBits = 0x3F;

std::uint8_t bit(bool set, int position) {
  return static_cast<std::uint8_t>(set ? 1 << position : 0);
}

}  // namespace

IpmiRequest capabilities_request(Privilege privilege) {
  return request_for(code::kCapabilities, {kThisChannel | kExtendedData, static_cast<std::uint8_t>(privilege)});
}

Decoded<Privilege> decode_capabilities_request(ByteView data) {
  WireReader in(data);
  in.u8();
  const auto privilege = static_cast<Privilege>(in.u8() & 0x0F);
  if (!in.ok()) return malformed("authentication capabilities asked for in too few bytes");
  return privilege;
}

Bytes encode(const Capabilities& capabilities) {
  WireWriter out(8);
  out.u8(capabilities.channel).u8(kExtendedData);
  out.u8(static_cast<std::uint8_t>(bit(capabilities.kg_set, 5) | bit(capabilities.named_users, 2) |
                                   bit(capabilities.null_users, 1) | bit(capabilities.anonymous_login, 0)));
  out.u8(static_cast<std::uint8_t>(bit(capabilities.ipmi_2, 1) | bit(capabilities.ipmi_1_5, 0)));
  return out.u24(0).u8(0).done();
}

Decoded<Capabilities> decode_capabilities(ByteView data) {
  WireReader in(data);
  Capabilities capabilities;
  capabilities.channel = in.u8() & 0x0F;
  const bool extended = has_bit(in.u8(), 7);
  const std::uint8_t users = in.u8();
  const std::uint8_t versions = in.u8();
  if (!in.ok()) return malformed("authentication capabilities cut short");
  capabilities.kg_set = has_bit(users, 5);
  capabilities.named_users = has_bit(users, 2);
  capabilities.null_users = has_bit(users, 1);
  capabilities.anonymous_login = has_bit(users, 0);
  // Without the extended data the byte is reserved, and there is 1.5 only.
  capabilities.ipmi_2 = extended && has_bit(versions, 1);
  capabilities.ipmi_1_5 = !extended || has_bit(versions, 0);
  return capabilities;
}

IpmiRequest cipher_suites_request(std::uint8_t index) {
  return request_for(code::kCipherSuites, {kThisChannel, static_cast<std::uint8_t>(Payload::ipmi),
                                           static_cast<std::uint8_t>(kListBySuite | (index & kIndexBits))});
}

Decoded<std::uint8_t> decode_cipher_suites_request(ByteView data) {
  WireReader in(data);
  in.take(2);
  const std::uint8_t index = in.u8() & kIndexBits;
  if (!in.ok()) return malformed("cipher suites asked for in too few bytes");
  return index;
}

Bytes encode_cipher_suites_part(ByteView records, std::uint8_t index) {
  const std::size_t begin = std::min(records.size(), index * kCipherSuitePartBytes);
  const std::size_t count = std::min(records.size() - begin, kCipherSuitePartBytes);
  return WireWriter(1 + count).u8(1).raw(records.subspan(begin, count)).done();
}

Decoded<Bytes> decode_cipher_suites_part(ByteView data) {
  if (data.empty()) return malformed("cipher suites without their channel");
  if (data.size() > 1 + kCipherSuitePartBytes) return malformed("more cipher suite records than a part holds");
  return Bytes(data.begin() + 1, data.end());
}

IpmiRequest privilege_request(Privilege privilege) {
  return request_for(code::kSetPrivilege, {static_cast<std::uint8_t>(privilege)});
}

Decoded<Privilege> decode_privilege_request(ByteView data) {
  return decode_privilege(data);
}

Bytes encode(Privilege privilege) {
  return {static_cast<std::uint8_t>(privilege)};
}

Decoded<Privilege> decode_privilege(ByteView data) {
  if (data.empty()) return malformed("a privilege level without the level");
  return static_cast<Privilege>(data.front() & 0x0F);
}

IpmiRequest close_request(std::uint32_t bmc_id) {
  return request_for(code::kCloseSession, WireWriter(4).u32(bmc_id).done());
}

Decoded<std::uint32_t> decode_close_request(ByteView data) {
  WireReader in(data);
  const std::uint32_t id = in.u32();
  if (!in.ok()) return malformed("Close Session without its session id");
  return id;
}

}  // namespace breakwater::ipmi
