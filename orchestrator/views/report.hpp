#pragma once
// A report: for people, and as a JSON document for programs. An explanation for people.
#include <string>

#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/report.hpp"

namespace breakwater::views {

/// At most 120 columns, without colour; hosts that are not well come first.
std::string report_text(const Report& report);

/// `{"apiVersion": "breakwater/v1", "kind": "RolloutReport", ...}`, indented, with a newline. Times are RFC 3339 in
/// UTC, lengths of time whole milliseconds.
std::string encode_report(const Report& report);

/// Without colour, with a newline at its end.
std::string explanation_text(const Explanation& explanation);

/// The number that stands for an outcome, in reports and as the code that a program leaves with: 0 updated,
/// 1 incomplete, 4 waits for a person, 5 halted or rolled back, 6 hosts are quarantined.
int code_of(RolloutOutcome outcome);

}  // namespace breakwater::views
