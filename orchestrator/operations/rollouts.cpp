#include "orchestrator/operations/rollouts.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <set>

#include "inventories/document/object.hpp"
#include "orchestrator/core/binding.hpp"
#include "orchestrator/core/start_rules.hpp"
#include "orchestrator/operations/planning.hpp"

namespace breakwater::operations {

namespace {

std::vector<const RolloutState*> runs_called(const Fleet& fleet, const std::string& name) {
  std::vector<const RolloutState*> runs;
  for (const RolloutId id : fleet.runs_of(name)) runs.push_back(fleet.find(id));
  const RolloutState* one = runs.empty() ? fleet.find(name) : nullptr;
  if (one) runs.push_back(one);
  return runs;
}

}  // namespace

Result<std::vector<const RolloutState*>, Problem> find_runs(const Fleet& fleet, const std::string& name_or_file) {
  std::vector<const RolloutState*> runs = runs_called(fleet, name_or_file);
  if (!runs.empty()) return runs;
  std::string name = name_or_file;
  std::error_code error;
  if (std::filesystem::is_regular_file(name_or_file, error)) {
    name = rollout_name_in(name_or_file);
    if (name.empty()) return fail(problem(Problem::Kind::bad_document, name_or_file + ": holds no Rollout"));
    runs = runs_called(fleet, name);
    if (!runs.empty()) return runs;
  }
  std::set<std::string_view> known;
  for (const auto& [id, rollout] : fleet.rollouts()) known.insert({rollout.plan->rollout, rollout.name});
  const std::string close = nearest(name, {known.begin(), known.end()});
  std::string message = "no rollout '" + name + "' was ever applied here";
  if (!close.empty()) message += "; did you mean '" + close + "'?";
  return fail(problem(Problem::Kind::failed, std::move(message), "breakwater status"));
}

std::string did_you_mean_host(const Fleet& fleet, const std::string& host) {
  std::set<std::string_view> known;
  for (const auto& [id, rollout] : fleet.rollouts()) {
    for (const PlannedHost& one : rollout.plan->hosts) known.insert(one.name);
    for (const LeftOut& one : rollout.plan->left_out) known.insert(one.host);
  }
  const std::string close = known.contains(host) ? std::string() : nearest(host, {known.begin(), known.end()});
  return close.empty() ? std::string() : "; did you mean '" + close + "'?";
}

const RolloutState& present_run(const std::vector<const RolloutState*>& runs) {
  const auto open = std::find_if(runs.rbegin(), runs.rend(), [](const RolloutState* run) { return !run->finished; });
  return open == runs.rend() ? *runs.back() : **open;
}

Result<std::uint32_t, Problem> find_wave(const ResolvedPlan& plan, const std::string& name_or_number) {
  std::string names;
  for (std::uint32_t i = 0; i < plan.waves.size(); ++i) {
    if (plan.waves[i].name == name_or_number) return i;
    names += (names.empty() ? "" : ", ") + plan.waves[i].name;
  }
  std::uint32_t number = 0;
  const char* const last = name_or_number.data() + name_or_number.size();
  const auto [end, error] = std::from_chars(name_or_number.data(), last, number);
  if (error == std::errc() && end == last && number >= 1 && number <= plan.waves.size()) return number - 1;
  return fail(problem(Problem::Kind::bad_argument,
                      "rollout " + plan.rollout + " has no wave '" + name_or_number + "'; it has " + names));
}

namespace {

bool has_host(const RolloutState& run, const std::string& host) {
  const std::vector<PlannedHost>& hosts = run.plan->hosts;
  return std::any_of(hosts.begin(), hosts.end(), [&](const PlannedHost& planned) { return planned.name == host; });
}

}  // namespace

Result<std::vector<OperatorAsked>, Problem> roll_backs_of(const Fleet& fleet,
                                                          const std::vector<const RolloutState*>& runs,
                                                          const std::string& wave, const std::string& host) {
  std::vector<OperatorAsked> all;
  std::optional<Problem> no_wave;
  for (const RolloutState* run : runs) {
    OperatorAsked asked;
    asked.verb = Verb::roll_back;
    asked.rollout = run->id;
    asked.host = host;
    if (!wave.empty()) {
      const auto found = find_wave(*run->plan, wave);
      if (!found) no_wave = found.error();
      if (!found) continue;
      asked.wave = *found;
    }
    if (host.empty() || has_host(*run, host)) all.push_back(std::move(asked));
  }
  if (!all.empty()) return all;
  if (no_wave) return fail(*no_wave);
  return fail(problem(
      Problem::Kind::bad_argument,
      "host '" + host + "' is no part of rollout " + runs.back()->plan->rollout + did_you_mean_host(fleet, host),
      "breakwater explain " + host));
}

bool is_meant(const OperatorAsked& asked, const PlannedHost& host) {
  const bool some = !asked.host.empty() || !asked.hosts.empty();
  if (!some) return !asked.wave || *asked.wave == host.wave;
  return asked.host == host.name || std::find(asked.hosts.begin(), asked.hosts.end(), host.name) != asked.hosts.end();
}

CameBack came_back(const Fleet& fleet, const RolloutState& run, const OperatorAsked& asked) {
  CameBack came;
  for (HostIndex host = 0; host < run.hosts.size(); ++host) {
    if (!is_meant(asked, run.plan->hosts[host])) continue;
    const HostTrip& trip = run.hosts[host];
    const bool part = is_back_in_part(trip);
    const bool not_yet = part && (trip.undo_if_left || !fleet.still_brought(run, host).empty());
    if (trip.state == State::rolled_back && !not_yet) ++(part ? came.in_part : came.rolled_back);
    if (trip.state == State::updated || trip.state == State::quarantined || not_yet) ++came.not_yet;
    if (not_yet) ++came.part_only;
  }
  return came;
}

namespace {

/// ` (nic)`: what of a host that is rolled back in part still comes from the run; empty for every other one.
std::string part_left(const Fleet& fleet, const RolloutState& run, HostIndex host) {
  if (!is_back_in_part(run.hosts[host])) return {};
  std::string text;
  for (std::uint32_t i = 0; i < run.hosts[host].touched; ++i) {
    if (!fleet.has_brought(run, host, i)) continue;
    text += (text.empty() ? " (" : ", ") + run.plan->components[run.plan->hosts[host].updates[i].component].id;
  }
  return text.empty() ? text : text + ')';
}

bool is_to_go(const Fleet& fleet, const RolloutState& run, HostIndex host) {
  const HostTrip& trip = run.hosts[host];
  return is_in_flight(trip.state) || (waits_to_go_back(trip) && !fleet.quarantine_of(run.plan->hosts[host]));
}

/// Why nobody goes on with the way back of this host before an operator says so; empty where that is not so.
std::string why_held(const RolloutState& run, const HostTrip& trip) {
  if (paused_before(run, trip)) return held_by_operator(run)->text;
  if (held_before(run, trip)) return run.ways_back.held_why;
  return {};
}

}  // namespace

bool is_carried_out(const Fleet& fleet, const OperatorAsked& asked) {
  const RolloutState& run = *fleet.find(asked.rollout);
  for (HostIndex host = 0; host < run.hosts.size(); ++host) {
    if (is_meant(asked, run.plan->hosts[host]) && is_to_go(fleet, run, host)) return false;
  }
  return true;
}

LeftBehind left_behind(const Fleet& fleet, const OperatorAsked& asked) {
  LeftBehind left;
  const RolloutState& run = *fleet.find(asked.rollout);
  for (HostIndex host = 0; host < run.hosts.size(); ++host) {
    const PlannedHost& planned = run.plan->hosts[host];
    const HostTrip& trip = run.hosts[host];
    if (!is_meant(asked, planned)) continue;
    if (is_to_go(fleet, run, host)) {
      left.to_go.push_back(planned.name);
      if (left.held_why.empty()) left.held_why = why_held(run, trip);
      continue;
    }
    const bool back = trip.state == State::rolled_back;
    const bool drifted = back ? trip.cause == Cause::drifted : trip.drifted;
    if (!may_go_back(trip) && trip.state != State::quarantined && !(back && drifted)) continue;
    const std::string part = part_left(fleet, run, host);
    if (trip.undo_if_left) {
      left.may_be_left.push_back(planned.name + part);
      continue;
    }
    const bool runs_it = !fleet.still_brought(run, host).empty();
    const bool lost = trip.cause == Cause::no_way_back && !trip.detail.empty();
    const std::string name = planned.name + (lost ? " (" + trip.detail + ')' : part);
    const bool kept = !may_go_back(trip) || fleet.quarantine_of(planned);
    if (runs_it) (kept ? left.quarantined : left.run_it).push_back(name);
    if (!runs_it && trip.state != State::quarantined) (drifted ? left.drifted : left.changed_since).push_back(name);
  }
  return left;
}

RolledBack rolled_back(const Fleet& fleet, const std::vector<OperatorAsked>& asked) {
  RolledBack all;
  for (const OperatorAsked& one : asked) {
    const LeftBehind left = left_behind(fleet, one);
    for (auto hosts : {&LeftBehind::run_it, &LeftBehind::changed_since, &LeftBehind::drifted, &LeftBehind::quarantined,
                       &LeftBehind::may_be_left, &LeftBehind::to_go}) {
      (all.left.*hosts).insert((all.left.*hosts).end(), (left.*hosts).begin(), (left.*hosts).end());
    }
    if (all.left.held_why.empty()) all.left.held_why = left.held_why;
    all.quarantines = all.quarantines || !left.quarantined.empty();
    const RolloutState& run = *fleet.find(one.rollout);
    for (HostIndex host = 0; host < run.hosts.size(); ++host) {
      const HostTrip& trip = run.hosts[host];
      const bool kept = trip.state == State::quarantined && !is_released(trip);
      all.quarantines = all.quarantines || (kept && is_meant(one, run.plan->hosts[host]));
    }
  }
  return all;
}

}  // namespace breakwater::operations
