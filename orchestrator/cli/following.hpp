#pragma once
// A rollout that another process conducts, shown from the journal.
#include <functional>

#include "orchestrator/cli/apply_view.hpp"
#include "orchestrator/cli/exit_code.hpp"
#include "orchestrator/core/explain.hpp"
#include "orchestrator/operations/installation.hpp"

namespace breakwater::cli {

/// Shows what is recorded of a rollout from here on until it is finished, or until `ends()`, asked several times a
/// second.
Result<void, Problem> follow(ApplyView& view, JournalRead& journal, RolloutId rollout,
                             const std::function<bool()>& ends);

/// How it came that this process no longer follows.
enum class Followed {
  over,  ///< what it followed is over
  left,  ///< it was asked to leave; the other process conducts on
  ours,  ///< the process that conducted is gone, and the lock of `store` is held
};
/// Follows until the rollout is finished or `over()`, and stands by to conduct meanwhile. Says why it left or conducts.
Result<Followed, Problem> follow_or_take_over(const Console& console, ApplyView& view, JournalRead& journal,
                                              RolloutId rollout, journal::Store& store,
                                              const std::function<bool()>& over);

/// The present moment for a fold that somebody else's records make, by whoever holds the lock. Where nobody conducts,
/// durations are reckoned from a conductor's last record, as the next one will.
Present present_of(journal::Store& store, const Fleet& fleet);

/// What a conductor waits for then, or would. Where it would begin something first, without the rows that ask for room.
std::vector<Blocker> waits_of(const Fleet& fleet, RolloutId rollout, const Present& present);

}  // namespace breakwater::cli
