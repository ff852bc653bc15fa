#pragma once
// What a BMC says about itself: Get Device ID, Get Self Test Results, Get System GUID, and its own reset. IPMI 2.0
// chapter 20 and section 22.14.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/packet.hpp"
#include "drivers/ipmi/wire/rakp.hpp"
#include "drivers/ipmi/wire/version.hpp"

namespace breakwater::ipmi {

/// Get Device ID, IPMI 2.0 section 20.1.
struct DeviceId {
  std::uint8_t device_id = 0;
  bool has_sdrs = false;
  std::uint8_t revision = 0;  ///< 4 bits
  bool updating = false;      ///< the firmware is being replaced, or the BMC is not up yet
  std::uint8_t major = 0;     ///< 7 bits
  std::uint8_t minor = 0;     ///< BCD
  std::uint8_t ipmi_version = 0x02;
  std::uint8_t support =
      0;  ///< bits: chassis 7, bridge 6, event generator 5, receiver 4, FRU 3, SEL 2, SDR 1, sensor 0
  std::uint32_t manufacturer = 0;  ///< IANA enterprise number, 20 bits
  std::uint16_t product = 0;       ///< not unique across models of Quanta
  std::optional<std::array<std::uint8_t, 4>> aux;
  bool operator==(const DeviceId&) const = default;

  /// Zero stands for the bytes a BMC leaves out.
  Version version() const { return {major, minor, aux.value_or(std::array<std::uint8_t, 4>{})}; }
};
IpmiRequest device_id_request();
Bytes encode(const DeviceId& id);
Decoded<DeviceId> decode_device_id(ByteView data);

/// The version with everything that tells two builds apart, the same text as HPM.1 has for it: `9.20.01020304`.
std::string version_text(const DeviceId& id);

/// Get Self Test Results, IPMI 2.0 section 20.4.
struct SelfTest {
  std::uint8_t result = 0x55;
  std::uint8_t detail = 0;
  bool operator==(const SelfTest&) const = default;

  bool passed() const { return result == 0x55; }
  bool not_implemented() const { return result == 0x56; }
  /// The firmware that should run is broken.
  bool firmware_corrupt() const { return result == 0x57 && (detail & 0x01) != 0; }
  /// `passed`, `not implemented`, or what failed, all of it.
  std::string text() const;
};
IpmiRequest self_test_request();
Bytes encode(const SelfTest& test);
Decoded<SelfTest> decode_self_test(ByteView data);

/// Get System GUID: 16 bytes.
IpmiRequest system_guid_request();
Decoded<Guid> decode_system_guid(ByteView data);

/// The UUID of the machine, as Redfish and SMBIOS have it: the first three fields of the GUID are little-endian, as
/// most BMCs answer. Lower case; empty if the BMC has none (all bytes 00 or FF).
std::string uuid_of(const Guid& guid);

/// A BMC that restarts at once sends no reply.
IpmiRequest cold_reset_request();

}  // namespace breakwater::ipmi
