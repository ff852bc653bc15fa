#pragma once
// Rows of the start rules for one host whose command stands still: what it waits for, and what ends that.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/start_rules.hpp"

namespace breakwater {

/// Our own side fails.
Blocker own_side_wait(const RolloutState& rollout, HostIndex host);
/// The process that conducts lacks what hosts of the rollout need that wait; nothing where it lacks nothing.
std::optional<Blocker> cannot_speak(std::string_view lacks);
/// Its BMC shows a key that nobody vouched for.
Blocker key_wait(const RolloutState& rollout, HostIndex host);
/// Those of a rollout that wait for a key; the first of them are named.
std::vector<Blocker> key_waits(const RolloutState& rollout);
/// What a person has to act on before hosts of a rollout go on, our own side first; without what `told` says already.
std::vector<Blocker> standstills(const RolloutState& rollout, const std::vector<Blocker>& told);
/// The command that vouches for a key.
std::string trust_command(const std::string& host, const std::string& sha256);

}  // namespace breakwater
