#pragma once
// One process conducts, for everybody: a second `apply` hands its rollout over, and takes the lock once the first is
// gone.
#include "orchestrator/operations/conducting.hpp"
#include "orchestrator/operations/request.hpp"

namespace breakwater::operations {

/// A conductor may be looking at its hosts before it takes anything up.
inline constexpr Duration kHandOverPatience{10 * 60'000};

enum class Conducts { this_process, another };
/// Who conducts from here on: this process with the lock, unless another one holds it.
Result<Conducts, Problem> take_lock(journal::Store& store, const std::string& rollout);

/// A problem where the process that conducts takes no host of this rollout forward, because it cannot speak to them.
Result<void, Problem> takes_forward(journal::Store& store, const std::string& rollout);

struct HandedOver {
  RolloutId rollout = 0;
  /// Another `apply` of the same plan file, or of the same Rollout, was quicker: what this one would have begun may
  /// differ from what that one did.
  bool begun_by_another = false;
};

/// Hands a new rollout to the process that conducts; one that has begun is its already, also where another `apply` was
/// quicker. Should that process go away first, the rollout is begun all the same, and waits for its conductor. A
/// problem where its hosts were taken meanwhile, where that process can never speak to its BMCs, where the run of its
/// plan file is over by now, or where nobody took it up in time or before an interrupt: then nothing begins.
Result<HandedOver, Problem> hand_over(journal::Store& store, RolloutToConduct what, const Clockwork& clock,
                                      const std::atomic<int>& interrupts);

}  // namespace breakwater::operations
