#pragma once
// What is known of BMCs over processes, in files of the state directory.
#include <filesystem>

#include "drivers/ipmi/ipmi_context.hpp"
#include "drivers/login_guard.hpp"

namespace breakwater::operations {

/// Refused logins, in `STATE/logins`: ten plans in a row with a wrong password must not lock an account that one apply
/// would not. Gives `guard` the refusals of the last hour, and has it write down new ones. A file that cannot be read
/// or written is no reason to stop: the guard then remembers for its own process.
void remember_logins(const std::filesystem::path& dir, LoginGuard& guard, Instant now);

/// BMCs that have offered cipher suite 17, in `STATE/cipher-suites`, an address a line: none of them is talked down to
/// suite 3 later. One that is replaced by an older one is forgotten by removing its line.
void remember_suites(const std::filesystem::path& dir, ipmi::IpmiContext& known);

}  // namespace breakwater::operations
