#include "drivers/ipmi/wire/chassis.hpp"

#include "drivers/ipmi/wire/command_code.hpp"

namespace breakwater::ipmi {
namespace {

constexpr std::uint8_t kParameterVersion = 0x01;
constexpr std::uint8_t kParameterBits = 0x7F;  // bit 7 locks the parameter
constexpr std::uint8_t kDeviceBits = 0x0F;

void append_flags(WireWriter& out, const BootFlags& flags) {
  out.u8(static_cast<std::uint8_t>((flags.valid ? 0x80 : 0) | (flags.persistent ? 0x40 : 0) | (flags.uefi ? 0x20 : 0)));
  out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(flags.device) << 2)).fill(3, 0);
}

}  // namespace

IpmiRequest chassis_status_request() {
  return request_for(code::kChassisStatus);
}

Bytes encode(const ChassisStatus& status) {
  const int power = (status.power_on ? 0x01 : 0) | (status.overload ? 0x02 : 0) | (status.interlock ? 0x04 : 0) |
                    (status.power_fault ? 0x08 : 0) | (status.control_fault ? 0x10 : 0) |
                    (status.restore_policy & 0x03) << 5;
  return {static_cast<std::uint8_t>(power), status.last_event, status.misc};
}

Decoded<ChassisStatus> decode_chassis_status(ByteView data) {
  WireReader in(data);
  const std::uint8_t power = in.u8();
  ChassisStatus status;
  status.power_on = (power & 0x01) != 0;
  status.overload = (power & 0x02) != 0;
  status.interlock = (power & 0x04) != 0;
  status.power_fault = (power & 0x08) != 0;
  status.control_fault = (power & 0x10) != 0;
  status.restore_policy = power >> 5 & 0x03;
  status.last_event = in.u8();
  status.misc = in.u8();
  if (!in.ok()) return malformed("chassis status cut short");
  return status;
}

IpmiRequest chassis_control_request(ChassisControl control) {
  return request_for(code::kChassisControl, {static_cast<std::uint8_t>(control)});
}

Decoded<ChassisControl> decode_chassis_control_request(ByteView data) {
  if (data.empty()) return malformed("chassis control without its verb");
  const std::uint8_t verb = data.front() & 0x0F;
  if (verb > static_cast<std::uint8_t>(ChassisControl::soft_off)) return malformed("an unknown chassis control");
  return static_cast<ChassisControl>(verb);
}

IpmiRequest identify_request(std::uint8_t seconds) {
  return request_for(code::kChassisIdentify, {seconds});
}

Decoded<std::uint8_t> decode_identify_request(ByteView data) {
  constexpr std::uint8_t kDefaultSeconds = 15;  // IPMI 2.0 section 28.5, where the interval is left out
  return data.empty() ? kDefaultSeconds : data.front();
}

IpmiRequest boot_flags_request() {
  return request_for(code::kGetBootOptions, {kBootFlagsParameter, 0, 0});
}

Bytes encode(const BootFlags& flags) {
  WireWriter out(7);
  out.u8(kParameterVersion).u8(kBootFlagsParameter);
  append_flags(out, flags);
  return out.done();
}

Decoded<BootFlags> decode_boot_flags(ByteView data) {
  WireReader in(data);
  in.u8();
  if ((in.u8() & kParameterBits) != kBootFlagsParameter) return malformed("another boot parameter than asked for");
  return boot_flags_in(in.rest());
}

Decoded<BootFlags> boot_flags_in(ByteView parameter_data) {
  WireReader in(parameter_data);
  const std::uint8_t how = in.u8();
  BootFlags flags;
  flags.valid = (how & 0x80) != 0;
  flags.persistent = (how & 0x40) != 0;
  flags.uefi = (how & 0x20) != 0;
  flags.device = static_cast<BootDevice>(in.u8() >> 2 & kDeviceBits);
  if (!in.ok()) return malformed("boot flags cut short");
  return flags;
}

Decoded<BootOption> decode_set_boot_options_request(ByteView data) {
  WireReader in(data);
  BootOption option;
  option.parameter = in.u8() & kParameterBits;
  if (!in.ok()) return malformed("a boot option without its number");
  const ByteView rest = in.rest();
  option.data.assign(rest.begin(), rest.end());
  return option;
}

Decoded<std::uint8_t> decode_boot_options_request(ByteView data) {
  if (data.empty()) return malformed("a boot option without its number");
  return static_cast<std::uint8_t>(data.front() & kParameterBits);
}

}  // namespace breakwater::ipmi
