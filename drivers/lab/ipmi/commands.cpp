// The commands that a lab BMC knows, with the privilege that each needs.
#include <algorithm>
#include <array>

#include "drivers/ipmi/wire/command_code.hpp"
#include "drivers/ipmi/wire/sdr.hpp"
#include "drivers/ipmi/wire/sel.hpp"
#include "drivers/ipmi/wire/session_commands.hpp"
#include "drivers/lab/ipmi/bmc.hpp"
namespace breakwater::lab {
namespace {

namespace code = ipmi::code;
using ipmi::ByteView;
using ipmi::CommandCode;
using ipmi::Privilege;

constexpr CommandCode kDeviceGuid{0x06, 0x08};
constexpr CommandCode kChannelInfo{0x06, 0x42};
constexpr CommandCode kGetThresholds{0x04, 0x27};
constexpr CommandCode kClearSel{0x0A, 0x47};
constexpr std::uint8_t kPicmg = 0x2C;

// Of Set Session Privilege Level and Close Session.
constexpr std::uint8_t kAboveLimit = 0x81;
constexpr std::uint8_t kNoSuchSession = 0x87;

struct CommandCall {
  LabIpmiBmc& bmc;
  LabIpmiSession* session;
  ByteView data;
};

struct CommandRow {
  CommandCode code;
  Privilege least;  ///< `highest`: may be asked before there is a session
  IpmiAnswer (*run)(const CommandCall& call);
};

IpmiAnswer capabilities(const CommandCall& call) {
  if (!ipmi::decode_capabilities_request(call.data)) return {ipmi::kLengthInvalid};
  return {ipmi::kCompleted, ipmi::encode(ipmi::Capabilities{})};
}

IpmiAnswer cipher_suites(const CommandCall& call) {
  const auto index = ipmi::decode_cipher_suites_request(call.data);
  if (!index) return {ipmi::kLengthInvalid};
  constexpr std::array kSuites{ipmi::Suite::three, ipmi::Suite::seventeen};
  return {ipmi::kCompleted, ipmi::encode_cipher_suites_part(ipmi::encode_cipher_suites(kSuites), *index)};
}

// FreeIPMI's bmc-info asks for every channel, and prints uninitialised memory if the command is missing.
IpmiAnswer channel(const CommandCall& call) {
  constexpr std::uint8_t kLanChannel = 1;
  constexpr std::uint8_t kLan = 0x04;
  constexpr std::uint8_t kIpmb = 0x01;
  constexpr std::uint8_t kManySessions = 0x80;
  constexpr std::uint32_t kOfIpmi = 7154;
  if (call.data.empty()) return {ipmi::kLengthInvalid};
  const std::uint8_t asked = call.data[0] & 0x0F;
  if (asked != kLanChannel && asked != ipmi::kThisChannel) return {ipmi::kInvalidField};
  ipmi::WireWriter out;
  out.u8(kLanChannel).u8(kLan).u8(kIpmb);
  out.u8(static_cast<std::uint8_t>(kManySessions | std::min(call.bmc.slots.open(), 0x3F)));
  return {ipmi::kCompleted, out.u24(kOfIpmi).u16(0).done()};
}

IpmiAnswer set_privilege(const CommandCall& call) {
  const auto asked = ipmi::decode_privilege_request(call.data);
  if (!asked) return {ipmi::kLengthInvalid};
  if (*asked > call.session->most) return {kAboveLimit};
  if (*asked != Privilege::highest) call.session->level = *asked;  // 0 asks for the current level
  return {ipmi::kCompleted, ipmi::encode(call.session->level)};
}

IpmiAnswer close_session(const CommandCall& call) {
  const auto id = ipmi::decode_close_request(call.data);
  if (!id) return {ipmi::kLengthInvalid};
  if (*id == call.session->id) {
    call.bmc.closing = *id;
    return {};
  }
  if (call.session->level < Privilege::administrator) return {ipmi::kPrivilegeLacks};
  const LabIpmiSession* other = call.bmc.slots.find(*id);
  if (other == nullptr || !other->keys) return {kNoSuchSession};
  call.bmc.slots.close(*id);
  return {};
}

IpmiAnswer cold_reset(const CommandCall& call) {
  call.bmc.machine.reset_manager();
  return {};
}

IpmiAnswer reserve_sdr(const CommandCall& call) {
  if (++call.bmc.sdr_reservation == 0) ++call.bmc.sdr_reservation;
  return {ipmi::kCompleted, ipmi::encode_reservation(call.bmc.sdr_reservation)};
}

constexpr std::array kCommands{
    CommandRow{code::kCapabilities, Privilege::highest, capabilities},
    CommandRow{code::kCipherSuites, Privilege::highest, cipher_suites},
    CommandRow{code::kSystemGuid, Privilege::highest,
               [](const CommandCall& call) { return system_guid(call.bmc.machine); }},
    CommandRow{code::kSetPrivilege, Privilege::callback, set_privilege},
    CommandRow{code::kCloseSession, Privilege::callback, close_session},
    CommandRow{code::kDeviceId, Privilege::user, [](const CommandCall& call) { return device_id(call.bmc.machine); }},
    CommandRow{kChannelInfo, Privilege::user, channel},
    CommandRow{kDeviceGuid, Privilege::user, [](const CommandCall& call) { return system_guid(call.bmc.machine); }},
    CommandRow{code::kSelfTest, Privilege::user, [](const CommandCall& call) { return self_test(call.bmc.machine); }},
    CommandRow{code::kColdReset, Privilege::administrator, cold_reset},
    CommandRow{code::kChassisStatus, Privilege::user,
               [](const CommandCall& call) { return chassis_status(call.bmc.machine); }},
    CommandRow{code::kChassisControl, Privilege::operator_,
               [](const CommandCall& call) { return chassis_control(call.bmc.machine, call.data); }},
    CommandRow{code::kChassisIdentify, Privilege::operator_, [](const CommandCall&) { return IpmiAnswer{}; }},
    CommandRow{code::kSetBootOptions, Privilege::operator_,
               [](const CommandCall& call) { return set_boot_options(call.bmc, call.data); }},
    CommandRow{code::kGetBootOptions, Privilege::operator_,
               [](const CommandCall& call) { return get_boot_options(call.bmc, call.data); }},
    CommandRow{code::kSelInfo, Privilege::user,
               [](const CommandCall& call) { return call.bmc.sel.info(call.bmc.machine); }},
    CommandRow{code::kSelReserve, Privilege::user, [](const CommandCall& call) { return call.bmc.sel.reserve(); }},
    CommandRow{code::kSelGet, Privilege::user,
               [](const CommandCall& call) { return call.bmc.sel.get(call.bmc.machine, call.data); }},
    CommandRow{kClearSel, Privilege::operator_,
               [](const CommandCall& call) { return call.bmc.sel.clear(ipmi::WireReader(call.data)); }},
    CommandRow{code::kSelTime, Privilege::user,
               [](const CommandCall&) {
                 return IpmiAnswer{ipmi::kCompleted, ipmi::encode_sel_time(ipmi_time())};
               }},
    CommandRow{code::kSdrInfo, Privilege::user, [](const CommandCall&) { return sdr_info(); }},
    CommandRow{code::kSdrReserve, Privilege::user, reserve_sdr},
    CommandRow{code::kSdrGet, Privilege::user,
               [](const CommandCall& call) { return get_sdr(call.bmc.machine, call.data, call.bmc.sdr_reservation); }},
    CommandRow{code::kSensorReading, Privilege::user,
               [](const CommandCall& call) { return sensor_reading(call.bmc.machine, call.data); }},
    CommandRow{kGetThresholds, Privilege::user,
               [](const CommandCall& call) { return sensor_thresholds(ipmi::WireReader(call.data)); }},
    CommandRow{code::kFruInfo, Privilege::user,
               [](const CommandCall& call) { return fru_info(call.bmc.machine.config(), call.data); }},
    CommandRow{code::kFruRead, Privilege::user,
               [](const CommandCall& call) { return fru_read(call.bmc.machine.config(), call.data); }},
    CommandRow{code::kLanConfiguration, Privilege::operator_,
               [](const CommandCall& call) { return payload_limits(call.bmc.machine, call.data); }},
    CommandRow{code::kPicmgProperties, Privilege::user,
               [](const CommandCall&) {
                 return IpmiAnswer{ipmi::kCompleted, {0x00, 0x32, 0x00, 0x00}};
               }},
    CommandRow{code::kHpm2Capabilities, Privilege::user,
               [](const CommandCall& call) { return hpm2_capabilities(call.data); }},
};

bool may(const LabIpmiSession* session, Privilege least) {
  if (least == Privilege::highest) return true;
  return session != nullptr && session->level >= least;
}

/// `2c34`: network function and number.
std::string name_of(const CommandCode& asked) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string name;
  for (const std::uint8_t byte : {asked.net_fn, asked.command}) {
    name += digits[byte >> 4];
    name += digits[byte & 0x0F];
  }
  return name;
}

// The commands that a BMC answers before it is ready: those that open and close a session.
bool always_answered(const CommandCode& asked) {
  return asked == code::kSetPrivilege || asked == code::kCloseSession;
}

}  // namespace

IpmiAnswer run_command(LabIpmiBmc& bmc, LabIpmiSession* session, const ipmi::IpmiRequest& request) {
  const CommandCode asked = ipmi::code_of(request);
  bmc.sel.follow(bmc.machine.health());
  const auto found = std::ranges::find_if(kCommands, [&](const CommandRow& known) { return known.code == asked; });
  const bool of_hpm = found == kCommands.end() && asked.net_fn == kPicmg;
  if (found == kCommands.end() && !of_hpm) return {session ? ipmi::kInvalidCommand : ipmi::kPrivilegeLacks};
  if (!may(session, of_hpm ? Privilege::administrator : found->least)) return {ipmi::kPrivilegeLacks};
  if (session != nullptr && bmc.machine.unavailable() && !always_answered(asked)) return {ipmi::kNodeBusy};
  if (session != nullptr) {
    if (const auto rule = bmc.machine.strikes_by_rule(LabFault::ipmi_refused, name_of(asked))) {
      return {static_cast<std::uint8_t>(rule->code)};
    }
  }
  return of_hpm ? bmc.hpm.answer(request) : found->run({bmc, session, request.data});
}

}  // namespace breakwater::lab
