#pragma once
// What takes a rollout forward that nobody conducts.
#include <string>

#include "orchestrator/core/start_rules.hpp"

namespace breakwater {

/// What to type. A conductor brings what is under way to rest; what a pause or a stop holds needs a resume, or it waits
/// for ever.
std::string way_on(const RolloutState& rollout);

/// The row that says so of a rollout that is not over.
Blocker not_conducted(const RolloutState& rollout);

}  // namespace breakwater
