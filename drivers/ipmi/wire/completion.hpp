#pragma once
// Completion codes that every command may answer with, IPMI 2.0 section 5.2, table 5-2.
#include <cstdint>
#include <string_view>

namespace breakwater::ipmi {

constexpr std::uint8_t kCompleted = 0x00;
constexpr std::uint8_t kNodeBusy = 0xC0;        ///< ask again, with a limit
constexpr std::uint8_t kInvalidCommand = 0xC1;  ///< this BMC does not have it
constexpr std::uint8_t kInvalidForLun = 0xC2;
constexpr std::uint8_t kTimedOut = 0xC3;
constexpr std::uint8_t kOutOfSpace = 0xC4;
constexpr std::uint8_t kReservationLost = 0xC5;  ///< start over
constexpr std::uint8_t kLengthInvalid = 0xC7;    ///< shrink
constexpr std::uint8_t kLengthExceeded = 0xC8;   ///< shrink
constexpr std::uint8_t kOutOfRange = 0xC9;
constexpr std::uint8_t kCannotReturnBytes = 0xCA;  ///< shrink
constexpr std::uint8_t kNotPresent = 0xCB;
constexpr std::uint8_t kInvalidField = 0xCC;
constexpr std::uint8_t kIllegalForSensor = 0xCD;
constexpr std::uint8_t kNotPossibleNow = 0xCE;
constexpr std::uint8_t kSdrUpdating = 0xD0;
constexpr std::uint8_t kUpdating = 0xD1;  ///< the BMC's firmware is being replaced
constexpr std::uint8_t kInitialising = 0xD2;
constexpr std::uint8_t kUnreachable = 0xD3;
constexpr std::uint8_t kPrivilegeLacks = 0xD4;
constexpr std::uint8_t kNotInThisState = 0xD5;
constexpr std::uint8_t kUnspecified = 0xFF;

/// True for an answer that says nothing of what was asked: the same question may have another answer in a moment.
bool may_pass(std::uint8_t code);

/// For people: a fixed text; codes 80 to BE mean what their command says.
std::string_view completion_text(std::uint8_t code);

}  // namespace breakwater::ipmi
