#pragma once
// Carrying a rollout in front of a terminal: what is shown, what Ctrl-C means, and the code to leave with.
#include "orchestrator/cli/apply_view.hpp"
#include "orchestrator/cli/exit_code.hpp"
#include "orchestrator/cli/outlet.hpp"
#include "orchestrator/operations/conducting.hpp"

namespace breakwater::cli {

/// The outlet for everything that is said while `store` is locked.
Outlet outlet_for(const Console& console, ApplyView::Mode mode);

/// Shows every step through the outlet; Ctrl-C leaves. `store` is locked, and `fleet` is the fold of all its records.
Result<Conducted, Problem> conduct_here(const Console& console, Outlet& outlet, Installation& installation,
                                        journal::Store& store, Fleet& fleet, ApplyView::Mode mode,
                                        RolloutToConduct what);

/// The code that an `apply` leaves with.
Exit exit_for(const RolloutState& rollout, Conductor::End end);

/// Which hosts a roll back does not touch because they are quarantined, and what frees them; `hosts` is not empty.
std::string kept_in_quarantine(const std::vector<std::string>& hosts);

/// What came of roll backs, for people, and the code that a `rollback` leaves with: it speaks of the hosts that were
/// meant, whatever is left of their rollouts. 0 where none of them runs what was rolled back.
Exit say_rolled_back(const Console& console, const Fleet& fleet, const std::vector<OperatorAsked>& asked,
                     bool handed_on = false);

/// Which other rollouts are not over when this process leaves, and what carries them on.
void say_others(const Console& console, const Fleet& fleet, const Conducted& ended);

/// How it ended, for people, on stderr, with what to type next.
void say_end(const Console& console, const RolloutState& rollout, Conductor::End end);

}  // namespace breakwater::cli
