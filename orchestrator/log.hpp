#pragma once
// The process's own log: what an engineer reads when the program itself is in question. On stderr; under systemd with
// the priority that journald understands. Never a secret, never data that a verb prints.
#include <string_view>

namespace breakwater {

/// 0: warnings; 1: what happens; 2: everything. To be called once, before the first line.
void start_log(int verbosity);

void log_warning(std::string_view text);
void log_info(std::string_view text);
void log_debug(std::string_view text);

}  // namespace breakwater
