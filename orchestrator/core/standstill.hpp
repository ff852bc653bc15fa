#pragma once
// Rows of the start rules for one host whose command stands still: what it waits for, and what ends that.
#include <string>
#include <vector>

#include "orchestrator/core/start_rules.hpp"

namespace breakwater {

/// Our own side fails.
Blocker own_side_wait(const RolloutState& rollout, HostIndex host);
/// Its BMC shows a key that nobody vouched for.
Blocker key_wait(const RolloutState& rollout, HostIndex host);
/// Those of a rollout that wait for a key; the first of them are named.
std::vector<Blocker> key_waits(const RolloutState& rollout);
/// The command that vouches for a key.
std::string trust_command(const std::string& host, const std::string& sha256);

}  // namespace breakwater
