#include "orchestrator/operations/recalling.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "inventories/firmware/release_document.hpp"
#include "inventories/hosts/selector.hpp"
#include "orchestrator/operations/rollouts.hpp"

namespace breakwater::operations {
namespace {

bool brings(const RolloutState& run, const PlannedUpdate& update, const ReleaseRef& release) {
  return image_of(*run.plan, update).release.digest == release.digest;
}

bool brings(const RolloutState& run, const ReleaseRef& release) {
  const auto& components = run.plan->components;
  return std::any_of(components.begin(), components.end(), [&](const PlannedComponent& component) {
    return run.plan->images[component.image].release.digest == release.digest;
  });
}

Result<RollBackPlan, Problem> plan_recall(const Fleet& fleet, const RollBackWanted& wanted) {
  const auto release = parse_release_ref(wanted.release);
  if (!release) {
    return fail(problem(Problem::Kind::bad_argument, "--release: '" + wanted.release + "' is no NAME@sha256:DIGEST",
                        "breakwater report ROLLOUT, which names its images"));
  }
  const auto selector = parse_selector(wanted.selector);
  if (!selector) return fail(problem(Problem::Kind::bad_argument, "--selector: " + selector.error().message));
  const auto& runs = fleet.rollouts();
  if (std::none_of(runs.begin(), runs.end(), [&](const auto& run) { return brings(run.second, *release); })) {
    return fail(problem(Problem::Kind::failed, "no rollout ever brought Release " + wanted.release + " to a host here",
                        "breakwater status"));
  }
  RecallScope scope;
  scope.host = [&](const RolloutState&, const PlannedHost& host) { return selector->matches(host.labels); };
  scope.update = [&](const RolloutState& run, const PlannedUpdate& update) { return brings(run, update, *release); };
  RollBackPlan plan{recall(fleet, scope), {}};
  std::set<RolloutId> whole;
  // Of the runs that are covered: nobody else gets it either.
  for (const RolloutId id : fleet.unfinished()) {
    if (selector->requirements.empty()) whole.insert(id);
  }
  plan.asked = wishes_for(fleet, plan.covered, whole);
  for (OperatorAsked& asked : plan.asked) asked.recalls = wanted.release;
  return plan;
}

}  // namespace

Result<RollBackPlan, Problem> plan_roll_back(const Fleet& fleet, const RollBackWanted& wanted) {
  if (wanted.rollout.empty() == wanted.release.empty()) {
    return fail(
        problem(Problem::Kind::bad_argument, "name either a rollout or a --release", "breakwater rollback --help"));
  }
  if (!wanted.release.empty()) {
    if (wanted.wave.empty() && wanted.host.empty()) return plan_recall(fleet, wanted);
    return fail(
        problem(Problem::Kind::bad_argument, "--wave and --host go with a rollout, --selector with a --release"));
  }
  if (!wanted.selector.empty()) {
    return fail(
        problem(Problem::Kind::bad_argument, "--selector goes with a --release; --wave and --host with a rollout"));
  }
  const auto runs = find_runs(fleet, wanted.rollout);
  if (!runs) return fail(runs.error());
  auto asked = roll_backs_of(*runs, wanted.wave, wanted.host);
  if (!asked) return fail(asked.error());
  std::map<RolloutId, const OperatorAsked*> by_run;
  for (const OperatorAsked& one : *asked) by_run[one.rollout] = &one;
  RecallScope scope;
  scope.host = [&](const RolloutState& run, const PlannedHost& host) {
    const auto one = by_run.find(run.id);
    if (one == by_run.end()) return false;
    if (!one->second->host.empty()) return one->second->host == host.name;
    return !one->second->wave || *one->second->wave == host.wave;
  };
  scope.update = [](const RolloutState&, const PlannedUpdate&) { return true; };
  std::vector<Recalled> covered = recall(fleet, scope);
  return RollBackPlan{std::move(covered), std::move(*asked)};
}

}  // namespace breakwater::operations
