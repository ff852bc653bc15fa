// apply(), for what operators ask: what a pause or a stop binds, what is to be rolled back, who is released.
#include <algorithm>
#include <utility>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

void Fleet::take(const OperatorAsked& event) {
  if (event.verb == Verb::release) return release(event.host);
  if (event.verb == Verb::discount) return discount(event.host);
  RolloutState& rollout = rollouts_.at(event.rollout);
  switch (event.verb) {
    case Verb::pause:
      bind(rollout, event);
      break;
    case Verb::resume:
      go_on(rollout);
      break;
    case Verb::stop:
      rollout.stopping = true;
      bind(rollout, event);
      break;
    case Verb::roll_back:
      roll_back(rollout, event);
      break;
    case Verb::abandon:
      abandon(rollout, event);
      break;
    case Verb::trust_key:
      trust_key(rollout, event);
      break;
    case Verb::release:
    case Verb::discount:
      break;
  }
}

void Fleet::roll_back(RolloutState& rollout, const OperatorAsked& asked) {
  rollout.ways_back.well = rollout.ways_back.failed = 0;
  note_taken_back(rollout, asked);
  if (!asked.recalls.empty()) note_recalled(asked.recalls);
  if (asked.host.empty() && asked.hosts.empty()) {
    const Undo undo = asked.wave ? Undo::of_wave(*asked.wave) : kUndoAll;
    for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
      if (undo.includes(rollout.plan->hosts[host].wave)) ask_back(rollout, host, asked);
    }
    const std::string why = asked.recalls.empty() ? "for it to be rolled back" : "for a recall of " + asked.recalls;
    return take(RolloutHalted{rollout.id, "an operator asked " + why, undo});
  }
  std::set<std::string_view> names{asked.hosts.begin(), asked.hosts.end()};
  if (!asked.host.empty()) names.insert(asked.host);
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    if (!names.contains(rollout.plan->hosts[host].name)) continue;
    ask_back(rollout, host, asked);
    open(rollout);
    undo(rollout, host);
  }
}

void Fleet::go_on(RolloutState& rollout) {
  rollout.paused = false;
  if (WaysBack& brakes = rollout.ways_back; brakes.held_at > 0) {
    brakes.well = brakes.failed = 0;
    brakes.held_at = 0;
    brakes.held_why.clear();
  }
  rollout.stopping = false;
  rollout.bound_by.clear();
  rollout.bound_why.clear();
  rollout.went_on = rollout.under_way(at_);
  for (const HostIndex host : std::set<HostIndex>(rollout.bound_undos)) queue(rollout, host);
}

/// An operator asks for its way back: no pause or stop from before binds it.
void Fleet::ask_back(RolloutState& rollout, HostIndex host, const OperatorAsked& asked) {
  rollout.hosts[host].asked_back = last_seq_;
  rollout.hosts[host].recalled = !asked.recalls.empty();
  if (rollout.bound_undos.contains(host)) queue(rollout, host);
}

/// It is over at once, and no host is touched: nobody conducts what it leaves.
void Fleet::abandon(RolloutState& rollout, const OperatorAsked& asked) {
  if (rollout.finished) return;
  rollout.halted = true;
  rollout.halt_reason = "abandoned by " + asked.by + (asked.reason.empty() ? "" : ": " + asked.reason);
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) give_up(rollout, host);
  take(RolloutFinished{rollout.id});
}

namespace {

std::string evidence_of(const HostTrip& trip, Evidence::Kind kind) {
  const auto seen = std::find_if(trip.evidence.rbegin(), trip.evidence.rend(),
                                 [kind](const Evidence& one) { return one.kind == kind; });
  return seen == trip.evidence.rend() ? std::string() : seen->text;
}

/// What of an image that was sent to a host in flight, or may have been, a person must know where nobody has seen it
/// run; empty where there is none.
std::string image_that_may_wait(const ResolvedPlan& plan, const PlannedHost& host, const HostTrip& trip) {
  const bool waited =
      trip.state == State::staged || (trip.state == State::activating && trip.open && !trip.open->upload);
  const bool sends = trip.open && is_mutating(trip.open->action);
  if (!waited && !(sends && !evidence_of(trip, Evidence::Kind::sending).empty())) return {};
  const PlannedUpdate& update = host.updates[trip.open ? trip.open->update : trip.update];
  const bool back = trip.state == State::rolling_back;
  const std::string task = waited ? trip.task : evidence_of(trip, Evidence::Kind::task);
  std::string text = plan.components[update.component].id + ' ';
  text += (back ? back_image_of(plan, update) : image_of(plan, update)).version + " was sent to it";
  if (!task.empty()) text += " (task " + task.substr(0, task.find(' ')) + ')';  // without the time of its start
  return text + ", and the rollout was abandoned before it ran: its next reset may flash it";
}

}  // namespace

/// A host that nothing of ours can have reached did not start; one that may hold something, or is owed its way back,
/// waits for a person. What is well stays as it is, and can still be rolled back.
void Fleet::give_up(RolloutState& rollout, HostIndex host) {
  HostTrip& trip = rollout.hosts[host];
  const bool owed = leave_undos(rollout, host);
  trip.undo = trip.undo_if_left = false;
  end_waiting(rollout, host);
  if (trip.open && trip.open->action == Action::watch) {
    trip.open.reset();
    --rollout.open_commands;
    close_look(rollout, host);
  }
  if (is_end(trip.state) && (!owed || is_released(trip))) return;
  leave_steps(rollout, host);
  const bool unreached =
      trip.state == State::waiting || trip.state == State::preparing || (between_images(trip) && trip.touched == 0);
  trip.detail = image_that_may_wait(*rollout.plan, rollout.plan->hosts[host], trip);
  trip.cause = trip.detail.empty() ? Cause::abandoned : Cause::armed;
  const bool before_it_ran = trip.state == State::staging || trip.state == State::staged;
  if (before_it_ran && trip.cause == Cause::armed) trip.touched = trip.update + 1;
  if (std::exchange(trip.open, std::nullopt)) --rollout.open_commands;
  if (std::exchange(trip.back_from, 0U) > 0) --rollout.ways_back.under_way;
  move(rollout, host, unreached ? Input::halted : Input::hands_needed);
}

}  // namespace breakwater
