#include "orchestrator/core/next_step.hpp"

#include "orchestrator/core/outcome.hpp"

namespace breakwater {

Command command_for(const RolloutState& rollout, HostIndex host, Action action, std::uint32_t update) {
  Command command;
  command.rollout = rollout.id;
  command.host = host;
  command.action = action;
  command.update = update;
  return command;
}

Command way_back_command(const RolloutState& rollout, HostIndex host) {
  const HostTrip& trip = rollout.hosts[host];
  Command command = command_for(rollout, host, Action::roll_back, next_back(trip, trip.touched).value_or(0));
  command.stays = trip.stays;
  command.ran = command.update < trip.proved;
  const bool whole = trip.order != 0 && trip.touched == rollout.plan->hosts[host].updates.size();
  command.well = whole && goes_back_well(trip);
  return command;
}

bool is_before_image(State state) {
  return state == State::staging || state == State::staged || state == State::activating;
}

Command next_command(const RolloutState& rollout, HostIndex host, bool closed) {
  const HostTrip& trip = rollout.hosts[host];
  switch (trip.state) {
    case State::staging:
      return command_for(rollout, host, Action::stage, trip.update);
    case State::staged: {
      const bool take_back = gets_no_image(rollout, trip) || rollout.stopping || (closed && trip.touched == 0);
      return command_for(rollout, host, take_back ? Action::cancel : Action::activate, trip.update);
    }
    case State::activating: {
      Command command = command_for(rollout, host, Action::activate, trip.update);
      command.upload = true;
      return command;
    }
    case State::checking:
      return command_for(rollout, host, Action::check, trip.touched);
    case State::rolling_back:
      return way_back_command(rollout, host);
    case State::checking_back: {
      Command command = command_for(rollout, host, Action::check_back, 0);
      command.stays = trip.stays;
      return command;
    }
    case State::waiting:
    case State::preparing:
    case State::updated:
    case State::current:
    case State::skipped:
    case State::refused:
    case State::not_started:
    case State::rolled_back:
    case State::quarantined:
      break;
  }
  return command_for(rollout, host, Action::prepare, 0);
}

}  // namespace breakwater
