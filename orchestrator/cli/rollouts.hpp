#pragma once
// Which rollout a person means.
#include <string>

#include "orchestrator/cli/failure.hpp"
#include "orchestrator/core/fleet.hpp"

namespace breakwater::cli {

/// The rollout of this name that was started last; the file of a Rollout stands for its name.
Result<const RolloutState*, Failure> find_rollout(const Fleet& fleet, const std::string& name_or_file);

}  // namespace breakwater::cli
