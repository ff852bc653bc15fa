#pragma once
// The IPMI side of a lab BMC, beside its machine: sessions, event log, HPM.1, boot flags. One command comes in, one
// answer goes out; datagrams are the responder's.
#include <cstdint>
#include <string_view>

#include "drivers/ipmi/wire/chassis.hpp"
#include "drivers/ipmi/wire/packet.hpp"
#include "drivers/ipmi/wire/rakp.hpp"
#include "drivers/ipmi/wire/version.hpp"
#include "drivers/lab/ipmi/command.hpp"
#include "drivers/lab/ipmi/hpm.hpp"
#include "drivers/lab/ipmi/sel.hpp"
#include "drivers/lab/ipmi/slots.hpp"
#include "drivers/lab/machine.hpp"

namespace breakwater::lab {

/// How lab BMCs identify themselves; the manufacturer is IANA's number for examples (RFC 5612). An HPM.1 image for them
/// carries the same three.
constexpr std::uint8_t kIpmiDevice = 0x20;
constexpr std::uint32_t kIpmiManufacturer = 32473;
constexpr std::uint16_t kIpmiProduct = 1;

/// A component's version text as the six bytes by which IPMI and HPM.1 know firmware:
///
///   "3.4", "3.04"       03 04 00 00 00 00   major 0..127, minor 0..99 in BCD
///   "3.4.01020304"      03 04 01 02 03 04   eight hexadecimal digits: the auxiliary bytes
///   "3.4-other"         03 04 and the first four bytes of the text's SHA-256, so that other texts differ too
///
/// The inverse is ipmi::Version::text(): "3.04", "3.04.01020304".
ipmi::Version ipmi_version(std::string_view text);

/// The UUID as System GUID has it: SMBIOS's order, the first three fields little-endian. Zeroes if it is none.
ipmi::Guid ipmi_guid(std::string_view uuid);

struct LabIpmiBmc {
  explicit LabIpmiBmc(Machine& its_machine)
      : machine(its_machine),
        slots(its_machine.config().persona.sessions_max, its_machine.config().persona.ipmi_idle),
        hpm(its_machine) {}

  Machine& machine;
  IpmiSlots slots;
  Sel sel;
  Hpm hpm;
  std::uint16_t sdr_reservation = 0;
  ipmi::BootFlags boot;
  int boot_set_at = 0;        ///< the host's boots when the flags were set; they are for the next one
  std::uint32_t closing = 0;  ///< the session that ends once its answer is sealed
};

/// Runs a command; `session` is null outside of one.
IpmiAnswer run_command(LabIpmiBmc& bmc, LabIpmiSession* session, const ipmi::IpmiRequest& request);

// Its handlers. What the BMC says about itself:
IpmiAnswer device_id(const Machine& machine);
IpmiAnswer self_test(const Machine& machine);
IpmiAnswer system_guid(const Machine& machine);
IpmiAnswer payload_limits(const Machine& machine, ipmi::ByteView data);
IpmiAnswer hpm2_capabilities(ipmi::ByteView data);
/// Get FRU Inventory Area Info, and Read FRU Data: FRU 0, with the manufacturer, model and serial that Redfish shows.
IpmiAnswer fru_info(const HostConfig& host, ipmi::ByteView data);
IpmiAnswer fru_read(const HostConfig& host, ipmi::ByteView data);

// Power and boot:
IpmiAnswer chassis_status(const Machine& machine);
IpmiAnswer chassis_control(Machine& machine, ipmi::ByteView data);
IpmiAnswer set_boot_options(LabIpmiBmc& bmc, ipmi::ByteView data);
IpmiAnswer get_boot_options(LabIpmiBmc& bmc, ipmi::ByteView data);

// Sensors: temperature, fan and voltage with thresholds, and one power supply. They follow the machine's health and
// power.
IpmiAnswer sdr_info();
/// Get SDR, in parts; `reservation` is the valid one.
IpmiAnswer get_sdr(Machine& machine, ipmi::ByteView data, std::uint16_t reservation);
IpmiAnswer sensor_reading(Machine& machine, ipmi::ByteView data);
IpmiAnswer sensor_thresholds(ipmi::WireReader in);

}  // namespace breakwater::lab
