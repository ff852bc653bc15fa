#pragma once
// From what a person wants to have rolled back to the hosts that it covers and the wishes that say so.
#include <string>
#include <vector>

#include "orchestrator/core/recall.hpp"
#include "orchestrator/operations/problem.hpp"

namespace breakwater::operations {

/// Either the runs of a rollout, or a Release over all history. Empty is what was not given.
struct RollBackWanted {
  std::string rollout;  ///< a name, a run's name or a file
  std::string wave;
  std::string host;
  std::string release;   ///< `NAME@sha256:...`; the digest decides, and the name must be one that it came by
  std::string selector;  ///< of a Release's hosts
};

struct RollBackPlan {
  std::vector<Recalled> covered;
  std::vector<OperatorAsked> asked;  ///< one for each run, in order of their start; of a recall that covers nothing
                                     ///< one, so that it is remembered
  std::vector<std::string> notes;    ///< for people: what goes beyond what they named
};

/// Nothing is asked of anybody yet. A run that brings a recalled Release and is not over is rolled back as a whole,
/// unless a selector says which hosts.
Result<RollBackPlan, Problem> plan_roll_back(const Fleet& fleet, const RollBackWanted& wanted);

/// A warning for each image of a plan that an operator had rolled back, or recalled: when, who, how and why.
std::vector<std::string> images_taken_back(const ResolvedPlan& plan, const Fleet& fleet);

/// One sentence for each later run that has hosts of these: what becomes of them.
std::vector<std::string> in_later_runs(const Fleet& fleet, const std::vector<Recalled>& covered);

}  // namespace breakwater::operations
