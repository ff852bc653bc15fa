#include "orchestrator/core/beginning.hpp"

#include "orchestrator/core/quarantined_as.hpp"

namespace breakwater {

std::vector<std::string> hosts_taken(const ResolvedPlan& plan, const Fleet& fleet) {
  std::vector<std::string> taken;
  // What several of its hosts have tells of none, once it is in the journal.
  const std::set<std::string> shared =
      fleet.quarantines().empty() ? std::set<std::string>() : shared_halves(plan.hosts);
  for (const PlannedHost& host : plan.hosts) {
    const std::string machine = machine_of(host);
    const Quarantine* kept = fleet.quarantine_of(host);
    if (kept && shared.contains(half_alike(fleet, host, *kept))) kept = nullptr;
    if (kept && kept->host != host.name) {
      taken.push_back("host " + host.name + " was quarantined" + told_as(fleet, host, *kept));
    } else if (kept || fleet.quarantines().contains(host.name)) {
      taken.push_back("host " + host.name + " was quarantined");
    }
    if (const RolloutState* owner = fleet.owner(machine)) {
      taken.push_back("host " + host.name + " was taken by rollout " + owner->name + ", which is not over,");
    }
  }
  return taken;
}

const RolloutState* run_of(const Fleet& fleet, const ResolvedPlan& frozen) {
  for (const auto& [id, rollout] : fleet.rollouts()) {
    if (!frozen.nonce.empty() && rollout.plan->nonce == frozen.nonce) return &rollout;
  }
  return nullptr;
}

}  // namespace breakwater
