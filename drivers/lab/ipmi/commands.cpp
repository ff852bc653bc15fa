// The commands that a lab BMC knows, with the privilege that each needs.
#include <algorithm>
#include <array>

#include "drivers/ipmi/wire/command_code.hpp"
#include "drivers/ipmi/wire/sdr.hpp"
#include "drivers/ipmi/wire/sel.hpp"
#include "drivers/ipmi/wire/session_commands.hpp"
#include "drivers/lab/ipmi/bmc.hpp"
#include "drivers/lab/ipmi/fru.hpp"
#include "drivers/lab/ipmi/sensors.hpp"

namespace breakwater::lab {
namespace {

namespace code = ipmi::code;
using ipmi::ByteView;
using ipmi::CommandCode;
using ipmi::Privilege;

constexpr CommandCode device_guid{0x06, 0x08};
constexpr CommandCode channel_info{0x06, 0x42};
constexpr CommandCode get_thresholds{0x04, 0x27};
constexpr CommandCode clear_sel{0x0A, 0x47};
constexpr std::uint8_t picmg = 0x2C;

// Of Set Session Privilege Level and Close Session.
constexpr std::uint8_t above_limit = 0x81;
constexpr std::uint8_t no_such_session = 0x87;

struct Call {
  IpmiBmc& bmc;
  IpmiSession* session;
  ByteView data;
};

struct Command {
  CommandCode code;
  Privilege least;  ///< `highest`: may be asked before there is a session
  IpmiAnswer (*run)(const Call& call);
};

IpmiAnswer capabilities(const Call& call) {
  if (!ipmi::decode_capabilities_request(call.data)) return {ipmi::kLengthInvalid};
  return {ipmi::kCompleted, ipmi::encode(ipmi::Capabilities{})};
}

IpmiAnswer cipher_suites(const Call& call) {
  const auto index = ipmi::decode_cipher_suites_request(call.data);
  if (!index) return {ipmi::kLengthInvalid};
  constexpr std::array suites{ipmi::Suite::three, ipmi::Suite::seventeen};
  return {ipmi::kCompleted, ipmi::encode_cipher_suites_part(ipmi::encode_cipher_suites(suites), *index)};
}

// FreeIPMI's bmc-info asks for every channel, and shows what stands in its memory where the command is missing.
IpmiAnswer channel(const Call& call) {
  constexpr std::uint8_t lan_channel = 1;
  constexpr std::uint8_t lan = 0x04;
  constexpr std::uint8_t ipmb = 0x01;
  constexpr std::uint8_t many_sessions = 0x80;
  constexpr std::uint32_t of_ipmi = 7154;
  if (call.data.empty()) return {ipmi::kLengthInvalid};
  const std::uint8_t asked = call.data[0] & 0x0F;
  if (asked != lan_channel && asked != ipmi::kThisChannel) return {ipmi::kInvalidField};
  ipmi::Writer out;
  out.u8(lan_channel).u8(lan).u8(ipmb);
  out.u8(static_cast<std::uint8_t>(many_sessions | std::min(call.bmc.slots.open(), 0x3F)));
  return {ipmi::kCompleted, out.u24(of_ipmi).u16(0).done()};
}

IpmiAnswer set_privilege(const Call& call) {
  const auto asked = ipmi::decode_privilege_request(call.data);
  if (!asked) return {ipmi::kLengthInvalid};
  if (*asked > call.session->most) return {above_limit};
  if (*asked != Privilege::highest) call.session->level = *asked;  // 0 asks for the level that holds
  return {ipmi::kCompleted, ipmi::encode(call.session->level)};
}

IpmiAnswer close_session(const Call& call) {
  const auto id = ipmi::decode_close_request(call.data);
  if (!id) return {ipmi::kLengthInvalid};
  if (*id == call.session->id) {
    call.bmc.closing = *id;
    return {};
  }
  if (call.session->level < Privilege::administrator) return {ipmi::kPrivilegeLacks};
  const IpmiSession* other = call.bmc.slots.find(*id);
  if (other == nullptr || !other->keys) return {no_such_session};
  call.bmc.slots.close(*id);
  return {};
}

IpmiAnswer cold_reset(const Call& call) {
  call.bmc.machine.reset_manager();
  return {};
}

IpmiAnswer reserve_sdr(const Call& call) {
  if (++call.bmc.sdr_reservation == 0) ++call.bmc.sdr_reservation;
  return {ipmi::kCompleted, ipmi::encode_reservation(call.bmc.sdr_reservation)};
}

constexpr std::array commands{
    Command{code::kCapabilities, Privilege::highest, capabilities},
    Command{code::kCipherSuites, Privilege::highest, cipher_suites},
    Command{code::kSystemGuid, Privilege::highest, [](const Call& call) { return system_guid(call.bmc.machine); }},
    Command{code::kSetPrivilege, Privilege::callback, set_privilege},
    Command{code::kCloseSession, Privilege::callback, close_session},
    Command{code::kDeviceId, Privilege::user, [](const Call& call) { return device_id(call.bmc.machine); }},
    Command{channel_info, Privilege::user, channel},
    Command{device_guid, Privilege::user, [](const Call& call) { return system_guid(call.bmc.machine); }},
    Command{code::kSelfTest, Privilege::user, [](const Call& call) { return self_test(call.bmc.machine); }},
    Command{code::kColdReset, Privilege::administrator, cold_reset},
    Command{code::kChassisStatus, Privilege::user, [](const Call& call) { return chassis_status(call.bmc.machine); }},
    Command{code::kChassisControl, Privilege::operator_,
            [](const Call& call) { return chassis_control(call.bmc.machine, call.data); }},
    Command{code::kChassisIdentify, Privilege::operator_, [](const Call&) { return IpmiAnswer{}; }},
    Command{code::kSetBootOptions, Privilege::operator_,
            [](const Call& call) { return set_boot_options(call.bmc, call.data); }},
    Command{code::kGetBootOptions, Privilege::operator_,
            [](const Call& call) { return get_boot_options(call.bmc, call.data); }},
    Command{code::kSelInfo, Privilege::user, [](const Call& call) { return call.bmc.sel.info(); }},
    Command{code::kSelReserve, Privilege::user, [](const Call& call) { return call.bmc.sel.reserve(); }},
    Command{code::kSelGet, Privilege::user, [](const Call& call) { return call.bmc.sel.get(call.data); }},
    Command{clear_sel, Privilege::operator_,
            [](const Call& call) { return call.bmc.sel.clear(ipmi::Reader(call.data)); }},
    Command{code::kSelTime, Privilege::user,
            [](const Call&) {
              return IpmiAnswer{ipmi::kCompleted, ipmi::encode_sel_time(ipmi_time())};
            }},
    Command{code::kSdrInfo, Privilege::user, [](const Call&) { return sdr_info(); }},
    Command{code::kSdrReserve, Privilege::user, reserve_sdr},
    Command{code::kSdrGet, Privilege::user,
            [](const Call& call) { return get_sdr(call.data, call.bmc.sdr_reservation); }},
    Command{code::kSensorReading, Privilege::user,
            [](const Call& call) { return sensor_reading(call.bmc.machine, call.data); }},
    Command{get_thresholds, Privilege::user,
            [](const Call& call) { return sensor_thresholds(ipmi::Reader(call.data)); }},
    Command{code::kFruInfo, Privilege::user,
            [](const Call& call) { return fru_info(call.bmc.machine.config(), call.data); }},
    Command{code::kFruRead, Privilege::user,
            [](const Call& call) { return fru_read(call.bmc.machine.config(), call.data); }},
    Command{code::kLanConfiguration, Privilege::operator_,
            [](const Call& call) { return payload_limits(call.bmc.machine, call.data); }},
    Command{code::kPicmgProperties, Privilege::user,
            [](const Call&) {
              return IpmiAnswer{ipmi::kCompleted, {0x00, 0x32, 0x00, 0x00}};
            }},
    Command{code::kHpm2Capabilities, Privilege::user, [](const Call& call) { return hpm2_capabilities(call.data); }},
};

bool may(const IpmiSession* session, Privilege least) {
  if (least == Privilege::highest) return true;
  return session != nullptr && session->level >= least;
}

// Everything but what begins and ends a session waits until the BMC is ready.
bool always_answered(const CommandCode& asked) {
  return asked == code::kSetPrivilege || asked == code::kCloseSession;
}

}  // namespace

IpmiAnswer run_command(IpmiBmc& bmc, IpmiSession* session, const ipmi::Request& request) {
  const CommandCode asked = ipmi::code_of(request);
  bmc.sel.follow(bmc.machine.health());
  const auto found = std::ranges::find_if(commands, [&](const Command& known) { return known.code == asked; });
  const bool of_hpm = found == commands.end() && asked.net_fn == picmg;
  if (found == commands.end() && !of_hpm) return {session ? ipmi::kInvalidCommand : ipmi::kPrivilegeLacks};
  if (!may(session, of_hpm ? Privilege::administrator : found->least)) return {ipmi::kPrivilegeLacks};
  if (session != nullptr && bmc.machine.unavailable() && !always_answered(asked)) return {ipmi::kNodeBusy};
  return of_hpm ? bmc.hpm.answer(request) : found->run({bmc, session, request.data});
}

}  // namespace breakwater::lab
