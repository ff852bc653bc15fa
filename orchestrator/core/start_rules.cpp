#include "orchestrator/core/start_rules.hpp"

#include <algorithm>
#include <array>

#include "inventories/vocabulary/plain_text.hpp"
#include "inventories/vocabulary/rows.hpp"
#include "orchestrator/core/binding.hpp"
#include "orchestrator/core/quarantined_as.hpp"
#include "orchestrator/core/soak.hpp"
#include "orchestrator/core/standstill.hpp"
#include "orchestrator/core/trip_time.hpp"

namespace breakwater {
namespace {

constexpr std::array kRows = std::to_array<StartRuleRow>({
    {StartRule::stopped, "Stopped", "resume", News::always},
    {StartRule::paused, "Paused", "resume", News::always},
    {StartRule::held_back, "RollbacksHeld", "resume", News::always},
    {StartRule::leaving, "Leaving", "apply", News::always},
    {StartRule::own_side, "OwnSideFails", "", News::is_record},
    {StartRule::new_key, "KeyNotTrusted", "trust-key", News::is_record},
    {StartRule::quarantined, "Quarantined", "release", News::always},
    {StartRule::same_machine, "SameMachine", "explain", News::by_hand},
    {StartRule::soak, "SoakRunning", "", News::always},
    {StartRule::last_looks, "LastLooks", "", News::none},
    {StartRule::gate_held, "GateHeld", "", News::always},
    {StartRule::wave_not_open, "WaveNotOpen", "status", News::none},
    {StartRule::window, "WindowClosed", "", News::always},
    {StartRule::freeze, "WindowClosed", "", News::always},
    {StartRule::too_late, "WindowClosed", "", News::always},
    {StartRule::no_window, "WindowClosed", "plan", News::always},
    {StartRule::turn, "InLine", "status", News::none},
    {StartRule::first_back, "FirstRollbacks", "status", News::none},
    {StartRule::global_limit, "GlobalLimit", "status", News::none},
    {StartRule::domain_full, "DomainFull", "discount", News::by_hand},
    {StartRule::back_off, "BackingOff", "", News::none},
    {StartRule::in_flight, "InFlight", "status", News::none},
    {StartRule::not_conducted, "NotConducted", "apply", News::always},
});
static_assert(has_every_row(kRows, &StartRuleRow::rule));

const PlannedHost& planned(const Start& start) {
  return start.rollout.plan->hosts[start.host];
}

std::optional<Blocker> operator_rule(const Start& start) {
  const HostTrip& trip = start.rollout.hosts[start.host];
  if (may_go_back(trip) && !paused_before(start.rollout, trip)) return std::nullopt;
  return held_by_operator(start.rollout);
}
std::string not_paused(const Start& start) {
  return start.rollout.paused ? "asked for after the pause" : "not paused";
}

std::optional<Blocker> held_rule(const Start& start) {
  const RolloutState& rollout = start.rollout;
  const HostTrip& trip = rollout.hosts[start.host];
  if (!may_go_back(trip) || !held_before(rollout, trip)) return std::nullopt;
  return Blocker{StartRule::held_back, rollout.ways_back.held_why};
}

/// A way back that nobody has seen end well yet is tried on few hosts.
std::optional<Blocker> first_back_rule(const Start& start) {
  const RolloutState& rollout = start.rollout;
  const int first = first_ways_back(*rollout.plan);
  if (!may_go_back(rollout.hosts[start.host]) || rollout.ways_back.well >= first) return std::nullopt;
  const int under_way = ways_back_moving(rollout) + (start.before ? start.before->ways_back : 0);
  if (under_way < first) return std::nullopt;
  return Blocker{StartRule::first_back, "the first " + count_of(static_cast<std::size_t>(first), "rollback") +
                                            " must end well before others begin"};
}

std::optional<Blocker> leaving_rule(const Start& start) {
  return asked_to_leave(start.starts, may_go_back(start.rollout.hosts[start.host]));
}

std::optional<Blocker> own_side_rule(const Start& start) {
  const RolloutState& rollout = start.rollout;
  if (auto lacking = cannot_speak(start.lacks)) return lacking;
  if (rollout.own_faults.empty()) return std::nullopt;
  return own_side_wait(rollout, *rollout.own_faults.begin());
}

std::optional<Blocker> quarantine_rule(const Start& start) {
  const Quarantine* kept = start.fleet.quarantine_of(planned(start));
  if (!kept) return std::nullopt;
  const std::string by = ", by rollout " + start.fleet.find(kept->rollout)->name;
  std::string text = "it is quarantined" + told_as(start.fleet, planned(start), *kept) + by;
  return Blocker{StartRule::quarantined, std::move(text), {}, {}, {}, kept->host, kept->cause};
}

Blocker started_as(const std::string& other) {
  return {StartRule::same_machine, "the same machine is in flight as " + other, {}, {}, {}, other};
}

std::optional<Blocker> machine_rule(const Start& start) {
  const std::string machine = machine_of(planned(start));
  if (start.before) {
    const auto found = start.before->machines.find(machine);
    if (found != start.before->machines.end()) return started_as(found->second);
  }
  if (!start.fleet.in_hand(machine)) return std::nullopt;
  return in_flight_as(start.fleet, machine);
}

std::optional<Blocker> soak_rule(const Start& start) {
  const RolloutState& rollout = start.rollout;
  if (planned(start).wave <= rollout.open_wave || !waits_for_gate(rollout)) return std::nullopt;
  return before_next_wave(start.fleet, rollout, start.now);
}

std::optional<Blocker> wave_rule(const Start& start) {
  const auto& waves = start.rollout.plan->waves;
  const std::uint32_t wave = planned(start).wave;
  const std::uint32_t open = start.rollout.open_wave;
  if (wave <= open) return std::nullopt;
  const WaveState& state = start.rollout.waves[open];
  const std::uint32_t to_go = state.waiting + state.in_flight;
  std::string text = "wave " + waves[wave].name + " opens after the gate of " + waves[wave - 1].name;
  if (to_go > 0) text += "; " + count_of(to_go, "host") + " of wave " + waves[open].name + " to go";
  return Blocker{StartRule::wave_not_open, std::move(text)};
}
std::string wave_open(const Start& start) {
  return "wave " + start.rollout.plan->waves[planned(start).wave].name;
}

Blocker closed(const Calendar& calendar, const Fit& fit, const std::string& what, Duration needed, Now now) {
  const std::string needs = "; " + what + " needs up to " + rough_most(needed);
  const std::string next = "; next start " + to_string(fit.until) + needs;
  const Instant wake = now.steady + std::max(Duration(1), fit.until - now.wall);
  switch (fit.verdict) {
    case Fit::Verdict::outside:
      return {StartRule::window, "no maintenance window is open" + next, fit.until, wake};
    case Fit::Verdict::frozen:
      return {StartRule::freeze, "freeze " + fit.closer + next, fit.until, wake};
    case Fit::Verdict::too_late:
      return {StartRule::too_late, "window " + fit.closer + " closes too soon" + next, fit.until, wake};
    case Fit::Verdict::too_early:
      return {StartRule::window,
              "this machine's clock is before the plan (made " + to_string(known_from(calendar)) + "): check its time" +
                  next,
              fit.until, wake};
    case Fit::Verdict::never:
    case Fit::Verdict::allowed:
      break;
  }
  return {StartRule::no_window, "no maintenance window of the plan is long enough" + needs};
}

/// Windows go by the wall clock, as it is now: what it showed before it was put right does not count.
std::optional<Blocker> calendar_for(const RolloutState& rollout, HostIndex host, Now now) {
  const ResolvedPlan& plan = *rollout.plan;
  const Duration needed = update_time(plan, plan.hosts[host]);
  const Fit fit = may_start(plan.calendar, now.wall, needed, plan.last_start);
  if (fit.verdict == Fit::Verdict::allowed) return std::nullopt;
  return closed(plan.calendar, fit, "a host", needed, now);
}
std::optional<Blocker> calendar_rule(const Start& start) {
  return calendar_for(start.rollout, start.host, start.now);
}
std::string window_open(const Start&) {
  return "window";
}

/// Hosts start in order: one that fits into the window does not overtake one that does not.
std::optional<Blocker> turn_rule(const Start& start) {
  const RolloutState& rollout = start.rollout;
  if (planned(start).wave != rollout.open_wave) return std::nullopt;
  const auto front = rollout.starts[rollout.open_wave].front();
  if (!front || *front >= start.host || !calendar_for(rollout, *front, start.now)) return std::nullopt;
  const std::string& name = rollout.plan->hosts[*front].name;
  return Blocker{StartRule::turn, "its turn comes after " + name + ", which waits for the calendar"};
}

std::string global_figures(const Start& start) {
  const int in_flight = start.fleet.in_flight() + (start.before ? start.before->hosts : 0);
  return std::to_string(in_flight) + '/' + std::to_string(start.rollout.plan->global_limit);
}
std::optional<Blocker> global_rule(const Start& start) {
  const int in_flight = start.fleet.in_flight() + (start.before ? start.before->hosts : 0);
  if (in_flight < start.rollout.plan->global_limit) return std::nullopt;
  std::string text = global_figures(start) + " hosts are in flight, the most in all";
  return Blocker{StartRule::global_limit, std::move(text)};
}
std::string global_room(const Start& start) {
  return "global " + global_figures(start);
}

/// A rule and, where it does not block, what is said of it; nothing is said of the obvious.
struct Row {
  std::optional<Blocker> (*blocks)(const Start&);
  std::string (*passes)(const Start&);
  bool binds_ways_back;
};
constexpr std::array kHostRows = std::to_array<Row>({
    {operator_rule, not_paused, true},
    {held_rule, nullptr, true},
    {leaving_rule, nullptr, true},
    {own_side_rule, nullptr, false},
    {quarantine_rule, nullptr, true},
    {machine_rule, nullptr, true},
    {soak_rule, nullptr, false},
    {wave_rule, wave_open, false},
    {calendar_rule, window_open, false},
    {turn_rule, nullptr, false},
    {first_back_rule, nullptr, true},
    {global_rule, global_room, true},
});

/// Hosts of a domain that the same decision starts.
int taken_in(const Start& start, DomainId id) {
  if (!start.before) return 0;
  const auto found = start.before->in.find(id);
  return found == start.before->in.end() ? 0 : found->second;
}

std::string resume_or_abandon(const RolloutState& run) {
  return "breakwater resume " + run.name + ", or breakwater abandon " + run.name + " --reason \"...\"";
}

/// A start waits for the way back of its own machine, which another rollout owes it.
Blocker behind_way_back(const Start& start) {
  const std::string machine = machine_of(planned(start));
  for (const RolloutId id : start.fleet.unfinished()) {
    const RolloutState& run = *start.fleet.find(id);
    const auto of_machine = [&](HostIndex host) { return machine_of(run.plan->hosts[host]) == machine; };
    const auto bound = std::find_if(run.bound_undos.begin(), run.bound_undos.end(), of_machine);
    if (bound == run.bound_undos.end()) continue;
    const auto operators = held_by_operator(run);
    Blocker blocker{StartRule::domain_full, "rollout " + run.name + " rolls it back first, and that is held: "};
    blocker.text += operators ? operators->text : run.ways_back.held_why;
    blocker.command = resume_or_abandon(run);
    return blocker;
  }
  const RolloutState* owner = start.fleet.owner(machine);
  const std::string by = owner && owner != &start.rollout ? "rollout " + owner->name + " rolls it" : "it is rolled";
  return {StartRule::domain_full, by + " back first"};
}

std::optional<Blocker> domain_rule(const Start& start, DomainId id, bool back) {
  const Domain& domain = start.fleet.domains()[id];
  if (!domain.is_full(back, taken_in(start, id))) return std::nullopt;
  if (!domain.is_host()) return Blocker{StartRule::domain_full, figures_of(domain, taken_in(start, id)), {}, {}, id};
  Blocker blocker{StartRule::domain_full, "another rollout is at work on it"};
  if (!back && domain.claims > 0) blocker = behind_way_back(start);
  blocker.domain = id;
  return blocker;
}

/// What is away of a machine's own domain is quarantined or in flight, and the rules before say that of it.
bool is_told(const std::vector<Blocker>& blockers) {
  return std::any_of(blockers.begin(), blockers.end(), [](const Blocker& one) {
    return one.rule == StartRule::quarantined || one.rule == StartRule::same_machine;
  });
}

}  // namespace

bool is_of_one_host(StartRule rule) {
  return rule == StartRule::quarantined || rule == StartRule::same_machine || rule == StartRule::domain_full;
}

bool needs_resume(StartRule rule) {
  return rule == StartRule::stopped || rule == StartRule::paused || rule == StartRule::held_back;
}

bool is_calendar(StartRule rule) {
  return rule == StartRule::window || rule == StartRule::freeze || rule == StartRule::too_late ||
         rule == StartRule::no_window;
}

const StartRuleRow& row_of(StartRule rule) {
  return kRows[static_cast<std::size_t>(rule)];
}

bool is_news(const Blocker& wait) {
  const News news = row_of(wait.rule).news;
  return news == News::always || (news == News::by_hand && !wait.command.empty());
}

std::string release_command(const std::string& host) {
  return "breakwater quarantine release " + host + " --reason \"...\"";
}

std::string way_out(const std::string& host, Cause cause) {
  return cause == Cause::armed ? kCancelByHand + std::string(", then ") + release_command(host) : release_command(host);
}

std::string what_to_type(const Blocker& blocker, const std::string& rollout) {
  if (!blocker.command.empty()) return blocker.command;
  const std::string verb(row_of(blocker.rule).verb);
  if (verb == "plan") return "breakwater plan ROLLOUT, with other windows";
  if (verb == "discount") return {};  // discount.hpp says whose
  if (verb == "explain") return "breakwater explain " + blocker.host;
  if (!blocker.host.empty()) return way_out(blocker.host, blocker.cause);
  if (verb.empty()) return {};
  return "breakwater " + verb + ' ' + rollout;
}

std::optional<Blocker> may_start(const Start& start) {
  const HostTrip& trip = start.rollout.hosts[start.host];
  const bool way_back = may_go_back(trip);
  for (const Row& row : kHostRows) {
    if (way_back && !row.binds_ways_back) continue;
    if (auto blocker = row.blocks(start)) return blocker;
  }
  for (const DomainId id : trip.domains) {
    if (auto full = domain_rule(start, id, way_back)) return full;
  }
  return std::nullopt;
}

StartAnswer every_rule(const Start& start) {
  StartAnswer answer;
  const HostTrip& trip = start.rollout.hosts[start.host];
  const bool way_back = may_go_back(trip);
  for (const Row& row : kHostRows) {
    if (way_back && !row.binds_ways_back) continue;
    if (auto blocker = row.blocks(start)) {
      answer.blockers.push_back(std::move(*blocker));
    } else if (row.passes) {
      answer.passing.push_back(row.passes(start));
    }
  }
  for (const DomainId id : trip.domains) {
    const Domain& domain = start.fleet.domains()[id];
    if (auto full = domain_rule(start, id, way_back)) {
      if (!domain.is_host() || !is_told(answer.blockers)) answer.blockers.push_back(std::move(*full));
    } else if (domain.limit > 0 && !domain.is_host()) {
      answer.passing.push_back(figures_of(domain, taken_in(start, id)));
    }
  }
  return answer;
}

Blocker in_flight_as(const Fleet& fleet, const std::string& machine) {
  const PlannedHost& other = *fleet.in_hand(machine);
  const RolloutState& run = *fleet.holder(machine);
  Blocker blocker = started_as(other.name);
  blocker.text += " in rollout " + run.name;
  const auto host = static_cast<HostIndex>(&other - run.plan->hosts.data());
  const HostTrip& trip = run.hosts[host];
  if (trip.key_shown) {
    Blocker key = key_wait(run, host);
    blocker.text += "; " + key.text;
    blocker.command = std::move(key.command);
  }
  if (trip.open || !is_held(run, trip)) return blocker;
  const auto operators = held_by_operator(run);
  blocker.text += ", which is held half way: " + (operators ? operators->text : run.ways_back.held_why);
  blocker.command = resume_or_abandon(run);
  return blocker;
}

std::optional<Blocker> held_by_operator(const RolloutState& rollout) {
  if (!rollout.paused) return std::nullopt;
  std::string text = rollout.bound_by.empty() ? "an operator" : harmless(rollout.bound_by);
  text += rollout.stopping ? " stopped the rollout" : " paused the rollout";
  if (!rollout.bound_why.empty()) text += ": " + harmless(rollout.bound_why);
  return Blocker{rollout.stopping ? StartRule::stopped : StartRule::paused, std::move(text)};
}

Blocker bound_half_way(const RolloutState& rollout, std::size_t hosts) {
  Blocker blocker = *held_by_operator(rollout);
  blocker.text += "; " + count_of(hosts, "host") + " partly updated: the next component or the rollback waits";
  return blocker;
}

Blocker held_way_back(const RolloutState& rollout, std::size_t hosts) {
  return {StartRule::held_back, rollout.ways_back.held_why + "; " + count_of(hosts, "host") +
                                    (hosts == 1 ? " waits" : " wait") + " to be rolled back until a resume"};
}

std::optional<Blocker> asked_to_leave(Starts starts, bool way_back) {
  if (starts == Starts::allowed || (starts == Starts::ways_back && way_back)) return std::nullopt;
  if (starts == Starts::ways_back)
    return Blocker{StartRule::leaving, "the process that conducts only rolls hosts back"};
  return Blocker{StartRule::leaving, "the process that conducts is leaving: nothing new starts"};
}

std::optional<Blocker> closed_for_next(const RolloutState& rollout, HostIndex host, Now now) {
  const ResolvedPlan& plan = *rollout.plan;
  const HostTrip& trip = rollout.hosts[host];
  const PlannedHost& planned = plan.hosts[host];
  if (trip.update >= planned.updates.size()) return std::nullopt;
  const Duration needed = activation_time(plan, planned.updates[trip.update], trip.state == State::activating);
  const Fit fit = may_start(plan.calendar, now.wall, needed);
  if (fit.verdict == Fit::Verdict::allowed) return std::nullopt;
  return closed(plan.calendar, fit, "the next component of " + planned.name, needed, now);
}

std::optional<Blocker> backs_off(Instant until, Now now) {
  if (until <= now.steady) return std::nullopt;
  const Instant at = now.wall + (until - now.steady);
  return Blocker{StartRule::back_off, "an upload is tried again at " + to_string(at), at, until};
}

}  // namespace breakwater
