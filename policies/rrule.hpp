#pragma once
// The grammar of a recurrence rule as windows and freezes take it: RFC 5545's RRULE without COUNT, without anything
// below a minute, and without the pairs of parts that the RFC itself forbids. Pure text; who expands the rule sees only
// what passed.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace breakwater {

struct Rrule {
  std::string text;                  ///< the rule without its UNTIL
  std::optional<std::string> until;  ///< `20261231`, `20261231T220000` or `20261231T220000Z`
  int interval = 1;
  bool names_day = false;             ///< which day it means stands in the rule, and is not left to its start
  std::vector<std::string> problems;  ///< empty for a rule that may be expanded
};

Rrule parse_rrule(std::string_view text);

}  // namespace breakwater
