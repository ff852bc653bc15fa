// `apply`: carries a rollout out, or on.
#include <unistd.h>

#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/cli/conducting.hpp"
#include "orchestrator/cli/following.hpp"
#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/cli/process.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/core/beginning.hpp"
#include "orchestrator/operations/conducting.hpp"
#include "orchestrator/operations/handing_over.hpp"
#include "orchestrator/operations/rollouts.hpp"
#include "orchestrator/operations/target.hpp"
#include "orchestrator/views/plan_text.hpp"

namespace breakwater::cli {
namespace {

constexpr Option kRollout{.name = "rollout", .does = "What to carry out", .value = "ROLLOUT|PLAN", .required = true};

/// Goes on with a rollout that has begun, or begins the one that is planned now.
Result<RolloutToConduct, Problem> pick(const Console& console, Installation& installation, const Target& target,
                                       const Fleet& fleet) {
  if (const RolloutState* run = target.frozen ? run_of(fleet, target.frozen->plan) : nullptr; run && run->finished) {
    return fail(problem(Problem::Kind::refused,
                        "this plan file was applied already, and its rollout is over: a plan file is applied once",
                        "breakwater report " + run->name + ", or make a plan anew"));
  }
  const auto runs = find_runs(fleet, target.name);
  const RolloutState* begun = runs ? &present_run(*runs) : nullptr;
  if (begun && !begun->finished) {
    if (target.frozen && codec::plan_digest(target.frozen->plan) != begun->digest) {
      return fail(problem(Problem::Kind::try_later,
                          "rollout " + begun->name + " has begun with another plan and is not over",
                          "breakwater apply " + begun->name));
    }
    console.note(begun->name + " goes on where it was, from the journal alone");
    for (const std::string& change : changes_since_begun(target, *begun)) console.warn(change);
    return RolloutToConduct(begun->id);
  }
  auto images = installation.open_images();
  if (!images) return fail(images.error());
  catch_interrupts(Work::looking);
  auto plan = plan_for(installation, target, *images, fleet, interrupts(), look_teller(console));
  if (!plan) return fail(plan.error());
  if (!target.frozen) console.note(plan_text(*plan, codec::plan_digest(*plan), console.paint_err));
  return RolloutToConduct(NewRollout{std::move(*plan), operator_name()});
}

/// With the lock held.
Exit conduct_and_tell(const Console& console, Installation& installation, journal::Store& store, Fleet& fleet,
                      ApplyView::Mode mode, RolloutToConduct what) {
  Outlet outlet = outlet_for(console, mode);
  const auto ended = conduct_here(console, outlet, installation, store, fleet, mode, std::move(what));
  if (!ended) return report(console, ended.error());
  const RolloutState& rollout = *fleet.find(ended->rollout);
  say_end(console, rollout, ended->end);
  return exit_for(rollout, ended->end);
}

/// Another process conducts: the rollout is handed to it where it has not begun, and followed. Once that process is
/// gone, this one conducts.
Exit hand_over_and_follow(const Console& console, Installation& installation, const Target& target,
                          journal::Store& store, ApplyView::Mode mode) {
  auto journal = installation.read_journal();
  if (!journal) return report(console, journal.error());
  auto what = pick(console, installation, target, journal->fleet);
  if (!what) return report(console, what.error());
  if (auto* made = std::get_if<NewRollout>(&*what)) {
    if (made->plan.hosts.empty()) return report_idle(console, made->plan);
    console.note("another process conducts: handing " + target.name + " over to it");
    RolloutStarted started{std::move(made->by), std::move(made->plan), {}};
    started.digest = codec::plan_digest(started.plan);
    const auto begun = hand_over(store, std::move(started));
    if (!begun) return report(console, begun.error());
    what = *begun;
  }
  const RolloutId id = std::get<RolloutId>(*what);
  catch_interrupts(Work::looking);
  bool ours = false;
  ApplyView view(console, mode, journal->fleet, id);
  const auto followed = follow(view, *journal, id, [&] {
    ours = store.lock(journal::Holder{getpid(), target.name, wall_now()}).has_value();
    return ours || interrupts() > 0;
  });
  if (!followed) return report(console, followed.error());
  const RolloutState& rollout = *journal->fleet.find(id);
  if (rollout.finished) {
    say_end(console, rollout, Conductor::End::finished);
    return exit_for(rollout, Conductor::End::finished);
  }
  if (!ours) {
    console.note(target.name + " goes on for as long as the other process conducts; this only showed it");
    console.next("breakwater pause " + target.name + ", or breakwater stop " + target.name);
    return Exit::try_later;
  }
  console.note("the process that conducted is gone: this one conducts");
  auto fleet = fold(store);
  if (!fleet) return report(console, journal_problem(fleet.error()));
  return conduct_and_tell(console, installation, store, *fleet, mode, id);
}

Exit apply(const Console& console, Installation& installation, const Given& given) {
  const auto target = read_target(given.text(kRollout));
  if (!target) return report(console, target.error());
  auto store = installation.open_to_write();
  if (!store) return report(console, store.error());
  const auto mode = view_mode(console, wants_json(given));
  if (auto locked = (*store)->lock(journal::Holder{getpid(), target->name, wall_now()}); !locked) {
    if (locked.error().reason != journal::StoreFault::Reason::locked) {
      return report(console, journal_problem(locked.error()));
    }
    return hand_over_and_follow(console, installation, *target, **store, mode);
  }
  auto fleet = fold(**store);
  if (!fleet) return report(console, journal_problem(fleet.error()));
  auto what = pick(console, installation, *target, *fleet);
  if (!what) return report(console, what.error());
  if (const auto* made = std::get_if<NewRollout>(&*what); made && made->plan.hosts.empty()) {
    return report_idle(console, made->plan);
  }
  return conduct_and_tell(console, installation, **store, *fleet, mode, std::move(*what));
}

}  // namespace

CliVerb apply_verb() {
  return {
      .name = "apply",
      .does =
          "Carry a rollout out, wave by wave, or on where it was left.\n"
          "ROLLOUT|PLAN is a Rollout's file, a plan made by `plan --out`, or the name of a rollout that has begun.\n"
          "Ctrl-C starts nothing new and finishes what is in flight; a second one leaves now. Either way, apply again\n"
          "goes on.",
      .example = "breakwater apply rollout.plan",
      .next = "breakwater status, from another terminal; breakwater report NAME, when it is over",
      .act = apply,
      .options = {kRollout, kTextOrJson}};
}

}  // namespace breakwater::cli
