#pragma once
// Carrying a rollout on to its end in this process, under the conductor's lock: for `apply`, and for a `rollback` that
// nobody else carries out.
#include <atomic>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "orchestrator/conductor.hpp"
#include "orchestrator/operations/installation.hpp"

namespace breakwater::operations {

/// What a conductor works with; all of it outlives the run.
struct Workplace {
  BmcAccess& bmcs;
  journal::Store& store;  ///< its lock is held
  ImageStore& images;
  Fleet& fleet;                        ///< the fold of all records
  const std::atomic<int>& interrupts;  ///< one starts nothing new, two leave now
  Watcher watcher;
  /// Told of Problem::Kind::journal_broken while conversations still stand where they are. A process ends itself here.
  std::function<void(const Problem&)> on_journal_broken;
};

struct NewRollout {
  ResolvedPlan plan;
  std::string by;  ///< who starts it
};
/// Hosts of these runs are to be rolled back; not empty. No host starts that waits.
struct RollBacks {
  std::vector<OperatorAsked> asked;
};
/// One that has begun goes on; a new one begins.
using RolloutToConduct = std::variant<RolloutId, NewRollout, RollBacks>;

struct Conducted {
  RolloutId rollout = 0;
  Conductor::End end = Conductor::End::finished;
  bool handed_on = false;  ///< another process conducts what is left, and the lock is not held any more
};
Result<Conducted, Problem> conduct(const Workplace& place, RolloutToConduct what);

}  // namespace breakwater::operations
