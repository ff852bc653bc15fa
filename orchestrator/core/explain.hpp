#pragma once
// explain(): why a host is not being updated, or what is being done to it. Pure; the first reason is the one that would
// have to go first.
#include <functional>
#include <string>
#include <vector>

#include "orchestrator/core/start_rules.hpp"

namespace breakwater {

/// One thing that keeps a host from its update, or what is being done to it.
struct Reason {
  std::string word;     ///< stable: `Quarantined`, `LeftOut`, `Updated`, ..., or the word of a start rule
  std::string text;     ///< for people, on one line
  std::string command;  ///< the command that would change it; empty where only time does
};

struct Explanation {
  std::string headline;
  std::string rollout;  ///< the one that it is about; empty where there is none
  std::vector<Reason> reasons;
  std::vector<std::string> would_pass;  ///< what does not stand in its way: `window`, `rack r07 1/2`, ...
};

/// The moment of which something is told. Whether anybody conducts, and goes on to, stands in no record.
struct Present {
  Now now;                ///< durations are reckoned by `steady`, which stands still while nobody conducts
  Instant clock;          ///< how long ago something was recorded
  bool conducted = true;  ///< by any process
  std::function<Starts(const RolloutState&)> starts = [](const RolloutState&) { return Starts::allowed; };
  /// Why the process that conducts cannot speak to hosts of a rollout that wait; empty where it can.
  std::function<std::string(const RolloutState&)> lacks = [](const RolloutState&) { return std::string(); };
};

/// Nothing is left out of the answer for being long past: a host of a finished rollout is explained by it. The cost is
/// that of one look at the fleet.
Explanation explain(const Fleet& fleet, const std::string& host, const Present& present);

}  // namespace breakwater
