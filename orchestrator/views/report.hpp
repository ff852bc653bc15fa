#pragma once
// A report: for people, and as a JSON document for programs. An explanation for people.
#include <map>
#include <string>

#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/report.hpp"

namespace breakwater::views {

/// At most 120 columns, without colour; hosts that are not well come first.
std::string report_text(const Report& report);

/// `{"apiVersion": "breakwater/v1", "kind": "RolloutReport", ...}`, indented, with a newline. Times are RFC 3339 in
/// UTC, lengths of time whole milliseconds. `of_face`: members behind the outcome that the face adds, by its own rules.
std::string encode_report(const Report& report, const std::map<std::string, int>& of_face = {});

/// Without colour, with a newline at its end.
std::string explanation_text(const Explanation& explanation);

}  // namespace breakwater::views
