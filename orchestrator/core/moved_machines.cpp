// Where a quarantined machine stands by now, as far as later plans tell. Whether it was moved or only labelled anew
// nobody has read: it counts where it was, too.
#include <map>
#include <set>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// A plan knows quarantined machines, mostly among those that it leaves out. One that counts there as down already does
/// not count twice.
void Fleet::find_moved(const ResolvedPlan& plan) {
  for (const LeftOut& host : plan.left_out) {
    if (!host.down) find_moved(machines_quarantined_as(host.kept_as.empty() ? host.host : host.kept_as), host.labels);
  }
  for (const PlannedHost& host : plan.hosts) {
    if (const Quarantine* kept = quarantine_of(host)) find_moved({kept->machine}, host.labels);
  }
}

/// From now on they count in the domains of these labels too, each once.
void Fleet::find_moved(const std::set<std::string>& machines, const Labels& labels) {
  if (machines.empty()) return;
  const std::vector<DomainId> present = domains_.ids_of(labels);
  std::map<std::string, std::set<DomainId>> counts;  // by machine
  for (auto& [name, one] : quarantines_) {
    if (!machines.contains(one.machine)) continue;
    one.labels = labels;
    const std::vector<DomainId>& planned = rollouts_.at(one.rollout).hosts[one.index].domains;
    counts[one.machine].insert(planned.begin(), planned.end());
    counts[one.machine].insert(one.also.begin(), one.also.end());
  }
  for (auto& [name, one] : quarantines_) {
    if (!machines.contains(one.machine)) continue;
    count_also(one, -1);
    for (const DomainId id : present) {
      if (counts[one.machine].insert(id).second) one.also.push_back(id);
    }
    count_also(one, +1);
  }
}

void Fleet::count_also(const Quarantine& one, int change) {
  domains_.count_away(one.also, change);
  domains_.quarantine(one.also, change);
  if (one.discounted) domains_.discount(one.also, change);
}

}  // namespace breakwater
