#pragma once
// Which rollout, which wave and which hosts a person means.
#include <cstdint>
#include <string>
#include <vector>

#include "orchestrator/core/fleet.hpp"
#include "orchestrator/operations/problem.hpp"

namespace breakwater::operations {

/// The rollout of this name that was started last; the file of a Rollout stands for its name.
Result<const RolloutState*, Problem> find_rollout(const Fleet& fleet, const std::string& name_or_file);

/// A wave by its name, or by its number from 1.
Result<std::uint32_t, Problem> find_wave(const ResolvedPlan& plan, const std::string& name_or_number);

/// A roll back of the whole rollout; of one wave or one host where they are not empty.
Result<OperatorAsked, Problem> roll_back_of(const RolloutState& rollout, const std::string& wave,
                                            const std::string& host);

/// The hosts that a roll back meant and that still run what the rollout brought: no way back, or another rollout has
/// changed them since.
std::vector<std::string> left_behind(const RolloutState& rollout, const OperatorAsked& asked);

}  // namespace breakwater::operations
