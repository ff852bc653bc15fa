#include "drivers/ipmi/wire/completion.hpp"

namespace breakwater::ipmi {
namespace {

struct CompletionText {
  std::uint8_t code;
  std::string_view text;
};

constexpr CompletionText kTexts[] = {
    {kCompleted, "completed"},
    {kNodeBusy, "busy"},
    {kInvalidCommand, "command not supported"},
    {kInvalidForLun, "command not supported at this LUN"},
    {kTimedOut, "timed out inside the BMC"},
    {kOutOfSpace, "out of space"},
    {kReservationLost, "reservation lost"},
    {0xC6, "request data cut short"},
    {kLengthInvalid, "invalid length of the request"},
    {kLengthExceeded, "request too long"},
    {kOutOfRange, "parameter out of range"},
    {kCannotReturnBytes, "cannot return that many bytes"},
    {kNotPresent, "sensor, record or data not present"},
    {kInvalidField, "invalid field in the request"},
    {kIllegalForSensor, "command illegal for this sensor or record"},
    {kNotPossibleNow, "response could not be provided"},
    {0xCF, "duplicate request"},
    {kSdrUpdating, "SDR repository is being updated"},
    {kUpdating, "firmware is being updated"},
    {kInitialising, "BMC is initialising"},
    {kUnreachable, "destination unavailable"},
    {kPrivilegeLacks, "insufficient privilege"},
    {kNotInThisState, "not possible in the present state"},
    {0xD6, "parameter disabled or unavailable"},
    {kUnspecified, "unspecified error"},
};

}  // namespace

bool may_pass(std::uint8_t code) {
  switch (code) {
    case kNodeBusy:
    case kTimedOut:
    case kNotPossibleNow:
    case kSdrUpdating:
    case kUpdating:
    case kInitialising:
    case kUnreachable:
    case kNotInThisState:
    case kUnspecified:
      return true;
    default:
      return false;
  }
}

std::string_view completion_text(std::uint8_t code) {
  for (const CompletionText& row : kTexts) {
    if (row.code == code) return row.text;
  }
  if (code >= 0x80 && code <= 0xBE) return "command-specific error";
  if (code >= 0x01 && code <= 0x7E) return "OEM error";
  return "unknown completion code";
}

}  // namespace breakwater::ipmi
