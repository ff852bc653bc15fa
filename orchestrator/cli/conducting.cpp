#include "orchestrator/cli/conducting.hpp"

#include <algorithm>
#include <set>

#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/core/report.hpp"
#include "orchestrator/core/start_rules.hpp"
#include "orchestrator/operations/rollouts.hpp"
#include "orchestrator/views/event_lines.hpp"
#include "orchestrator/views/event_words.hpp"

namespace breakwater::cli {
namespace {

constexpr std::size_t kNamesShown = 20;

bool any(const RolloutState& rollout, State state) {
  return std::any_of(rollout.hosts.begin(), rollout.hosts.end(),
                     [state](const HostTrip& trip) { return trip.state == state; });
}

}  // namespace

Outlet outlet_for(const Console& console, ApplyView::Mode mode) {
  return Outlet(console, [json = mode == ApplyView::Mode::json](std::size_t messages) {
    if (json) return gap_line(messages) + '\n';
    return "… " + count_of(messages, "message") +
           " left out, because nobody read them: breakwater report NAME has them all\n";
  });
}

Result<Conducted, Problem> conduct_here(const Console& console, Outlet& outlet, Installation& installation,
                                        journal::Store& store, Fleet& fleet, ApplyView::Mode mode,
                                        RolloutToConduct what) {
  auto images = installation.open_images();
  if (!images) return fail(images.error());
  catch_interrupts(Work::conducting);
  const auto* begun = std::get_if<RolloutId>(&what);
  const auto* back = std::get_if<RollBacks>(&what);
  const auto shown = back ? std::optional(back->asked.back().rollout) : (begun ? std::optional(*begun) : std::nullopt);
  ApplyView view(console, mode, fleet, shown, [&outlet] { return outlet.behind(); });
  Watcher watcher;
  watcher.on_record = [&](const Recorded& record) {
    view.on_record(record);
    const bool begins = std::holds_alternative<ConductorStarted>(record.event);
    if (begins && !back) view.tell_what_goes_along(*view.shown(), record.at);
  };
  watcher.on_decision = [&](const RolloutState& rollout, const Decision& decision, Now now) {
    view.tell_of_interrupts(rollout);
    view.tell_of_others(rollout);
    view.on_decision(rollout, decision, now);
  };
  watcher.on_lack = [&view](const RolloutState& other, const std::string& why) { view.on_lack(other, why); };
  const auto ends_process = [&](const Problem& broken) {
    view.close();
    outlet.end();  // the report ends the process
    report(console, broken);
  };
  const Workplace place{installation.bmcs(), store, *images, fleet, interrupts(), watcher, ends_process};
  auto ended = conduct(place, std::move(what));
  view.close();
  return ended;
}

Exit exit_for(const RolloutState& rollout, Conductor::End end) {
  switch (end) {
    case Conductor::End::left:
      return Exit::try_later;
    case Conductor::End::at_rest:
      return rollout.stopping ? Exit::waits : Exit::try_later;
    case Conductor::End::finished:
      break;
  }
  return exit_for(outcome_of(rollout));
}

std::string kept_in_quarantine(const std::vector<std::string>& hosts) {
  return "quarantined, and not touched before they are released: " + list_some(hosts, kNamesShown) +
         "; once one is seen to: " + release_command(hosts.front()) + ", and roll back again";
}

namespace {

std::string headline(const Fleet& fleet, const OperatorAsked& asked) {
  const RolloutState& run = *fleet.find(asked.rollout);
  const CameBack came = came_back(fleet, run, asked);
  const std::size_t back = came.rolled_back + came.in_part;
  const std::string in_part = came.in_part == 0 ? "" : ", " + std::to_string(came.in_part) + " of them in part";
  const std::size_t flashed_since = left_behind(fleet, asked).changed_since.size();
  if (back == 0 && came.not_yet > 0 && flashed_since == came.not_yet) {
    return "nothing to roll back, no host that was meant runs what it brought any more";
  }
  if (back == 0 && came.part_only > 0) {
    return "no host was rolled back whole; " + count_of(came.part_only, "host") + " in part, and not the rest yet";
  }
  if (back == 0) return "no host was rolled back";
  if (came.not_yet == 0 && came.in_part == 0) return "rolled back";
  return count_of(back, "host") + " rolled back" + in_part +
         (came.not_yet == 0 ? "" : ", " + std::to_string(came.not_yet) + " not");
}

/// What is left of a rollout is nothing that a rollback waits for, or carries on.
std::string present_state(const RolloutState& run) {
  if (run.finished) return states_of(run);
  const std::string held = run.stopping ? "stopped; " : (run.paused ? "paused; " : "");
  return held + "the rollout is not over: " + states_of(run);
}

void say_left_behind(const Console& console, const LeftBehind& left) {
  if (!left.to_go.empty()) {
    console.warn("not rolled back yet: " + list_some(left.to_go, kNamesShown) +
                 (left.held_why.empty() ? "" : "; " + left.held_why));
  }
  if (!left.changed_since.empty()) {
    console.note("left alone, they run what another rollout put there since: " +
                 list_some(left.changed_since, kNamesShown));
  }
  if (!left.drifted.empty()) {
    console.warn("not rolled back but left alone, they were read running what this rollout did not put there: " +
                 list_some(left.drifted, kNamesShown));
  }
  if (!left.may_be_left.empty()) {
    console.warn("not rolled back yet, a later rollout has them: " + list_some(left.may_be_left, kNamesShown));
  }
  if (!left.run_it.empty()) {
    console.warn("not rolled back, because they have no proven way back, or it was refused: " +
                 list_some(left.run_it, kNamesShown));
  }
  if (!left.quarantined.empty()) console.warn("not rolled back: " + kept_in_quarantine(left.quarantined));
}

Exit exit_for(const RolledBack& all) {
  if (!all.left.to_go.empty()) return all.left.held_why.empty() ? Exit::try_later : Exit::waits;
  if (all.quarantines) return Exit::quarantined;
  const bool back = all.left.run_it.empty() && all.left.may_be_left.empty() && all.left.drifted.empty();
  return back ? Exit::done : Exit::failed;
}

}  // namespace

Exit say_rolled_back(const Console& console, const Fleet& fleet, const std::vector<OperatorAsked>& asked,
                     bool handed_on) {
  std::set<RolloutId> meant;
  for (const OperatorAsked& one : asked) {
    const RolloutState& run = *fleet.find(one.rollout);
    console.note(run.name + ": " + headline(fleet, one) + "; " + present_state(run));
    meant.insert(run.id);
  }
  const RolledBack all = rolled_back(fleet, asked);
  say_left_behind(console, all.left);
  for (const RolloutId id : fleet.unfinished()) {
    if (meant.contains(id)) continue;
    const RolloutState& other = *fleet.find(id);
    console.note("rollout " + other.name + ": " + present_state(other) +
                 (handed_on ? "; another process took it over" : ""));
  }
  // No `apply`: it would take the hosts that wait forward, and bring what was rolled back to more of them.
  const std::string report = "breakwater report " + fleet.find(asked.back().rollout)->name;
  console.next(!all.left.to_go.empty() ? kSame : (all.quarantines ? "breakwater quarantine list" : report));
  return exit_for(all);
}

void say_others(const Console& console, const Fleet& fleet, const Conducted& ended) {
  for (const RolloutId id : fleet.unfinished()) {
    if (id == ended.rollout) continue;
    const RolloutState& other = *fleet.find(id);
    console.note("rollout " + other.name + " is not over: " + states_of(other) +
                 (ended.handed_on ? "; another process took it over" : ""));
    if (!ended.handed_on) console.next(way_on(other));
  }
}

void say_end(const Console& console, const RolloutState& rollout, Conductor::End end) {
  const std::string& name = rollout.name;
  if (end == Conductor::End::finished) {
    console.note(name + ": " + (rollout.halted ? "halted, " + rollout.halt_reason + "; " : std::string()) +
                 states_of(rollout));
    console.next(any(rollout, State::quarantined) ? "breakwater quarantine list" : "breakwater report " + name);
    return;
  }
  const bool rests = end == Conductor::End::at_rest;
  const std::string untrusted =
      count_of(rollout.untrusted.size(), "host") + " in flight until somebody vouches for the key of the BMC";
  const std::string at_rest = rollout.untrusted.empty() ? "nothing is in flight" : untrusted;
  console.note(name + ": " +
               (rests ? (rollout.stopping ? "stopped, " : "left at rest, ") + at_rest
                      : "left while hosts are in flight; what became of them is found by looking") +
               "; " + states_of(rollout));
  console.next(way_on(rollout));
}

}  // namespace breakwater::cli
