#pragma once
// What a rehearsal came to, as a terminal shows it.
#include <string>

#include "orchestrator/rehearsal/forecast.hpp"
#include "orchestrator/views/ink.hpp"

namespace breakwater::views {

std::string rehearsal_text(const ResolvedPlan& plan, const rehearsal::Rehearsal& made, const Paint& paint);

/// What a rollout waits for, in words: `limit per rack`.
std::string hold_words(const rehearsal::Hold& hold);

}  // namespace breakwater::views
