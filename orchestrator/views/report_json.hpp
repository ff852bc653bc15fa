#pragma once
// A report as a JSON document, for programs.
#include <string>

#include "orchestrator/core/report.hpp"

namespace breakwater::views {

/// `{"apiVersion": "breakwater/v1", "kind": "RolloutReport", ...}`, indented, with a newline. Times are RFC 3339 in
/// UTC, lengths of time whole milliseconds. `exit_code` is the one that a face gives this outcome.
std::string encode_report(const Report& report, int exit_code);

}  // namespace breakwater::views
