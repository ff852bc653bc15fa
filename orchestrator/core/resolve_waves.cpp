#include "orchestrator/core/resolve_waves.hpp"

#include <algorithm>
#include <set>

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
      refusals.push_back("wave " + spec.name + ": Policy " + plan.policy + " has no gate \"" + spec.gate + '"');
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
    if (static_cast<int>(wave.hosts) >= wave.gate.min_hosts) continue;
    refusals.push_back("wave " + wave.name + " has " + std::to_string(wave.hosts) + " hosts, its gate " +
                       wave.gate_name + " judges no fewer than " + std::to_string(wave.gate.min_hosts) +
                       ": it could never pass");
  }
}

void take_limits(const ResolveInput& input, ResolvedPlan& plan) {
  plan.global_limit = input.limits.global.value_or(kGlobalLimitDefault);
  for (const auto& [label, most] : input.limits.per) {
    const auto sizes = input.domain_sizes.find(label);
    if (sizes == input.domain_sizes.end()) continue;
    std::set<std::string> used;
    for (const PlannedHost& host : plan.hosts) {
      const auto value = host.labels.find(label);
      if (value != host.labels.end()) used.insert(value->second);
    }
    for (const std::string& value : used) {
      const auto size = sizes->second.find(value);
      const int hosts = size == sizes->second.end() ? 1 : size->second;
      plan.domain_limits.push_back(DomainLimit{label, value, resolve_count(most, hosts)});
    }
  }
}

}  // namespace breakwater
