#pragma once
// How large a message over LAN may be, PICMG HPM.2: without it, blocks of firmware are as small as IPMI 1.5 had them.
#include <cstddef>
#include <cstdint>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/packet.hpp"

namespace breakwater::ipmi {

/// What ipmitool allows on LAN without HPM.2: 45 bytes of message, 7 of them around the data (measured: 36 bytes of
/// firmware behind group id and block number).
constexpr std::size_t kRequestDataBytesDefault = 38;

/// Get HPM.x Capabilities, 2C/3E. A BMC without it answers kInvalidCommand.
struct Hpm2Capabilities {
  std::uint8_t revision = 0;
  std::uint16_t lan_channels = 0;  ///< mask
  std::uint8_t capabilities = 0;
  std::uint8_t lan_parameters_start = 0xC0;  ///< number of the first LAN parameter of HPM.2; C0 or more
  bool operator==(const Hpm2Capabilities&) const = default;
};
IpmiRequest hpm2_request();
Bytes encode(const Hpm2Capabilities& capabilities);
Decoded<Hpm2Capabilities> decode_hpm2(ByteView data);

/// Get LAN Configuration of the channel this message came over, first parameter of HPM.2.
struct PayloadLimits {
  std::uint16_t inbound = 0;   ///< bytes of message that the BMC takes
  std::uint16_t outbound = 0;  ///< bytes of message that it sends
  bool operator==(const PayloadLimits&) const = default;

  /// What is left for data after addresses, checksums, function, sequence and command; 0 if nothing is.
  std::size_t request_data_max() const { return inbound > 7 ? inbound - 7u : 0; }
};
IpmiRequest payload_limits_request(std::uint8_t lan_parameters_start);
Bytes encode(const PayloadLimits& limits);
Decoded<PayloadLimits> decode_payload_limits(ByteView data);

/// What Get LAN Configuration asks for.
struct LanQuestion {
  std::uint8_t channel = 0;
  std::uint8_t parameter = 0;
};
Decoded<LanQuestion> decode_lan_configuration_request(ByteView data);

}  // namespace breakwater::ipmi
