#pragma once
// What a BMC says about an error: as a Fault, and as text that is safe to print on a terminal.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/fault.hpp"
#include "inventories/vocabulary/instant.hpp"

namespace breakwater::redfish {

/// The text of a BMC, safe to print: control characters become spaces, other non-ASCII bytes become '?'; cut at
/// `bytes_max`.
std::string sanitised(std::string_view text, std::size_t bytes_max = 300);

/// The message in the body of an error reply: the first extended message, else the error's own; empty without one.
std::string error_text(std::string_view body);

/// True if the body of an error reply names this message, of any registry: `SessionLimitExceeded`.
bool names_message(std::string_view body, std::string_view message_id);

/// Retry-After in seconds or as an HTTP date, never negative and at most an hour.
std::optional<Duration> parse_retry_after(std::string_view text, Instant now);

/// The Fault of a reply with a status of 400 or more.
Fault status_fault(unsigned status, std::string_view body, std::string step, std::string_view path);

/// True if the fault speaks of the one resource that was read, and the next one may be whole: an error status, or a
/// body that is not what it says. Silence, a restart and a lost session are of the whole BMC.
bool is_of_one_resource(const Fault& fault);

}  // namespace breakwater::redfish
