#pragma once
// The next step of a host: the command that carries its trip on, and the rule that keeps it. decide() issues it where
// no rule does, and explain tells the same rule.
#include <optional>

#include "orchestrator/core/start_rules.hpp"

namespace breakwater {

Command command_for(const RolloutState& rollout, HostIndex host, Action action, std::uint32_t update);

/// The next component of a host that goes back.
Command way_back_command(const RolloutState& rollout, HostIndex host);

struct NextStep {
  Command command;
  std::optional<Blocker> blocker;  ///< the rule that binds it, the first one; nothing where it may be issued
};

/// The next command of a host in flight that has none open. What keeps it is a pause or a stop, the failed rollbacks of
/// others, its back-off, or the calendar, in this order.
NextStep next_step(const RolloutState& rollout, HostIndex host, Now now);

}  // namespace breakwater
