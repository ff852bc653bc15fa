#pragma once
// What `apply` does with what a person named: go on with a rollout, begin one, or nothing.
#include <atomic>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "orchestrator/operations/conducting.hpp"
#include "orchestrator/operations/left_out_hosts.hpp"
#include "orchestrator/operations/target.hpp"

namespace breakwater::operations {

/// It has begun and is not over: it goes on from the journal alone.
struct GoesOn {
  RolloutId rollout = 0;
  std::string name;
  std::vector<std::string> changes;  ///< of the documents since it began, for people, one line each
};

/// The plan has no hosts: nothing begins.
struct NothingToBegin {
  ResolvedPlan plan;
};

using Choice = std::variant<GoesOn, NewRollout, NothingToBegin>;

/// Chooses, and plans a rollout that has not begun. Refused: a plan file whose rollout is over, a plan file beside a
/// rollout that has begun with another plan, a stale plan, a plan with more hosts away than `allowed`. `by` starts a
/// new rollout.
Result<Choice, Problem> choose(Installation& installation, const Target& target, const Fleet& fleet,
                               const std::string& by, const std::optional<AwayAllowed>& allowed,
                               const std::atomic<int>& interrupts, const LookProgress& progress);

/// What is chosen where this has begun and is not over: a problem where a plan file is another one than it began with.
Result<GoesOn, Problem> go_on(const Target& target, const RolloutState& begun);

/// A plan file is applied once, and its run is over.
Problem applied_already(const RolloutState& run);

/// Why a plan has no hosts.
struct Idle {
  enum class Kind {
    converged,  ///< every host runs what the rollout wants, or the documents leave it out
    no_host,    ///< no host matches, or those that are left do not answer or may not be touched
    own_side    ///< what we need to speak to BMCs cannot be read
  } kind = Kind::converged;
  std::string text;
  std::string next{};  ///< what to type; empty where nothing is wrong
};
/// `plan` has no hosts. Where it is said how many may be away, no more are.
Idle idle_of(const ResolvedPlan& plan, const std::optional<AwayAllowed>& allowed, const std::string& rollout_file);

/// What a choice asks of a conductor; never of NothingToBegin.
RolloutToConduct to_conduct(Choice choice);

}  // namespace breakwater::operations
