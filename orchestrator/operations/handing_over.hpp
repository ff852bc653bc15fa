#pragma once
// One process conducts, for everybody: a second `apply` hands its rollout over.
#include "orchestrator/core/event.hpp"
#include "orchestrator/journal/store.hpp"
#include "orchestrator/operations/problem.hpp"

namespace breakwater::operations {

/// A conductor may be looking at its hosts before it takes anything up.
inline constexpr Duration kHandOverPatience{10 * 60'000};

/// Hands a planned rollout to the process that conducts, and returns its id. Should that process go away first, the
/// rollout is begun all the same, and waits for its conductor. A problem where its hosts were taken meanwhile, or where
/// nobody took it up in time.
Result<RolloutId, Problem> hand_over(journal::Store& store, RolloutStarted started);

}  // namespace breakwater::operations
