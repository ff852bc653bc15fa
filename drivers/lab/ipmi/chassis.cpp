// Power and boot flags of a lab server over IPMI.
#include <optional>

#include "drivers/lab/ipmi/bmc.hpp"

namespace breakwater::lab {
namespace {

constexpr std::uint8_t kAsBefore = 1;            // the power, when mains return
constexpr std::uint8_t kNoSuchParameter = 0x80;  // of the boot options
constexpr std::uint8_t kParametersKnown = 7;

std::optional<ResetType> reset_for(ipmi::ChassisControl control) {
  switch (control) {
    case ipmi::ChassisControl::off:
      return ResetType::force_off;
    case ipmi::ChassisControl::on:
      return ResetType::on;
    case ipmi::ChassisControl::cycle:
      return ResetType::power_cycle;
    case ipmi::ChassisControl::reset:
      return ResetType::force_restart;
    case ipmi::ChassisControl::soft_off:
      return ResetType::graceful_shutdown;
    case ipmi::ChassisControl::diagnostic_interrupt:
      break;
  }
  return std::nullopt;
}

// Flags that are not persistent are valid for one boot.
const ipmi::BootFlags& boot_flags(LabIpmiBmc& bmc) {
  if (!bmc.boot.persistent && bmc.machine.counters().host_boots != bmc.boot_set_at) bmc.boot = {};
  return bmc.boot;
}

}  // namespace

IpmiAnswer chassis_status(const Machine& machine) {
  ipmi::ChassisStatus status;
  status.power_on = machine.power() != "Off";
  status.restore_policy = kAsBefore;
  return {ipmi::kCompleted, ipmi::encode(status)};
}

IpmiAnswer chassis_control(Machine& machine, ipmi::ByteView data) {
  if (data.empty()) return {ipmi::kLengthInvalid};
  const auto control = ipmi::decode_chassis_control_request(data);
  const auto type = control ? reset_for(*control) : std::nullopt;
  if (!type) return {ipmi::kInvalidField};
  return {machine.reset_system(*type) ? ipmi::kCompleted : ipmi::kNotInThisState};
}

IpmiAnswer set_boot_options(LabIpmiBmc& bmc, ipmi::ByteView data) {
  const auto option = ipmi::decode_set_boot_options_request(data);
  if (!option) return {ipmi::kLengthInvalid};
  if (option->parameter > kParametersKnown) return {kNoSuchParameter};
  // Clients set parameters 0 and 4 around the flags; the lab needs neither.
  if (option->parameter != ipmi::kBootFlagsParameter) return {};
  const auto flags = ipmi::boot_flags_in(option->data);
  if (!flags) return {ipmi::kLengthInvalid};
  bmc.boot = *flags;
  bmc.boot_set_at = bmc.machine.counters().host_boots;
  return {};
}

IpmiAnswer get_boot_options(LabIpmiBmc& bmc, ipmi::ByteView data) {
  const auto parameter = ipmi::decode_boot_options_request(data);
  if (!parameter) return {ipmi::kLengthInvalid};
  if (*parameter != ipmi::kBootFlagsParameter) return {kNoSuchParameter};
  return {ipmi::kCompleted, ipmi::encode(boot_flags(bmc))};
}

}  // namespace breakwater::lab
