#pragma once
// The next step of a host: the command that carries its trip on.
#include "orchestrator/core/fleet.hpp"

namespace breakwater {

Command command_for(const RolloutState& rollout, HostIndex host, Action action, std::uint32_t update);

/// The next component of a host that goes back.
Command way_back_command(const RolloutState& rollout, HostIndex host);

/// True before the present image of a host has run.
bool is_before_image(State state);

/// The next command of a host in flight that has none open. `closed`: the calendar lets nothing run now.
Command next_command(const RolloutState& rollout, HostIndex host, bool closed);

}  // namespace breakwater
