#pragma once
// Several rollouts over the same hosts, some of them abandoned and their hosts released, then a recall by image, at
// some moment of the last of them. Nothing goes wrong, but that a last rollout of a newer image may be refused, do
// nothing or go back: so nothing may stay behind.
#include <functional>
#include <optional>
#include <string>

#include "tests/simulation/checker.hpp"

namespace breakwater::simulation {

/// Plays one seed. `I25` where a host still runs what was recalled, or was brought back though it did not; `I1` where
/// two commands were under way on one host. `say` gets a line for every event, where it is given.
std::optional<Violation> play_recall(std::uint64_t seed, const std::function<void(const std::string&)>& say = {});

}  // namespace breakwater::simulation
