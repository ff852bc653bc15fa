#include "orchestrator/core/outcome.hpp"

#include <algorithm>

namespace breakwater {
namespace {

const PlannedHost& planned(const RolloutState& rollout, const Command& command) {
  return rollout.plan->hosts[command.host];
}

/// Something may run that should not: roll it back by the proven way, or call for hands.
Input failed(const RolloutState& rollout, const Command& command, std::uint32_t touched) {
  const bool may = rollout.plan->roll_back_host && has_way_back(planned(rollout, command), touched);
  return may ? Input::gone_wrong : Input::hands_needed;
}

/// Where a host goes that is ready for its next image.
Input next_image(const RolloutState& rollout, const HostTrip& trip, bool stages, const Command& command) {
  if (gets_no_image(rollout, trip)) return without_image(rollout, trip, command.host);
  if (rollout.paused && trip.touched == 0) return Input::taken_back;
  return stages ? Input::can_stage : Input::can_apply;
}

Input after_prepare(const RolloutState& rollout, const HostTrip& trip, const Command& command, const Outcome& outcome) {
  switch (outcome.verdict) {
    case Outcome::Verdict::done:
      return next_image(rollout, trip, outcome.stages, command);
    case Outcome::Verdict::current:
      return Input::all_current;
    case Outcome::Verdict::untouched:
    case Outcome::Verdict::failed:
    case Outcome::Verdict::lost:
      return Input::turned_away;
  }
  return Input::turned_away;
}

/// Nothing was sent for this update. Before its first one a host goes back into the line; a half updated one stays as
/// it is, and is asked again.
std::optional<Input> at_closed_window(const RolloutState& rollout, const HostTrip& trip, const Command& command) {
  const bool first = command.update == 0;
  if (!gets_no_image(rollout, trip)) return first ? std::optional(Input::taken_back) : std::nullopt;
  if (first) return Input::halted;
  return has_way_back(planned(rollout, command), command.update) ? Input::gone_wrong : Input::hands_needed;
}

std::optional<Input> after_stage(const RolloutState& rollout, const HostTrip& trip, const Command& command,
                                 const Outcome& outcome) {
  if (outcome.verdict == Outcome::Verdict::done) return Input::image_waits;
  if (outcome.verdict != Outcome::Verdict::untouched) return Input::hands_needed;
  if (outcome.cause == Cause::window_closed) return at_closed_window(rollout, trip, command);
  const bool again = outcome.cause == Cause::upload_failed && trip.uploads < rollout.plan->attempts.upload;
  if (again && gets_no_image(rollout, trip)) return next_image(rollout, trip, true, command);
  if (again && rollout.paused && trip.touched == 0) return Input::taken_back;
  if (again) return std::nullopt;
  return trip.touched > 0 ? failed(rollout, command, trip.touched) : Input::turned_away;
}

/// What was asked for and changed nothing is read again; what was provably never done needs no second word.
bool was_run(Cause cause) {
  return cause == Cause::unchanged || cause == Cause::failed_back || cause == Cause::task_failed;
}

std::optional<Input> after_activate(const RolloutState& rollout, const HostTrip& trip, const Command& command,
                                    const Outcome& outcome) {
  switch (outcome.verdict) {
    case Outcome::Verdict::done:
    case Outcome::Verdict::current:
      return Input::activated;
    case Outcome::Verdict::untouched:
      if (outcome.cause == Cause::window_closed && (command.update == 0 || command.upload)) {
        return at_closed_window(rollout, trip, command);
      }
      if (command.update > 0) return failed(rollout, command, command.update);
      return was_run(outcome.cause) ? Input::nothing_changed : Input::turned_away;
    case Outcome::Verdict::failed:
      return failed(rollout, command, command.update + 1);
    case Outcome::Verdict::lost:
      return Input::hands_needed;
  }
  return Input::hands_needed;
}

Input after_check(const RolloutState& rollout, const HostTrip& trip, const Command& command, const Outcome& outcome) {
  if (outcome.verdict == Outcome::Verdict::lost) return Input::hands_needed;
  if (outcome.verdict != Outcome::Verdict::done) return failed(rollout, command, trip.touched);
  const bool more = trip.touched < planned(rollout, command).updates.size();
  return more ? next_image(rollout, trip, trip.stages, command) : Input::all_hold;
}

/// Where a host goes that is as it was.
Input left(const HostTrip& trip) {
  return trip.back_in_part ? Input::left_as_before : Input::left_updated;
}

/// Its way back has sent and asked for nothing.
bool began_nothing_back(const HostTrip& trip) {
  const auto acts = [](const Evidence& one) {
    return one.kind == Evidence::Kind::sending || one.kind == Evidence::Kind::start_asked ||
           one.kind == Evidence::Kind::reset_asked || one.kind == Evidence::Kind::cancel_asked;
  };
  return trip.touched == trip.back_from && std::none_of(trip.evidence.begin(), trip.evidence.end(), acts);
}

/// A host that is well and whose BMC refused, or which runs what somebody else put there, stays as it is. One that was
/// found ill in its soak does not: it needs hands. One that a person released stays so where another machine has its
/// name: nothing of ours is there, and whoever released the host knows where it is.
Input after_roll_back(const HostTrip& trip, const Command& command, const Outcome& outcome) {
  if (outcome.verdict == Outcome::Verdict::done) {
    return next_back(trip, command.update) ? Input::one_undone : Input::undone;
  }
  const bool elsewhere = outcome.cause == Cause::identity_mismatch;
  if (trip.released && elsewhere && began_nothing_back(trip)) return Input::left_released;
  const bool untouched = outcome.verdict == Outcome::Verdict::untouched;
  const bool stays = goes_back_well(trip) || outcome.cause == Cause::drifted;
  return untouched && stays && is_whole(trip) ? left(trip) : Input::hands_needed;
}

/// Nothing was done: the host is where it was before the command, and its next one waits until nothing binds it.
std::optional<Input> after_withdrawal(const RolloutState& rollout, const HostTrip& trip, const Command& command) {
  switch (command.action) {
    case Action::activate:
      if (!command.upload) return Input::image_waits;
      break;
    case Action::roll_back:
      return is_whole(trip) ? std::optional(left(trip)) : std::nullopt;
    case Action::watch:
      return std::nullopt;
    case Action::prepare:
    case Action::stage:
    case Action::check:
    case Action::cancel:
    case Action::check_back:
      break;
  }
  const std::uint32_t touched = command.action == Action::activate ? command.update : trip.touched;
  if (touched == 0) return gets_no_image(rollout, trip) ? Input::halted : Input::taken_back;
  if (!gets_no_image(rollout, trip)) return std::nullopt;
  return has_way_back(planned(rollout, command), touched) ? Input::gone_wrong : Input::hands_needed;
}

/// Whether an image may wait there that nobody made run: a host that is left with it runs it at its next restart.
bool leaves_image(const HostTrip& trip, const Command& command, const Outcome& outcome) {
  if (outcome.verdict == Outcome::Verdict::done || outcome.cause == Cause::withdrawn) return false;
  const auto sends = [](const Evidence& one) { return one.kind == Evidence::Kind::sending; };
  const bool sent = std::any_of(trip.evidence.begin(), trip.evidence.end(), sends);
  const bool untouched = outcome.verdict == Outcome::Verdict::untouched;
  return command.action == Action::cancel || (command.action == Action::stage && sent && !untouched);
}

}  // namespace

bool has_way_back(const PlannedHost& host, std::uint32_t touched) {
  for (std::uint32_t i = 0; i < touched && i < host.updates.size(); ++i) {
    if (host.updates[i].way_back == WayBack::none) return false;
  }
  return true;
}

bool has_way_back(const PlannedHost& host, const HostTrip& trip) {
  for (auto i = next_back(trip, trip.touched); i; i = next_back(trip, *i)) {
    if (*i < host.updates.size() && host.updates[*i].way_back == WayBack::none) return false;
  }
  return true;
}

bool gets_no_image(const RolloutState& rollout, const HostTrip& trip) {
  return rollout.halted || trip.undo;
}

Cause taken_out_by(const RolloutState& rollout, const HostTrip& trip) {
  if (trip.recalled) return Cause::recalled;
  return rollout.halted ? Cause::halted : Cause::asked;
}

Input without_image(const RolloutState& rollout, const HostTrip& trip, HostIndex host) {
  if (trip.touched == 0) return Input::halted;
  const bool may = has_way_back(rollout.plan->hosts[host], trip.touched);
  return may ? Input::gone_wrong : Input::hands_needed;
}

bool brought_nothing(const Command& command, const Outcome& outcome) {
  if (command.action == Action::roll_back) return outcome.verdict == Outcome::Verdict::done;
  return command.action == Action::activate && outcome.verdict == Outcome::Verdict::untouched;
}

std::optional<Input> input_of(const RolloutState& rollout, const HostTrip& trip, const Command& command,
                              const Outcome& outcome) {
  if (outcome.cause == Cause::withdrawn) return after_withdrawal(rollout, trip, command);
  const bool done = outcome.verdict == Outcome::Verdict::done;
  switch (command.action) {
    case Action::prepare:
      return after_prepare(rollout, trip, command, outcome);
    case Action::stage:
      return after_stage(rollout, trip, command, outcome);
    case Action::activate:
      return after_activate(rollout, trip, command, outcome);
    case Action::check:
      return after_check(rollout, trip, command, outcome);
    case Action::cancel:
      if (!done) return Input::hands_needed;
      if (gets_no_image(rollout, trip)) return without_image(rollout, trip, command.host);
      return trip.touched > 0 ? Input::can_stage : Input::taken_back;
    case Action::roll_back:
      return after_roll_back(trip, command, outcome);
    case Action::check_back:
      return done ? Input::came_back : Input::hands_needed;
    case Action::watch:
      // Only what was read speaks against it; one that could not be read is looked at again.
      if (outcome.verdict != Outcome::Verdict::failed) return std::nullopt;
      return failed(rollout, command, trip.touched);
  }
  return Input::hands_needed;
}

std::optional<Input> input_of(const Fleet& fleet, const CommandEnded& ended) {
  const RolloutState* rollout = fleet.find(ended.rollout);
  if (!rollout || ended.host >= rollout->hosts.size()) return std::nullopt;
  const HostTrip& trip = rollout->hosts[ended.host];
  if (!trip.open || trip.open->id != ended.command) return std::nullopt;
  return input_of(*rollout, trip, *trip.open, ended.outcome);
}

void note_reading(HostTrip& trip, const Command& command, const Outcome& outcome) {
  if (!outcome.versions.empty()) trip.versions = outcome.versions;
  if (command.action == Action::prepare && outcome.verdict == Outcome::Verdict::done) {
    trip.stages = outcome.stages;
    trip.baseline = outcome.baseline;
  }
}

void note_result(HostTrip& trip, const Command& command, const Outcome& outcome) {
  const bool done = outcome.verdict == Outcome::Verdict::done;
  const bool untouched = outcome.verdict == Outcome::Verdict::untouched;
  if (command.action == Action::watch && outcome.verdict != Outcome::Verdict::failed) {
    const bool finds = done && trip.cause == Cause::none && !outcome.detail.empty();
    if (finds) trip.detail = outcome.detail;
    return;
  }
  if (command.action == Action::activate && untouched) trip.touched = command.update;
  if (leaves_image(trip, command, outcome)) trip.touched = command.update + 1;
  if (command.action == Action::roll_back && done) trip.touched = command.update;
  const bool runs = command.action == Action::activate && (done || outcome.verdict == Outcome::Verdict::current);
  trip.proved = runs ? command.update + 1 : std::min(trip.proved, trip.touched);
  if (outcome.cause == Cause::withdrawn) {
    if (command.action == Action::stage) --trip.uploads;
    return;
  }
  // An earlier try's failure is no fact of a host that went on.
  const bool went_on = done && (command.action == Action::stage || command.action == Action::check);
  if (outcome.cause == Cause::none && !went_on) return;
  // A way back that fails does not hide why it was taken. One after a release was taken because a person asked.
  const bool back = command.action == Action::roll_back || command.action == Action::check_back;
  std::string before;
  if (back && !done && !trip.released && !(untouched && command.well) && trip.cause != Cause::none &&
      trip.cause != outcome.cause) {
    before = "; it went back because of " + std::string(to_string(trip.cause));
    if (!trip.detail.empty()) before += ": " + trip.detail;
  }
  trip.cause = outcome.cause;
  trip.detail = outcome.detail + before;  // without a cause: what a check found beside
}

void note_input(const RolloutState& rollout, HostTrip& trip, Input input) {
  if (trip.state == State::updated && input == Input::gone_wrong) trip.undo = true;
  if (input == Input::can_stage || input == Input::can_apply) {
    trip.update = trip.touched;
    trip.uploads = 0;
  }
  if (input == Input::taken_back) {
    trip.cause = Cause::none;
    trip.detail.clear();
  }
  const bool ends_early = input == Input::halted || input == Input::gone_wrong || input == Input::hands_needed;
  if (ends_early && trip.cause == Cause::none && gets_no_image(rollout, trip)) {
    trip.cause = taken_out_by(rollout, trip);
  }
}

}  // namespace breakwater
