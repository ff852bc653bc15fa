#include "orchestrator/core/recall.hpp"

#include <algorithm>
#include <optional>

namespace breakwater {
namespace {

class Recalling {
 public:
  Recalling(const Fleet& fleet, const RecallScope& scope) : fleet_(fleet), scope_(scope) {}

  std::optional<RecallFate> fate_of(const RolloutState& run, HostIndex host) const {
    const PlannedHost& planned = run.plan->hosts[host];
    const HostTrip& trip = run.hosts[host];
    if (!scope_.host(run, planned)) return std::nullopt;
    switch (trip.state) {
      case State::waiting:
        return brings(run, planned) ? std::optional(RecallFate::not_started) : std::nullopt;
      case State::preparing:
      case State::staging:
      case State::staged:
      case State::activating:
      case State::checking:
        return brings(run, planned) ? std::optional(RecallFate::goes_back) : std::nullopt;
      case State::updated:
      case State::rolled_back:
      case State::quarantined:
        if (!goes_now(run, host)) return later(run, host) ? std::optional(RecallFate::goes_back_if_left) : std::nullopt;
        if (!may_go_back(trip) || fleet_.quarantine_of(planned)) return RecallFate::quarantined;
        return has_way(run, host) ? RecallFate::goes_back : RecallFate::no_way_back;
      case State::rolling_back:
      case State::checking_back:
      case State::current:
      case State::refused:
      case State::not_started:
        return std::nullopt;
    }
    return std::nullopt;
  }

  /// The later run that has a host for a device of the scope, and may leave it as this one brought it.
  const RolloutState* later(const RolloutState& run, HostIndex host) const {
    for (std::uint32_t i = 0; i < run.hosts[host].touched; ++i) {
      if (!scope_.update(run, run.plan->hosts[host].updates[i])) continue;
      if (const RolloutState* one = later_at(run, host, i)) return one;
    }
    return nullptr;
  }

  /// Of its updates, those that go back with it, or would if a later run left them there.
  std::vector<std::uint32_t> updates_of(const RolloutState& run, HostIndex host, RecallFate fate) const {
    std::vector<std::uint32_t> updates;
    const std::vector<std::uint32_t> still = fleet_.still_brought(run, host);
    const bool all = !is_end(run.hosts[host].state);
    for (std::uint32_t i = 0; i < run.plan->hosts[host].updates.size(); ++i) {
      const bool brought = std::find(still.begin(), still.end(), i) != still.end();
      const bool left = fate == RecallFate::goes_back_if_left && later_at(run, host, i);
      if (all || brought || left) updates.push_back(i);
    }
    return updates;
  }

 private:
  const RolloutState* later_at(const RolloutState& run, HostIndex host, std::uint32_t update) const {
    if (!may_go_back(run.hosts[host])) return nullptr;
    if (const RolloutState* one = fleet_.may_leave(run, host, update)) return one;
    const PlannedHost& planned = run.plan->hosts[host];
    const RolloutState* holder = fleet_.holder(machine_of(planned));
    const std::string device = device_of(run.plan->components[planned.updates[update].component]);
    return holder && holder != &run && brings_anew(*holder, planned, device) ? holder : nullptr;
  }

  /// Whether the run that has this machine in hand plans to bring something to a device.
  bool brings_anew(const RolloutState& holder, const PlannedHost& host, const std::string& device) const {
    const std::vector<PlannedUpdate>& updates = fleet_.in_hand(machine_of(host))->updates;
    return std::any_of(updates.begin(), updates.end(), [&](const PlannedUpdate& newer) {
      return device_of(holder.plan->components[newer.component]) == device;
    });
  }

  bool brings(const RolloutState& run, const PlannedHost& host) const {
    return std::any_of(host.updates.begin(), host.updates.end(),
                       [&](const PlannedUpdate& update) { return scope_.update(run, update); });
  }

  /// It runs something of the scope, and no later run is about to bring something else there.
  bool goes_now(const RolloutState& run, HostIndex host) const {
    const std::vector<std::uint32_t> brought = fleet_.still_brought(run, host);
    return std::any_of(brought.begin(), brought.end(), [&](std::uint32_t i) {
      return scope_.update(run, run.plan->hosts[host].updates[i]) && !later_at(run, host, i);
    });
  }

  /// Whatever the run still brings there goes back together.
  bool has_way(const RolloutState& run, HostIndex host) const {
    if (!fleet_.way_back_lost(run, host).empty()) return false;
    const std::vector<std::uint32_t> brought = fleet_.still_brought(run, host);
    return std::all_of(brought.begin(), brought.end(),
                       [&](std::uint32_t i) { return run.plan->hosts[host].updates[i].way_back != WayBack::none; });
  }

  const Fleet& fleet_;
  const RecallScope& scope_;
};

}  // namespace

std::vector<Recalled> recall(const Fleet& fleet, const RecallScope& scope) {
  std::vector<Recalled> covered;
  const Recalling recalling(fleet, scope);
  for (const auto& [id, run] : fleet.rollouts()) {
    for (HostIndex host = 0; host < run.hosts.size(); ++host) {
      const auto fate = recalling.fate_of(run, host);
      if (!fate) continue;
      const bool if_left = *fate == RecallFate::goes_back_if_left;
      covered.push_back(
          {id, host, *fate, if_left ? recalling.later(run, host)->id : 0, recalling.updates_of(run, host, *fate)});
    }
  }
  return covered;
}

std::vector<OperatorAsked> wishes_for(const Fleet& fleet, const std::vector<Recalled>& covered,
                                      const std::set<RolloutId>& whole) {
  std::vector<OperatorAsked> wishes;
  for (const Recalled& one : covered) {
    if (wishes.empty() || wishes.back().rollout != one.rollout) {
      wishes.emplace_back().verb = Verb::roll_back;
      wishes.back().rollout = one.rollout;
    }
    if (!whole.contains(one.rollout)) {
      wishes.back().hosts.push_back(fleet.find(one.rollout)->plan->hosts[one.host].name);
    }
  }
  return wishes;
}

}  // namespace breakwater
