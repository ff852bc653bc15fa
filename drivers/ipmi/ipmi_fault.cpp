#include "drivers/ipmi/ipmi_fault.hpp"

#include <array>

#include "drivers/ipmi/wire/completion.hpp"
#include "drivers/ipmi/wire/hpm.hpp"

namespace breakwater::ipmi {

std::string hex_byte(std::uint8_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {'0', 'x', digits[value >> 4], digits[value & 0x0F]};
}

Fault malformed_reply(const Malformed& why, std::string step) {
  return make_fault(Fault::Kind::malformed_reply, std::move(step), std::string(why.what));
}

namespace {

Fault::Kind kind_of_completion(std::uint8_t completion) {
  switch (completion) {
    case kInvalidCommand:
    case kInvalidForLun:
    case kOutOfRange:
    case kNotPresent:
    case kInvalidField:
    case kIllegalForSensor:
      return Fault::Kind::not_supported;
    case kTimedOut:
    case kUnreachable:
      return Fault::Kind::no_progress;
    case kPrivilegeLacks:
      return Fault::Kind::unauthorized;
    default:  // 81 of a FRU, FF of anything: it may do so in a moment
      return Fault::Kind::busy;
  }
}

/// True if the code leaves no doubt that nothing was begun.
bool is_clear_refusal(std::uint8_t completion) {
  switch (completion) {
    case kNodeBusy:
    case kInvalidCommand:
    case kInvalidForLun:
    case kLengthInvalid:
    case kInvalidField:
    case kPrivilegeLacks:
    case kNotInThisState:
    case kHpmNotSupported:
    case kHpmChecksum:
    case kHpmMismatch:
      return true;
    default:
      return false;
  }
}

}  // namespace

Fault refused_once(const IpmiReply& reply, std::string step) {
  Fault fault = refused(reply, std::move(step));
  fault.body_sent = !is_clear_refusal(reply.completion);
  fault.asks_again = reply.completion == kNodeBusy;
  return fault;
}

Fault refused(const IpmiReply& reply, std::string step) {
  std::string text(completion_text(reply.completion));
  return make_fault(kind_of_completion(reply.completion), std::move(step),
                    text + " (completion code " + hex_byte(reply.completion) + ")");
}

namespace {

Fault::Kind kind_of_status(RakpStatus status) {
  switch (status) {
    case RakpStatus::no_resources:
    case RakpStatus::no_resources_at_role:
      return Fault::Kind::sessions_exhausted;
    case RakpStatus::bad_role:
    case RakpStatus::role_not_authorised:
    case RakpStatus::bad_name_length:
    case RakpStatus::name_not_authorised:
      return Fault::Kind::user_unknown;
    case RakpStatus::bad_check_value:
      return Fault::Kind::login_refused;
    case RakpStatus::bad_authentication:
    case RakpStatus::bad_integrity:
    case RakpStatus::bad_confidentiality:
    case RakpStatus::no_suite_match:
      return Fault::Kind::suite_refused;
    case RakpStatus::ok:
    case RakpStatus::bad_session_id:
    case RakpStatus::bad_payload_type:
    case RakpStatus::no_authentication_payload:
    case RakpStatus::no_integrity_payload:
    case RakpStatus::inactive_session_id:
    case RakpStatus::guid_not_authorised:
    case RakpStatus::illegal_parameter:
      break;
  }
  return Fault::Kind::malformed_reply;  // or a status that the standard does not know
}

}  // namespace

Fault refused_hpm(CommandCode command, std::uint8_t completion, std::string step) {
  IpmiReply reply;
  reply.completion = completion;
  Fault fault = refused_once(reply, std::move(step));
  fault.message =
      std::string(hpm_completion_text(command, completion)) + " (completion code " + hex_byte(completion) + ")";
  return fault;
}

Fault handshake_fault(const HandshakeFailure& failure) {
  const std::string what(failure.what);
  switch (failure.reason) {
    case HandshakeFailure::Reason::refused:
      return make_fault(kind_of_status(failure.status), "login",
                        "the BMC refuses: " + std::string(to_string(failure.status)) + " (status " +
                            hex_byte(static_cast<std::uint8_t>(failure.status)) + ")");
    case HandshakeFailure::Reason::malformed:
      return make_fault(Fault::Kind::malformed_reply, "login", what);
    case HandshakeFailure::Reason::algorithms_changed:
      return make_fault(Fault::Kind::suite_refused, "login",
                        "the BMC answers with another cipher suite than asked for");
    case HandshakeFailure::Reason::wrong_password:
      return make_fault(Fault::Kind::login_refused, "login", "wrong password");
    case HandshakeFailure::Reason::wrong_session_key:
      return make_fault(Fault::Kind::login_refused, "login", "the session key differs from the BMC's: is K_G correct?");
  }
  return make_fault(Fault::Kind::malformed_reply, "login", what);
}

}  // namespace breakwater::ipmi
