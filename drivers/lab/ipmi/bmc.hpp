#pragma once
// What a lab BMC knows apart from its machine to answer IPMI: sessions, event log, HPM.1, boot flags. One command comes
// in, one answer goes out; datagrams are the responder's.
#include <cstdint>

#include "drivers/ipmi/wire/chassis.hpp"
#include "drivers/ipmi/wire/packet.hpp"
#include "drivers/ipmi/wire/rakp.hpp"
#include "drivers/lab/ipmi/command.hpp"
#include "drivers/lab/ipmi/hpm.hpp"
#include "drivers/lab/ipmi/sel.hpp"
#include "drivers/lab/ipmi/slots.hpp"
#include "drivers/lab/machine.hpp"

namespace breakwater::lab {

/// Who the lab's BMCs say they are: IANA's number for examples (RFC 5612), as there is no Breakwater in its list. An
/// HPM.1 image for them carries the same three.
constexpr std::uint8_t ipmi_device = 0x20;
constexpr std::uint32_t ipmi_manufacturer = 32473;
constexpr std::uint16_t ipmi_product = 1;

/// The UUID as System GUID has it: SMBIOS's order, the first three fields little-endian. Zeroes where it is none.
ipmi::Guid ipmi_guid(std::string_view uuid);

struct IpmiBmc {
  explicit IpmiBmc(Machine& its_machine)
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
IpmiAnswer run_command(IpmiBmc& bmc, IpmiSession* session, const ipmi::Request& request);

// Its handlers: what the BMC is, and what the chassis does.
IpmiAnswer device_id(const Machine& machine);
IpmiAnswer self_test(const Machine& machine);
IpmiAnswer system_guid(const Machine& machine);
IpmiAnswer payload_limits(const Machine& machine, ipmi::ByteView data);
IpmiAnswer hpm2_capabilities(ipmi::ByteView data);
IpmiAnswer chassis_status(const Machine& machine);
IpmiAnswer chassis_control(Machine& machine, ipmi::ByteView data);
IpmiAnswer set_boot_options(IpmiBmc& bmc, ipmi::ByteView data);
IpmiAnswer get_boot_options(IpmiBmc& bmc, ipmi::ByteView data);

}  // namespace breakwater::lab
