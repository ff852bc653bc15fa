#pragma once
// A report: for people, and as a JSON document for programs. An explanation for people.
#include <string>

#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/report.hpp"

namespace breakwater::views {

/// At most 120 columns, without colour; hosts that are not well come first.
std::string report_text(const Report& report);

/// `{"apiVersion": "breakwater/v1", "kind": "RolloutReport", ...}`, indented, with a newline. Times are RFC 3339 in
/// UTC, lengths of time whole milliseconds. `exit_code` is what the face that asks leaves with for this outcome.
std::string encode_report(const Report& report, int exit_code);

/// Without colour, with a newline at its end.
std::string explanation_text(const Explanation& explanation);

}  // namespace breakwater::views
