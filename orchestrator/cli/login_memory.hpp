#pragma once
// Refused logins, remembered over processes in `STATE/logins`: ten plans in a row with a wrong password must not lock
// an account that one apply would not.
#include <filesystem>

#include "drivers/login_guard.hpp"

namespace breakwater::cli {

/// Gives `guard` the refusals of the last hour, and has it write down new ones. A file that can not be read or written
/// is no reason to stop: the guard then remembers for its own process.
void remember_logins(const std::filesystem::path& dir, LoginGuard& guard, Instant now);

}  // namespace breakwater::cli
