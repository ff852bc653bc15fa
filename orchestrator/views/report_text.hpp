#pragma once
// A report and an explanation, for people.
#include <string>

#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/report.hpp"

namespace breakwater::views {

/// At most 120 columns, without colour; hosts that are not well come first.
std::string report_text(const Report& report);

/// Without colour, with a newline at its end.
std::string explanation_text(const Explanation& explanation);

}  // namespace breakwater::views
