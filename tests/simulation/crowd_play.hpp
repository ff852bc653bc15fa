#pragma once
// Several rollouts at once over the same hosts, with faults, operators, and processes that die: they are begun, handed
// over to the process that conducts, paused, stopped, rolled back and abandoned.
#include <functional>
#include <optional>
#include <string>

#include "tests/simulation/checker.hpp"

namespace breakwater::simulation {

/// Plays one seed; what the crowd checker demands is told there. `say` gets a line for every event, where it is given.
std::optional<Violation> play_crowd(std::uint64_t seed, const std::function<void(const std::string&)>& say = {});

}  // namespace breakwater::simulation
