#pragma once
// What is asked before and around a session: IPMI 2.0 sections 22.13, 22.15, 22.18, 22.19. Requests are built with
// NAME_request() and read by the BMC with decode_NAME_request(); replies are made with encode() and read with
// decode_NAME(), both without the completion code.
#include <cstdint>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/packet.hpp"
#include "drivers/ipmi/wire/rakp.hpp"

namespace breakwater::ipmi {

/// Stands for "the channel this message came over".
constexpr std::uint8_t kThisChannel = 0x0E;

/// Get Channel Authentication Capabilities, as far as it is of use. Asus P5M2 and Sun Fire X4150 report the flags of
/// users and K_G wrongly: they are for people, and decide nothing.
struct Capabilities {
  std::uint8_t channel = 1;
  bool ipmi_1_5 = false;
  bool ipmi_2 = true;
  bool kg_set = false;
  bool named_users = true;
  bool null_users = false;
  bool anonymous_login = false;
  bool operator==(const Capabilities&) const = default;
};
IpmiRequest capabilities_request(Privilege privilege);
/// The privilege that is asked about.
Decoded<Privilege> decode_capabilities_request(ByteView data);
Bytes encode(const Capabilities& capabilities);
Decoded<Capabilities> decode_capabilities(ByteView data);

/// Get Channel Cipher Suites hands out its records 16 bytes at a time, until fewer come.
constexpr std::size_t kCipherSuitePartBytes = 16;
constexpr std::uint8_t kCipherSuitePartsMax = 64;  ///< the index has 6 bits
IpmiRequest cipher_suites_request(std::uint8_t index);
/// The index of the part that is asked for.
Decoded<std::uint8_t> decode_cipher_suites_request(ByteView data);
/// Part `index` of `records`, with the channel before it.
Bytes encode_cipher_suites_part(ByteView records, std::uint8_t index);
/// The records in this part; the last part has fewer than kCipherSuitePartBytes.
Decoded<Bytes> decode_cipher_suites_part(ByteView data);

/// Set Session Privilege Level. The reply names the level that now holds.
IpmiRequest privilege_request(Privilege privilege);
Decoded<Privilege> decode_privilege_request(ByteView data);
Bytes encode(Privilege privilege);
Decoded<Privilege> decode_privilege(ByteView data);

/// Close Session; the reply has no data.
IpmiRequest close_request(std::uint32_t bmc_id);
Decoded<std::uint32_t> decode_close_request(ByteView data);

}  // namespace breakwater::ipmi
