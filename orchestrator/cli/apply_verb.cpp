// `apply`: carries a rollout out, or on.
#include "orchestrator/cli/away_option.hpp"
#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/cli/conducting.hpp"
#include "orchestrator/cli/following.hpp"
#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/cli/process.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/folding.hpp"
#include "orchestrator/operations/applying.hpp"
#include "orchestrator/operations/handing_over.hpp"
#include "orchestrator/operations/recalling.hpp"
#include "orchestrator/views/plan_text.hpp"

namespace breakwater::cli {
namespace {

struct Wanted {
  Target target;
  std::optional<AwayAllowed> allowed;
  ApplyView::Mode mode;
};

constexpr Option kTarget{.name = "rollout", .does = "What to carry out", .value = "ROLLOUT|PLAN", .required = true};

void say_goes_on(const Console& console, const GoesOn& begun) {
  console.note(begun.name + " goes on where it was, from the journal alone");
  for (const std::string& change : begun.changes) console.warn(change);
}

/// Another `apply` was quicker, maybe with other documents.
Result<void, Problem> say_anothers(const Console& console, Installation& installation, const Target& target,
                                   RolloutId begun) {
  const auto journal = installation.read_journal();
  if (!journal) return fail(journal.error());
  const auto goes_on = go_on(target, *journal->fleet.find(begun));
  if (!goes_on) return fail(goes_on.error());
  console.note("another apply of " + target.name + " was quicker, and is followed");
  say_goes_on(console, *goes_on);
  return {};
}

/// Chooses what to do, and says what was chosen.
Result<Choice, Problem> choose_and_say(const Console& console, Installation& installation, const Wanted& wanted,
                                       const Fleet& fleet) {
  catch_interrupts(Work::looking);
  auto choice =
      choose(installation, wanted.target, fleet, operator_name(), wanted.allowed, interrupts(), look_teller(console));
  if (!choice) return choice;
  if (const auto* begun = std::get_if<GoesOn>(&*choice)) {
    say_goes_on(console, *begun);
    return choice;
  }
  const auto* made = std::get_if<NewRollout>(&*choice);
  const ResolvedPlan& plan = made ? made->plan : std::get<NothingToBegin>(*choice).plan;
  if (!wanted.target.frozen) console.note(plan_text(plan, codec::plan_digest(plan), console.paint_err));
  const std::string away = made ? away_words(plan) : std::string();
  if (!away.empty()) console.warn(away);
  if (made) {
    for (const std::string& warning : images_taken_back(plan, fleet)) console.warn(warning);
  }
  return choice;
}

/// With the lock held.
Exit conduct_and_tell(const Console& console, Outlet& outlet, Installation& installation, journal::Store& store,
                      Fleet& fleet, ApplyView::Mode mode, RolloutToConduct what) {
  const auto ended = conduct_here(console, outlet, installation, store, fleet, mode, std::move(what));
  if (!ended) return report(console, ended.error());
  const RolloutState& rollout = *fleet.find(ended->rollout);
  say_end(console, rollout, ended->end);
  say_others(console, fleet, *ended);
  return exit_for(rollout, ended->end);
}

/// Another process conducts: the rollout is handed to it where it has not begun, and followed. Once that process is
/// gone, this one conducts.
Exit hand_over_and_follow(const Console& console, Installation& installation, const Wanted& wanted,
                          journal::Store& store) {
  const auto& [target, allowed, mode] = wanted;
  auto journal = installation.read_journal();
  if (!journal) return report(console, journal.error());
  auto choice = choose_and_say(console, installation, wanted, journal->fleet);
  if (!choice) return report(console, choice.error());
  if (const auto* idle = std::get_if<NothingToBegin>(&*choice)) {
    return report(console, idle_of(idle->plan, allowed, target.rollout_file));
  }
  const auto holder = store.holder();
  const std::string who = words_of(holder && *holder ? **holder : journal::Holder());
  if (const auto* begun = std::get_if<GoesOn>(&*choice)) {
    console.note(who + " conducts: following " + begun->name);
    if (const auto goes = takes_forward(store, begun->name); !goes) return report(console, goes.error());
  } else {
    console.note(who + " conducts: handing " + target.name + " over to it");
  }
  // What is in flight is left to this process once the other one is done.
  if (auto stands_by = store.stand_by(); !stands_by) return report(console, journal_problem(stands_by.error()));
  const auto handed = hand_over(store, to_conduct(std::move(*choice)), machine_clockwork(), interrupts());
  if (!handed) return report(console, handed.error());
  const RolloutId id = handed->rollout;
  if (handed->begun_by_another) {
    if (const auto said = say_anothers(console, installation, target, id); !said) return report(console, said.error());
  }
  ApplyView view(console, mode, journal->fleet, id);
  const auto followed = follow_or_take_over(console, view, *journal, id, store, [] { return false; });
  if (!followed) return report(console, followed.error());
  if (*followed == Followed::left) return Exit::try_later;
  if (*followed == Followed::over) {
    const RolloutState& rollout = *journal->fleet.find(id);
    say_end(console, rollout, Conductor::End::finished);
    return exit_for(rollout, Conductor::End::finished);
  }
  Outlet outlet = outlet_for(console, mode);
  auto fleet = fold(store);
  if (!fleet) return report(console, journal_problem(fleet.error()));
  return conduct_and_tell(console, outlet, installation, store, *fleet, mode, id);
}

Exit apply(const Console& console, Installation& installation, const Given& given) {
  const auto allowed = away_allowed(given);
  if (!allowed) return report(console, allowed.error());
  auto target = read_target(given.text(kTarget));
  if (!target) return report(console, target.error());
  auto store = installation.open_to_write();
  if (!store) return report(console, store.error());
  const Wanted wanted{std::move(*target), *allowed, view_mode(console, wants_json(given))};
  const auto conducts = take_lock(**store, wanted.target.name);
  if (!conducts) return report(console, conducts.error());
  if (*conducts == Conducts::another) return hand_over_and_follow(console, installation, wanted, **store);
  Outlet outlet = outlet_for(console, wanted.mode);  // whoever holds the lock waits for no terminal
  auto fleet = fold(**store);
  if (!fleet) return report(console, journal_problem(fleet.error()));
  auto choice = choose_and_say(console, installation, wanted, *fleet);
  if (!choice) return report(console, choice.error());
  if (const auto* idle = std::get_if<NothingToBegin>(&*choice)) {
    return report(console, idle_of(idle->plan, *allowed, wanted.target.rollout_file));
  }
  return conduct_and_tell(console, outlet, installation, **store, *fleet, wanted.mode, to_conduct(std::move(*choice)));
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
      .next = "breakwater status  # from another terminal; when it is over: breakwater report NAME",
      .act = apply,
      .options = {kTarget, kTextOrJson, kAllowUnreachable}};
}

}  // namespace breakwater::cli
