// apply(), for the brakes of ways back: a few go first, those that fail or are refused stop the rest until an operator
// asks again, and a host that runs what somebody else put there is left alone.
#include <algorithm>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/core/fleet.hpp"
#include "orchestrator/core/look.hpp"

namespace breakwater {

void Fleet::begin_way_back(RolloutState& rollout, HostIndex host) {
  HostTrip& trip = rollout.hosts[host];
  if (may_go_back(trip)) {
    leave_undos(rollout, host);
    move(rollout, host, Input::undo);
  }
  if (trip.back_from > 0) return;
  if (trip.released) trip.unseen.clear();  // an updated host's is its soak's
  trip.back_from = trip.touched;
  worked_[machine_of(rollout.plan->hosts[host])] = rollout.id;
  ++rollout.ways_back.under_way;
}

/// What the end of one of its commands says of the ways back of the others. A host that drifted says nothing.
void Fleet::judge_way_back(RolloutState& rollout, const Command& command, const CommandEnded& event) {
  HostTrip& trip = rollout.hosts[event.host];
  WaysBack& brakes = rollout.ways_back;
  const std::string& name = rollout.plan->hosts[event.host].name;
  const Outcome& outcome = event.outcome;
  const bool began = trip.back_from > 0;  // a host that was only checked went no way back
  const bool nothing_back = command.action == Action::roll_back && trip.touched == trip.back_from;
  const bool over = event.input != Input::one_undone && event.input != Input::undone && event.input.has_value();
  if (began && (over || (outcome.cause == Cause::withdrawn && nothing_back))) {
    trip.back_from = 0;
    --brakes.under_way;
  }
  if (!began || outcome.cause == Cause::withdrawn) return;
  if (event.input == Input::came_back) ++brakes.well;
  const std::string why = std::string(to_string(outcome.cause)) + (outcome.detail.empty() ? "" : ": " + outcome.detail);
  if (event.input == Input::left_released) {
    trip.undo = false;
    trip.unseen = why;
    return;
  }
  const bool drifted = outcome.cause == Cause::drifted;
  const bool left = event.input == Input::left_updated || event.input == Input::left_as_before;
  if (left || drifted) leave_alone(rollout, event.host, outcome);
  if (drifted && event.input == Input::left_updated) trip.drifted = true;
  if (drifted) return;
  if (outcome.verdict == Outcome::Verdict::untouched) {
    hold_ways_back(rollout, "the rollback of " + name + " was refused and did nothing (" + why + ')');
  } else if (event.input == Input::hands_needed && ++brakes.failed >= rollout.plan->way_back_failures) {
    hold_ways_back(rollout, count_of(static_cast<std::size_t>(brakes.failed), "rollback") +
                                " failed, the last one of " + name + " (" + why + ')');
  }
}

/// No further way back begins before an operator asks for it, or lets them go on.
void Fleet::hold_ways_back(RolloutState& rollout, std::string why) {
  rollout.ways_back.held_at = last_seq_;
  rollout.ways_back.held_why = std::move(why);
  hold_undos(rollout);
}

void Fleet::hold_undos(RolloutState& rollout) {
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    if (rollout.undos.remove(undo_order(rollout.hosts[host]), host)) rollout.bound_undos.insert(host);
  }
}

/// It stays as it is until an operator asks again. What somebody else put there, this run did not bring.
void Fleet::leave_alone(RolloutState& rollout, HostIndex host, const Outcome& outcome) {
  rollout.hosts[host].undo = false;
  if (outcome.cause != Cause::drifted) return;
  const std::vector<PlannedUpdate>& updates = rollout.plan->hosts[host].updates;
  for (const std::uint32_t i : still_brought(rollout, host)) {
    if (i >= outcome.versions.size()) continue;
    if (reads_as(*rollout.plan, updates[i], outcome.versions[i]) != Runs::other) continue;
    if (const Brought* later = later_that_ran(rollout, host, i, outcome.versions[i])) {
      std::uint32_t& proved = rollouts_.at(later->rollout).hosts[later->host].proved;
      proved = std::max(proved, later->update + 1);
    } else {
      untouch(rollout, host, i);
    }
  }
}

}  // namespace breakwater
