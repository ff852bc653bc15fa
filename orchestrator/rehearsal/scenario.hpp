#pragma once
// What goes wrong in a rehearsal, in an operator's words: `bricks 5% of SYS-121C-*`, `boots 10 times slower`.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/result.hpp"
#include "orchestrator/core/plan.hpp"
#include "orchestrator/crews/model/model_host.hpp"

namespace breakwater::rehearsal {

struct Scenario {
  std::string name;         ///< on the menu; empty where an operator wrote it
  std::string words;        ///< as parse_scenario reads them; `good` where nothing goes wrong
  model::Faults faults;     ///< of a host that has them
  int per_mille = 1'000;    ///< each host's chance that it does
  std::string pattern;      ///< of a model or a host's name, with `*` at its end; empty: every host
  bool bad_image = true;    ///< the image's own doing
  bool power_loss = false;  ///< one rack loses its power while one of its hosts is flashed
  std::string rack;         ///< which; empty: any
};

/// One thing that may go wrong, and what it means.
struct FaultWords {
  std::string_view phrase;
  std::string_view meaning;
};
std::span<const FaultWords> fault_words();

/// Reads `FAULT [SHARE%] [of PATTERN]`; on failure what is wrong and what would be taken.
Result<Scenario, std::string> parse_scenario(std::string_view text);

/// Reads `5%` or `0.5%`, at most 100%, in thousandths.
Result<int, std::string> parse_per_mille(std::string_view text);

/// The default table: a good image first, then every fault once.
const std::vector<Scenario>& menu();

/// Whether a host is one that the scenario speaks of.
bool speaks_of(const Scenario& scenario, const PlannedHost& host);

}  // namespace breakwater::rehearsal
