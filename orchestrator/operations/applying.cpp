#include "orchestrator/operations/applying.hpp"

#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/core/beginning.hpp"
#include "orchestrator/core/left_out.hpp"
#include "orchestrator/operations/rollouts.hpp"

namespace breakwater::operations {
namespace {

/// A plan file is applied once.
Result<void, Problem> not_used_up(const Target& target, const Fleet& fleet) {
  const RolloutState* run = target.frozen ? run_of(fleet, target.frozen->plan) : nullptr;
  if (!run || !run->finished) return {};
  return fail(applied_already(*run));
}

}  // namespace

Problem applied_already(const RolloutState& run) {
  return problem(Problem::Kind::refused,
                 "this plan file was applied already, and its rollout is over: a plan file is applied once",
                 "breakwater report " + run.name + ", or make a plan anew");
}

Result<GoesOn, Problem> go_on(const Target& target, const RolloutState& begun) {
  if (target.frozen && codec::plan_digest(target.frozen->plan) != begun.digest) {
    return fail(problem(Problem::Kind::try_later,
                        "rollout " + begun.name + " has begun with another plan and is not over",
                        "breakwater apply " + begun.name));
  }
  return GoesOn{begun.id, begun.name, changes_since_begun(target, begun)};
}

Result<Choice, Problem> choose(Installation& installation, const Target& target, const Fleet& fleet,
                               const std::string& by, const std::optional<AwayAllowed>& allowed,
                               const std::atomic<int>& interrupts, const LookProgress& progress) {
  if (auto usable = not_used_up(target, fleet); !usable) return fail(usable.error());
  const auto runs = find_runs(fleet, target.name);
  if (const RolloutState* run = runs ? &present_run(*runs) : nullptr; run && !run->finished) {
    auto begun = go_on(target, *run);
    if (!begun) return fail(begun.error());
    return Choice(std::move(*begun));
  }
  auto images = installation.open_images();
  if (!images) return fail(images.error());
  auto plan = plan_for(installation, target, *images, fleet, interrupts, progress);
  if (!plan) return fail(plan.error());
  if (auto many = too_many_away(*plan, allowed, target.rollout_file)) return fail(std::move(*many));
  if (plan->hosts.empty()) return Choice(NothingToBegin{std::move(*plan)});
  return Choice(NewRollout{std::move(*plan), by});
}

Idle idle_of(const ResolvedPlan& plan, const std::optional<AwayAllowed>& allowed, const std::string& rollout_file) {
  if (plan.left_out.empty()) {
    return {Idle::Kind::no_host, plan.rollout + ": no host of the Inventory matches its targets",
            "breakwater validate .  # spec.targets.selector, and the labels of the Inventory"};
  }
  HostsByReason waiting = left_out_where(plan.left_out, keeps_from_rolling);
  std::string let_through;
  if (allowed) {
    let_through = away_words(plan);
    std::erase_if(waiting, [](const auto& hosts) { return counts_as_away(hosts.first); });
  }
  if (waiting.empty()) {
    const HostsByReason settled = left_out_where(plan.left_out, [](std::string_view) { return true; });
    const auto unmatched = settled.find(kLeftOutNotMatched);
    if (unmatched != settled.end() && !settled.contains(kLeftOutCurrent)) {
      return {Idle::Kind::no_host, plan.rollout + ": no host matches its targets: " + to_words({*unmatched}),
              observe_command(rollout_file) + "  # spec.targets.match goes by what it shows"};
    }
    return {Idle::Kind::converged,
            plan.rollout + ": there is nothing to do" + (let_through.empty() ? "" : "; " + let_through)};
  }
  const std::string text = plan.rollout + ": no host can be updated now: " + to_words(waiting);
  if (waiting.contains(kLeftOutOwnSide)) {
    return {Idle::Kind::own_side, text + "; no BMC of those hosts was asked",
            std::string(kSame) + "  # once that is mended on this machine"};
  }
  for (const std::string_view kept : {kLeftOutQuarantined, kLeftOutInRollout}) {
    const auto hosts = waiting.find(kept);
    if (hosts != waiting.end()) return {Idle::Kind::no_host, text, "breakwater explain " + hosts->second.front()};
  }
  return {Idle::Kind::no_host, text, observe_command(rollout_file) + "  # what each BMC answers"};
}

RolloutToConduct to_conduct(Choice choice) {
  if (auto* made = std::get_if<NewRollout>(&choice)) return std::move(*made);
  return std::get<GoesOn>(choice).rollout;
}

}  // namespace breakwater::operations
