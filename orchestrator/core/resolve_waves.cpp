#include "orchestrator/core/resolve_waves.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/core/left_out.hpp"
#include "orchestrator/core/trip_time.hpp"
#include "policies/limits.hpp"
#include "policies/waves.hpp"

namespace breakwater {
namespace {

/// A small fleet may leave a wave without hosts; there is nothing to gate in it.
void drop_empty_waves(ResolvedPlan& plan) {
  std::vector<std::uint32_t> moved;
  std::vector<PlannedWave> kept;
  for (PlannedWave& wave : plan.waves) {
    moved.push_back(static_cast<std::uint32_t>(kept.size()));
    if (wave.hosts > 0) kept.push_back(std::move(wave));
  }
  plan.waves = std::move(kept);
  for (PlannedHost& host : plan.hosts) host.wave = moved[host.wave];
}

/// The hosts that a wave would have if those that are not free now were.
std::uint32_t once_free(const ResolveInput& input, const ResolvedPlan& plan, const std::string& wave) {
  std::vector<WaveHost> hosts;
  for (const PlannedHost& host : plan.hosts) hosts.push_back(WaveHost{host.name, host.labels, host.identity.model});
  for (const LeftOut& host : plan.left_out) {
    if (host.reason == kBeyondWaves)
      hosts.push_back(WaveHost{host.host, host.labels, host.model});
    else if (keeps_from_rolling(host.reason))
      hosts.push_back(WaveHost{host.host, host.labels, {}});
  }
  std::sort(hosts.begin(), hosts.end(),
            [](const WaveHost& one, const WaveHost& other) { return one.name < other.name; });
  const auto& specs = input.rollout.waves;
  const auto place = std::find_if(specs.begin(), specs.end(), [&](const WaveSpec& one) { return one.name == wave; });
  const std::vector<int> wave_of = assign_waves(hosts, specs, to_hex(input.rollout.document_digest));
  return static_cast<std::uint32_t>(std::count(wave_of.begin(), wave_of.end(), place - specs.begin()));
}

void refuse_small_wave(const ResolveInput& input, const ResolvedPlan& plan, const PlannedWave& wave,
                       PlanRefusals& refusals) {
  const auto& specs = input.rollout.waves;
  const auto spec =
      std::find_if(specs.begin(), specs.end(), [&](const WaveSpec& one) { return one.name == wave.name; });
  PlanRefusal refusal;
  refusal.at = spec == specs.end() ? Mark{} : spec->at;
  refusal.once_free = static_cast<int>(once_free(input, plan, wave.name)) >= wave.gate.min_hosts;
  refusal.why = "wave " + wave.name + " has " + count_of(wave.hosts, "host") + ", its gate " + wave.gate_name +
                " judges no fewer than " + std::to_string(wave.gate.min_hosts) +
                (refusal.once_free ? ": it waits for hosts that are not free" : ": it could never pass");
  for (const LeftOut& host : plan.left_out) {
    const bool meant = host.reason == kLeftOutExcluded || host.reason == kLeftOutNotMatched;
    if (host.reason != kBeyondWaves && !meant) refusal.left_out.push_back(host);
  }
  refusals.push_back(std::move(refusal));
}

}  // namespace

void place_in_waves(const ResolveInput& input, ResolvedPlan& plan, PlanRefusals& refusals) {
  std::vector<WaveHost> hosts;
  for (const PlannedHost& host : plan.hosts) hosts.push_back(WaveHost{host.name, host.labels, host.identity.model});
  const std::vector<int> wave_of = assign_waves(hosts, input.rollout.waves, to_hex(input.rollout.document_digest));
  for (const WaveSpec& spec : input.rollout.waves) {
    PlannedWave wave;
    wave.name = spec.name;
    wave.soak = spec.soak;
    wave.gate_name = spec.gate;
    const auto gate = input.policy.gates.find(spec.gate);
    if (gate == input.policy.gates.end()) {
      refusals.push_back(
          {"wave " + spec.name + ": Policy " + plan.policy + " has no gate " + in_quotes(spec.gate), spec.at});
    } else {
      wave.gate = gate->second;
    }
    plan.waves.push_back(std::move(wave));
  }
  std::vector<PlannedHost> placed;
  for (std::size_t i = 0; i < plan.hosts.size(); ++i) {
    PlannedHost& host = plan.hosts[i];
    if (wave_of[i] == kNoWave) {
      plan.left_out.push_back(LeftOut{host.name, host.labels, std::string(kBeyondWaves),
                                      "no wave of the Rollout reaches it", false, host.identity.model});
      continue;
    }
    host.wave = static_cast<std::uint32_t>(wave_of[i]);
    ++plan.waves[host.wave].hosts;
    placed.push_back(std::move(host));
  }
  std::stable_sort(placed.begin(), placed.end(),
                   [](const PlannedHost& one, const PlannedHost& other) { return one.wave < other.wave; });
  plan.hosts = std::move(placed);
  drop_empty_waves(plan);
  for (const PlannedWave& wave : plan.waves) {
    if (static_cast<int>(wave.hosts) < wave.gate.min_hosts) refuse_small_wave(input, plan, wave, refusals);
  }
}

void take_limits(const ResolveInput& input, ResolvedPlan& plan) {
  plan.global_limit = input.limits.global.value_or(kGlobalLimitDefault);
  for (const auto& [label, most] : input.limits.per) {
    std::set<std::string> used;
    for (PlannedHost& host : plan.hosts) used.insert(host.labels.try_emplace(label, kNoDomain).first->second);
    for (LeftOut& host : plan.left_out) host.labels.try_emplace(label, kNoDomain);
    const auto sizes = input.domain_sizes.find(label);
    const auto ceiling = input.policy.ceilings.per.find(label);
    for (const std::string& value : used) {
      int hosts = 1;
      if (sizes != input.domain_sizes.end() && sizes->second.contains(value)) hosts = sizes->second.at(value);
      const bool has_ceiling = ceiling != input.policy.ceilings.per.end();
      plan.domain_limits.push_back(DomainLimit{label, value, resolve_count(most, hosts),
                                               has_ceiling ? resolve_count(ceiling->second, hosts) : 0});
    }
  }
}

void refuse_what_never_fits(const ResolveInput& input, const ResolvedPlan& plan, PlanRefusals& refusals) {
  std::set<std::uint32_t> too_long;
  for (const PlannedHost& host : plan.hosts) {
    for (const PlannedUpdate& update : host.updates) {
      const Duration needed = activation_time(plan, update, false);
      if (needed < plan.timeouts.host || !too_long.insert(update.component).second) continue;
      refusals.push_back({"component " + plan.components[update.component].id + " may take " + rough_most(needed) +
                          " to run, to return and to hold, and timeouts.host is " + rough(plan.timeouts.host) +
                          ", which must be longer: no host would ever be activated"});
    }
  }
  std::map<Duration, std::vector<std::string>> never;
  for (const PlannedHost& host : plan.hosts) {
    const Duration needed = update_time(plan, host);
    const Fit fit = may_start(plan.calendar, input.now, needed, plan.last_start);
    if (fit.verdict == Fit::Verdict::never) never[needed].push_back(host.name);
  }
  const bool none_opens = may_start(plan.calendar, input.now, Duration(1)).verdict == Fit::Verdict::never;
  if (none_opens && !never.empty()) {
    refusals.push_back({"no maintenance window opens until " + to_string(plan.calendar.horizon) +
                        ", as far as the calendar is known: its windows are over, or freezes cover them"});
    return;
  }
  for (const auto& [needed, hosts] : never) {
    refusals.push_back({"no maintenance window has room for " + list_some(hosts, 3) + ": an update may take " +
                        rough_most(needed) + "; make a window longer, or timeouts.host shorter"});
  }
}

}  // namespace breakwater
