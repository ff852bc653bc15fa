#include "drivers/ipmi/wire/completion.hpp"

namespace breakwater::ipmi {

std::string_view completion_text(std::uint8_t code) {
  switch (code) {
    case kCompleted:
      return "completed";
    case kNodeBusy:
      return "busy";
    case kInvalidCommand:
      return "command not supported";
    case 0xC2:
      return "command not supported at this LUN";
    case kTimedOut:
      return "timed out inside the BMC";
    case kOutOfSpace:
      return "out of space";
    case kReservationLost:
      return "reservation lost";
    case 0xC6:
      return "request data cut short";
    case kLengthInvalid:
      return "invalid length of the request";
    case kLengthExceeded:
      return "request too long";
    case kOutOfRange:
      return "parameter out of range";
    case kCannotReturnBytes:
      return "cannot return that many bytes";
    case kNotPresent:
      return "sensor, record or data not present";
    case kInvalidField:
      return "invalid field in the request";
    case 0xCD:
      return "command illegal for this sensor or record";
    case kNotPossibleNow:
      return "response could not be provided";
    case 0xCF:
      return "duplicate request";
    case 0xD0:
      return "SDR repository is being updated";
    case kUpdating:
      return "firmware is being updated";
    case kInitialising:
      return "BMC is initialising";
    case kUnreachable:
      return "destination unavailable";
    case kPrivilegeLacks:
      return "insufficient privilege";
    case kNotInThisState:
      return "not possible in the present state";
    case 0xD6:
      return "parameter disabled or unavailable";
    case kUnspecified:
      return "unspecified error";
    default:
      break;
  }
  if (code >= 0x80 && code <= 0xBE) return "command-specific error";
  if (code >= 0x01 && code <= 0x7E) return "OEM error";
  return "unknown completion code";
}

}  // namespace breakwater::ipmi
