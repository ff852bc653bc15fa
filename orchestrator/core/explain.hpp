#pragma once
// explain(): why a host is not being updated, or what is being done to it. Pure; the first reason is the one that would
// have to go first.
#include <string>
#include <vector>

#include "orchestrator/core/fleet.hpp"

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

/// Nothing is left out of the answer for being long past: a host of a finished rollout is explained by it. The cost is
/// that of one look at the fleet.
Explanation explain(const Fleet& fleet, const std::string& host, Now now);

}  // namespace breakwater
