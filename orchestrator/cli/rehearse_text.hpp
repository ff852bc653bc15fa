#pragma once
// What a rehearsal came to, as a terminal shows it.
#include <string>

#include "orchestrator/cli/console.hpp"
#include "orchestrator/rehearsal/forecast.hpp"

namespace breakwater::cli {

std::string rehearsal_text(const ResolvedPlan& plan, const rehearsal::Rehearsal& made, const Console& console);

/// What a rollout waits for, in words: `limit per rack`.
std::string hold_words(const rehearsal::Hold& hold);

}  // namespace breakwater::cli
