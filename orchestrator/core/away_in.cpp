#include "orchestrator/core/away_in.hpp"

#include <algorithm>

#include "inventories/vocabulary/plain_text.hpp"

namespace breakwater {
namespace {

bool has(const std::vector<DomainId>& domains, DomainId id) {
  return std::find(domains.begin(), domains.end(), id) != domains.end();
}

bool counts_in(const HostTrip& trip, DomainId id) {
  return counts_away(trip, trip.state) && has(trip.domains, id);
}

}  // namespace

std::vector<std::string> away_in(const Fleet& fleet, DomainId id, const std::string& but, Instant clock) {
  std::vector<std::string> names;
  const Domain& domain = fleet.domains()[id];
  if (domain.is_host()) return names;
  for (const auto& [key, rollout] : fleet.rollouts()) {
    for (HostIndex i = 0; i < rollout.hosts.size(); ++i) {
      const HostTrip& trip = rollout.hosts[i];
      if (!counts_in(trip, id) || machine_of(rollout.plan->hosts[i]) == but) continue;
      names.push_back(rollout.plan->hosts[i].name + " (" + std::string(to_string(trip.state)) +
                      (trip.discounted ? " and discounted, " : ", ") + rough(clock - trip.since) + ')');
    }
    if (rollout.finished) continue;
    for (const LeftOut& host : rollout.plan->left_out) {
      const auto label = host.labels.find(domain.label);
      if (!host.down || label == host.labels.end() || label->second != domain.value) continue;
      names.push_back(host.host + " (down before the rollout)");
    }
  }
  for (const auto& [name, one] : fleet.quarantines()) {
    if (one.machine == but || !has(one.also, id)) continue;
    names.push_back(name + " (quarantined" + (one.discounted ? " and discounted" : "") +
                    ", and a later plan has it here)");
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool is_full_of_itself(const Fleet& fleet, DomainId id, const std::string& machine, bool back) {
  Domain rest = fleet.domains()[id];
  if (rest.is_host()) return false;
  const auto leave_out = [&rest](bool discounted) {
    --rest.away;
    if (discounted) --rest.discounted;
  };
  for (const auto& [key, rollout] : fleet.rollouts()) {
    for (HostIndex i = 0; i < rollout.hosts.size(); ++i) {
      const HostTrip& trip = rollout.hosts[i];
      if (counts_in(trip, id) && machine_of(rollout.plan->hosts[i]) == machine) leave_out(trip.discounted);
    }
  }
  for (const auto& [name, one] : fleet.quarantines()) {
    if (one.machine == machine && has(one.also, id)) leave_out(one.discounted);
  }
  return !rest.is_full(back);
}

}  // namespace breakwater
