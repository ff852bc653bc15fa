#pragma once
// Answering: what a row of the tray becomes in the journal.
#include <functional>
#include <string>

#include "orchestrator/core/event.hpp"
#include "orchestrator/core/fleet.hpp"
#include "orchestrator/journal/store.hpp"

namespace breakwater {

/// A plan that waited longer than this in the tray is not begun any more: what it saw may be history.
inline constexpr Duration kHandOverFresh{15 * 60'000};

/// Why a process can never carry a plan out, however long it waits; empty where it can.
using Unable = std::function<std::string(const ResolvedPlan&)>;

/// What a row of the tray comes to: an operator's wish, or a rollout that is handed over and begins, or is refused
/// because its hosts are not free, its plan is old, its asker left, or who answers is unable. A row that is neither was
/// not written by Breakwater: a pause of the newest rollout is the safe reading of it.
Event answer_to(const journal::Request& request, const Fleet& fleet, Instant wall, const Unable& unable = {});

}  // namespace breakwater
