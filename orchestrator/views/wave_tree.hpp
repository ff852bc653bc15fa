#pragma once
// A rollout as a tree of its waves: how far each is, what its hosts are doing, what the next step waits for, and who
// needs a look. Pure: lines out, for the live view of `apply` and for `status`.
#include <string>
#include <vector>

#include "orchestrator/core/decide.hpp"
#include "orchestrator/core/fleet.hpp"
#include "orchestrator/views/ink.hpp"

namespace breakwater::views {

/// `running`, `paused`, `halted`, ...: where the rollout stands, in a word or two.
struct Standing {
  std::string word;
  Ink ink = Ink::plain;
};
/// `conducted`: by any process. What nobody conducts does not run.
Standing standing_of(const RolloutState& rollout, bool conducted = true);

/// `waits` are those of the latest decision.
std::vector<std::string> wave_tree(const RolloutState& rollout, const Fleet& fleet, const std::vector<Blocker>& waits,
                                   Now now, const Paint& paint);

/// A bar of `width` cells, filled in eighths of one.
std::string bar(std::size_t part, std::size_t whole, std::size_t width);

}  // namespace breakwater::views
