#pragma once
// What a person named to be carried out, and the plan for it.
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/operations/looking.hpp"
#include "orchestrator/operations/plan_file.hpp"

namespace breakwater::operations {

/// The file of a Rollout, a frozen plan, or the name of a rollout that has begun.
struct Target {
  std::string name;
  std::string rollout_file;          ///< empty where only the name was given
  std::optional<FrozenPlan> frozen;  ///< where a plan file was given
};

Result<Target, Problem> read_target(const std::string& text);

/// A rollout that has begun goes on from the journal alone. What changed in the documents since is told, one line each,
/// so that nobody is surprised.
std::vector<std::string> changes_since_begun(const Target& target, const RolloutState& begun);

/// The frozen plan where it is not stale and the documents make the same, else a new one, made by looking at every
/// host.
Result<ResolvedPlan, Problem> plan_for(Installation& installation, const Target& target, ImageStore& images,
                                       const Fleet& fleet, const std::atomic<int>& interrupts,
                                       const LookProgress& progress);

}  // namespace breakwater::operations
