#pragma once
// What a rehearsal came to: as a terminal shows it, as JSON, and as a picture.
#include <string>

#include "orchestrator/rehearsal/forecast.hpp"
#include "orchestrator/views/ink.hpp"

namespace breakwater::views {

std::string rehearsal_text(const ResolvedPlan& plan, const rehearsal::Rehearsal& made, const Paint& paint);

std::string rehearsal_json(const ResolvedPlan& plan, const rehearsal::Rehearsal& made);

/// Hosts by state over virtual time, one panel a scenario, each scenario's run of median length: SVG without script.
/// It needs the samples.
std::string rehearsal_chart(const ResolvedPlan& plan, const rehearsal::Rehearsal& made);

/// What a rollout waits for, in words: `limit per rack`.
std::string hold_words(const rehearsal::HeldBy& hold);
/// The same for a program: `per rack`.
std::string hold_name(const rehearsal::HeldBy& hold);

}  // namespace breakwater::views
