#include "orchestrator/operations/rollouts.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "inventories/document/object.hpp"
#include "orchestrator/operations/planning.hpp"

namespace breakwater::operations {

Result<const RolloutState*, Problem> find_rollout(const Fleet& fleet, const std::string& name_or_file) {
  if (const RolloutState* found = fleet.find(name_or_file)) return found;
  std::string name = name_or_file;
  std::error_code error;
  if (std::filesystem::is_regular_file(name_or_file, error)) {
    name = rollout_name_in(name_or_file);
    if (const RolloutState* found = name.empty() ? nullptr : fleet.find(name)) return found;
    if (name.empty()) return fail(problem(Problem::Kind::bad_document, name_or_file + ": holds no Rollout"));
  }
  std::set<std::string_view> known;
  for (const auto& [id, rollout] : fleet.rollouts()) known.insert(rollout.plan->rollout);
  const std::string close = nearest(name, {known.begin(), known.end()});
  std::string message = "no rollout '" + name + "' was ever applied here";
  if (!close.empty()) message += "; did you mean '" + close + "'?";
  return fail(problem(Problem::Kind::failed, std::move(message), "breakwater status"));
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

Result<OperatorAsked, Problem> roll_back_of(const RolloutState& rollout, const std::string& wave,
                                            const std::string& host) {
  const ResolvedPlan& plan = *rollout.plan;
  OperatorAsked asked;
  asked.verb = Verb::roll_back;
  asked.rollout = rollout.id;
  if (!wave.empty()) {
    const auto found = find_wave(plan, wave);
    if (!found) return fail(found.error());
    asked.wave = *found;
  }
  if (host.empty()) return asked;
  const bool known = std::any_of(plan.hosts.begin(), plan.hosts.end(),
                                 [&](const PlannedHost& planned) { return planned.name == host; });
  if (!known) {
    return fail(problem(Problem::Kind::bad_argument, "host '" + host + "' is no part of rollout " + plan.rollout,
                        "breakwater explain " + host));
  }
  asked.host = host;
  return asked;
}

std::vector<std::string> left_behind(const RolloutState& rollout, const OperatorAsked& asked) {
  std::vector<std::string> names;
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    const PlannedHost& planned = rollout.plan->hosts[host];
    const bool meant = asked.host.empty() ? !asked.wave || *asked.wave == planned.wave : asked.host == planned.name;
    if (meant && rollout.hosts[host].state == State::updated) names.push_back(planned.name);
  }
  return names;
}

}  // namespace breakwater::operations
