#pragma once
// Power and boot: Get Chassis Status, Chassis Control, Chassis Identify, boot flags. IPMI 2.0 chapter 28.
#include <cstdint>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/packet.hpp"

namespace breakwater::ipmi {

/// Get Chassis Status, IPMI 2.0 section 28.2.
struct ChassisStatus {
  bool power_on = false;
  bool overload = false;
  bool interlock = false;
  bool power_fault = false;
  bool control_fault = false;
  std::uint8_t restore_policy = 0;  ///< after mains return: 0 stay off, 1 as before, 2 on, 3 unknown
  std::uint8_t last_event = 0;      ///< bits: mains failed 0, overload 1, interlock 2, fault 3, on by command 4
  std::uint8_t misc = 0;            ///< bits: intrusion 0, lockout 1, drive fault 2, fan fault 3
  bool operator==(const ChassisStatus&) const = default;
};
IpmiRequest chassis_status_request();
Bytes encode(const ChassisStatus& status);
Decoded<ChassisStatus> decode_chassis_status(ByteView data);

/// Chassis Control, IPMI 2.0 section 28.3. None of them may be sent twice blindly: read the status back.
enum class ChassisControl : std::uint8_t {
  off = 0,
  on = 1,
  cycle = 2,
  reset = 3,
  diagnostic_interrupt = 4,
  soft_off = 5
};
IpmiRequest chassis_control_request(ChassisControl control);
Decoded<ChassisControl> decode_chassis_control_request(ByteView data);

/// Chassis Identify, IPMI 2.0 section 28.5: the light blinks for that long; 0 puts it out.
IpmiRequest identify_request(std::uint8_t seconds);
Decoded<std::uint8_t> decode_identify_request(ByteView data);

/// Which device is booted from, IPMI 2.0 section 28.13, table 28-14, parameter 5.
enum class BootDevice : std::uint8_t { none = 0, pxe = 1, disk = 2, safe_disk = 3, diagnostic = 4, cd = 5, setup = 6 };
struct BootFlags {
  bool valid = false;       ///< ipmi_sim reads back 0 for what it took (measured)
  bool persistent = false;  ///< else for the next start only
  bool uefi = false;
  BootDevice device = BootDevice::none;
  bool operator==(const BootFlags&) const = default;
};
constexpr std::uint8_t kBootFlagsParameter = 5;
IpmiRequest boot_flags_request();
/// Reply to Get System Boot Options of the boot flags.
Bytes encode(const BootFlags& flags);
Decoded<BootFlags> decode_boot_flags(ByteView data);

/// One parameter as Set System Boot Options carries it; its data is the flags' where `parameter` is
/// kBootFlagsParameter.
struct BootOption {
  std::uint8_t parameter = 0;
  Bytes data;
};
Decoded<BootOption> decode_set_boot_options_request(ByteView data);
Decoded<BootFlags> boot_flags_in(ByteView parameter_data);
/// The parameter that Get System Boot Options asks for.
Decoded<std::uint8_t> decode_boot_options_request(ByteView data);

}  // namespace breakwater::ipmi
