#include "orchestrator/core/next_step.hpp"

#include "orchestrator/core/binding.hpp"
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
  // Whoever saw to a host that was quarantined may have put another version there.
  command.ran = command.update < trip.proved || trip.released;
  command.well = is_whole(trip) && goes_back_well(trip);
  return command;
}

namespace {

bool is_before_image(State state) {
  return state == State::staging || state == State::staged || state == State::activating;
}

/// `closed`: the calendar lets nothing run now.
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
    case State::refused:
    case State::not_started:
    case State::rolled_back:
    case State::quarantined:
      break;
  }
  return command_for(rollout, host, Action::prepare, 0);
}

/// What goes back, or gets no image any more, is not bound by windows.
std::optional<Blocker> calendar_for_step(const RolloutState& rollout, HostIndex host, Now now) {
  const HostTrip& trip = rollout.hosts[host];
  if (!is_before_image(trip.state) || gets_no_image(rollout, trip)) return std::nullopt;
  return closed_for_next(rollout, host, now);
}

std::optional<Blocker> held(const RolloutState& rollout, const HostTrip& trip, const Command& next) {
  if (!binds(rollout, trip, next.action, next.upload)) return std::nullopt;
  const bool back = next.action == Action::roll_back;
  if (back && !paused_before(rollout, trip)) return Blocker{StartRule::held_back, rollout.ways_back.held_why};
  auto blocker = held_by_operator(rollout);
  blocker->text += back ? "; its rollback waits" : "; its next step waits";
  return blocker;
}

}  // namespace

NextStep next_step(const RolloutState& rollout, HostIndex host, Now now) {
  const HostTrip& trip = rollout.hosts[host];
  auto closed = calendar_for_step(rollout, host, now);
  NextStep next{next_command(rollout, host, closed.has_value()), std::nullopt};
  next.blocker = held(rollout, trip, next.command);
  if (!next.blocker) next.blocker = backs_off(trip.not_before, now);
  // A host that is half updated waits for its window; one that is untouched leaves its place to others.
  const bool waits = trip.touched > 0 && next.command.action != Action::cancel;
  if (!next.blocker && waits) next.blocker = std::move(closed);
  return next;
}

}  // namespace breakwater
