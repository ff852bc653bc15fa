#include "orchestrator/core/binding.hpp"

#include <algorithm>

namespace breakwater {

bool paused_before(const RolloutState& rollout, const HostTrip& trip) {
  return rollout.paused && trip.asked_back < rollout.bound_at;
}

bool held_before(const RolloutState& rollout, const HostTrip& trip) {
  return trip.back_from == 0 && trip.asked_back < rollout.ways_back.held_at;
}

bool binds_way_back(const RolloutState& rollout, const HostTrip& trip) {
  return paused_before(rollout, trip) || held_before(rollout, trip);
}

bool waits_to_go_back(const HostTrip& trip) {
  return trip.undo && may_go_back(trip) && trip.cause != Cause::no_way_back;
}

bool binds(const RolloutState& rollout, const HostTrip& trip, Action next, bool upload) {
  if (next == Action::roll_back) return binds_way_back(rollout, trip);
  if (!rollout.paused) return false;
  switch (next) {
    case Action::prepare:
    case Action::stage:
      return true;
    case Action::activate:
      return upload || rollout.stopping;
    case Action::watch:
      return rollout.stopping;  // the process comes to rest; what is read later is read anew
    case Action::roll_back:
    case Action::check:
    case Action::cancel:
    case Action::check_back:
      return false;
  }
  return true;
}

bool withdraws(const RolloutState& rollout, const HostTrip& trip) {
  return trip.open && binds(rollout, trip, trip.open->action, trip.open->upload);
}

std::vector<CommandId> needless_looks(const Fleet& fleet) {
  std::vector<CommandId> looks;
  for (const RolloutId id : fleet.unfinished()) {
    const RolloutState& rollout = *fleet.find(id);
    for (const HostIndex host : rollout.untrusted) {
      const HostTrip& trip = rollout.hosts[host];
      const bool asked_back = trip.undo || fleet.domains()[trip.domains.back()].claims > 0;
      if (trip.open->action == Action::watch && (rollout.halted || asked_back)) looks.push_back(trip.open->id);
    }
  }
  return looks;
}

namespace {

/// The last record that something of the host's open command is about to be asked of its BMC; the end where none is.
std::vector<Evidence>::const_iterator last_begun(const std::vector<Evidence>& evidence) {
  const auto begun = std::find_if(evidence.rbegin(), evidence.rend(), [](const Evidence& seen) {
    return seen.kind == Evidence::Kind::sending || seen.kind == Evidence::Kind::start_asked ||
           seen.kind == Evidence::Kind::reset_asked;
  });
  return begun == evidence.rend() ? evidence.end() : std::prev(begun.base());
}

/// Whether what was asked last has reached its BMC: its body was sent, or a task was named for it.
bool was_given(std::vector<Evidence>::const_iterator begun, const std::vector<Evidence>& evidence) {
  return std::any_of(begun, evidence.end(), [](const Evidence& seen) {
    return seen.kind == Evidence::Kind::body_sent || seen.kind == Evidence::Kind::task;
  });
}

}  // namespace

bool is_held(const RolloutState& rollout, const HostTrip& trip) {
  if (trip.open) return trip.key_shown.has_value();
  if (trip.state == State::rolling_back) return binds(rollout, trip, Action::roll_back, false);
  return between_images(trip) && binds(rollout, trip, Action::stage, false);
}

int first_ways_back(const ResolvedPlan& plan) {
  constexpr int kFirst = 2;
  return std::min(kFirst, plan.way_back_failures);
}

int ways_back_moving(const RolloutState& rollout) {
  int moving = static_cast<int>(rollout.ways_back.under_way);
  if (!rollout.paused) return moving;
  for (const auto& [due, host] : rollout.steps) {
    const HostTrip& trip = rollout.hosts[host];
    if (trip.back_from > 0 && is_held(rollout, trip)) --moving;
  }
  return moving;
}

bool moves(const RolloutState& rollout) {
  // Whoever waits for an operator's word on a key does not move; a look within a soak does.
  const auto untrusted = static_cast<std::uint32_t>(rollout.untrusted.size());
  if (rollout.open_commands > untrusted) return true;
  const bool nobody_held = !rollout.paused && rollout.ways_back.held_at == 0;
  if (nobody_held) return rollout.in_flight > untrusted;
  return std::any_of(rollout.hosts.begin(), rollout.hosts.end(),
                     [&rollout](const HostTrip& trip) { return is_in_flight(trip.state) && !is_held(rollout, trip); });
}

bool goes_on(const RolloutState& rollout) {
  return !rollout.finished && (!rollout.paused || !rollout.undos.empty() || moves(rollout));
}

bool starts_nobody(const RolloutState& rollout) {
  return rollout.halted || rollout.open_wave >= rollout.plan->waves.size();
}

std::vector<Finishing> finishing(const RolloutState& rollout, Instant now) {
  const ResolvedPlan& plan = *rollout.plan;
  std::vector<Finishing> found;
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    const HostTrip& trip = rollout.hosts[host];
    const auto begun = last_begun(trip.evidence);
    if (!trip.open || !is_mutating(trip.open->action) || begun == trip.evidence.end()) continue;
    const PlannedHost& planned = plan.hosts[host];
    const PlannedComponent& component = plan.components[planned.updates[trip.open->update].component];
    const bool back = trip.open->action == Action::roll_back;
    const Duration declared = back ? component.back_most : component.most;
    const Duration returns =
        component.activate_by == ActivateBy::bmc_reset ? plan.timeouts.bmc_return : plan.timeouts.host_return;
    const Duration in_all = plan.timeouts.upload + (declared > Duration(0) ? declared : plan.timeouts.task + returns);
    found.push_back({planned.name, component.id, std::max(Duration(0), trip.since + in_all - now),
                     was_given(begun, trip.evidence)});
  }
  return found;
}

}  // namespace breakwater
