#pragma once
// Faults as this driver makes them, and what a BMC said of an error, made fit for a person's terminal.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/fault.hpp"
#include "inventories/vocabulary/instant.hpp"

namespace breakwater::redfish {

Fault make_fault(Fault::Kind kind, std::string step, std::string message);

/// Text of a BMC for people: control characters become spaces, what is no ASCII becomes '?', cut at `bytes_max`.
std::string sanitised(std::string_view text, std::size_t bytes_max = 300);

/// What the body of an error reply says: the first extended message, else the error's own; empty where it says nothing.
std::string error_text(std::string_view body);

/// True where the body of an error names this message of any registry: `SessionLimitExceeded`.
bool names_message(std::string_view body, std::string_view message_id);

/// Retry-After in seconds or as an HTTP date, never negative and at most an hour.
std::optional<Duration> parse_retry_after(std::string_view text, Instant now);

/// The Fault of a reply with a status of 400 or more.
Fault status_fault(unsigned status, std::string_view body, std::string step, std::string_view path);

}  // namespace breakwater::redfish
