#include "drivers/ipmi/wire/hpm2.hpp"

#include "drivers/ipmi/wire/command_code.hpp"
#include "drivers/ipmi/wire/session_commands.hpp"

namespace breakwater::ipmi {
namespace {

constexpr std::uint8_t kHpm2 = 0x02;  // which HPM is asked about
constexpr std::uint8_t kLanRevision = 0x01;
constexpr std::uint8_t kParameterRevision = 0x11;
constexpr std::uint8_t kParametersStartMin = 0xC0;  // OEM range of LAN parameters

}  // namespace

IpmiRequest hpm2_request() {
  return request_for(code::kHpm2Capabilities, {kPicmgGroup, kHpm2});
}

Bytes encode(const Hpm2Capabilities& capabilities) {
  WireWriter out(11);
  out.u8(kPicmgGroup).u8(kHpm2).u8(capabilities.revision).u16(capabilities.lan_channels).u8(capabilities.capabilities);
  return out.u8(capabilities.lan_parameters_start).u8(kLanRevision).u8(0).u8(0).done();
}

Decoded<Hpm2Capabilities> decode_hpm2(ByteView data) {
  WireReader in(data);
  const bool group = in.u8() == kPicmgGroup;
  in.u8();
  Hpm2Capabilities capabilities;
  capabilities.revision = in.u8();
  capabilities.lan_channels = in.u16();
  capabilities.capabilities = in.u8();
  capabilities.lan_parameters_start = in.u8();
  const std::uint8_t lan_revision = in.u8();
  if (!in.ok() || !group) return malformed("HPM.2 capabilities of a wrong shape");
  if (capabilities.lan_parameters_start < kParametersStartMin || lan_revision != kLanRevision) {
    return malformed("HPM.2 with LAN parameters of another revision");
  }
  return capabilities;
}

IpmiRequest payload_limits_request(std::uint8_t lan_parameters_start) {
  return request_for(code::kLanConfiguration, {kThisChannel, lan_parameters_start, 0, 0});
}

Bytes encode(const PayloadLimits& limits) {
  WireWriter out(8);
  return out.u8(kParameterRevision).u8(0).u8(0).u8(0).u16(limits.inbound).u16(limits.outbound).done();
}

Decoded<PayloadLimits> decode_payload_limits(ByteView data) {
  WireReader in(data);
  in.take(4);  // revision, capabilities, attachment type, bandwidth class
  PayloadLimits limits;
  limits.inbound = in.u16();
  limits.outbound = in.u16();
  if (!in.ok()) return malformed("HPM.2 payload limits cut short");
  return limits;
}

Decoded<LanQuestion> decode_lan_configuration_request(ByteView data) {
  WireReader in(data);
  LanQuestion question;
  question.channel = in.u8() & 0x0F;
  question.parameter = in.u8();
  if (!in.ok()) return malformed("LAN configuration question cut short");
  return question;
}

}  // namespace breakwater::ipmi
