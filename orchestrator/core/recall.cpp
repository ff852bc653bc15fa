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
        if (later(run, host)) return RecallFate::goes_back_if_left;
        if (!still_runs(run, host)) return std::nullopt;
        if (fleet_.quarantine_of(planned)) return RecallFate::quarantined;
        return has_way(run, host) ? RecallFate::goes_back : RecallFate::no_way_back;
      case State::quarantined:
        if (later(run, host)) return RecallFate::goes_back_if_left;
        if (!still_runs(run, host)) return std::nullopt;
        if (!is_released(trip) || fleet_.quarantine_of(planned)) return RecallFate::quarantined;
        return has_way(run, host) ? RecallFate::goes_back : RecallFate::no_way_back;
      case State::rolling_back:
      case State::checking_back:
      case State::current:
      case State::skipped:
      case State::refused:
      case State::not_started:
      case State::rolled_back:
        return std::nullopt;
    }
    return std::nullopt;
  }

  /// The later run that has an updated host for a device of the scope, and may leave it as this one brought it.
  const RolloutState* later(const RolloutState& run, HostIndex host) const {
    const PlannedHost& planned = run.plan->hosts[host];
    if (!may_go_back(run.hosts[host])) return nullptr;
    for (std::uint32_t i = 0; i < run.hosts[host].touched; ++i) {
      if (!scope_.update(run, planned.updates[i])) continue;
      if (const RolloutState* one = fleet_.may_leave(run, host, i)) return one;
    }
    const RolloutState* holder = fleet_.holder(machine_of(planned));
    return holder && holder != &run && still_runs(run, host) && brings_anew(*holder, run, host) ? holder : nullptr;
  }

 private:
  /// Whether another run plans to bring something to a device of the scope.
  bool brings_anew(const RolloutState& other, const RolloutState& run, HostIndex host) const {
    const PlannedHost& planned = run.plan->hosts[host];
    const PlannedHost& there = *fleet_.in_hand(machine_of(planned));
    return std::any_of(there.updates.begin(), there.updates.end(), [&](const PlannedUpdate& newer) {
      const std::string device = device_of(other.plan->components[newer.component]);
      return std::any_of(planned.updates.begin(), planned.updates.end(), [&](const PlannedUpdate& update) {
        return scope_.update(run, update) && device_of(run.plan->components[update.component]) == device;
      });
    });
  }

  bool brings(const RolloutState& run, const PlannedHost& host) const {
    return std::any_of(host.updates.begin(), host.updates.end(),
                       [&](const PlannedUpdate& update) { return scope_.update(run, update); });
  }

  bool still_runs(const RolloutState& run, HostIndex host) const {
    const std::vector<std::uint32_t> brought = fleet_.still_brought(run, host);
    return std::any_of(brought.begin(), brought.end(),
                       [&](std::uint32_t i) { return scope_.update(run, run.plan->hosts[host].updates[i]); });
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
      const RolloutState* later = recalling.later(run, host);
      covered.push_back({id, host, *fate, later ? later->id : 0});
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
