#include "orchestrator/views/plan_figures.hpp"

#include <algorithm>

#include "orchestrator/core/trip_time.hpp"

namespace breakwater::views {
namespace {

void count_host(const ResolvedPlan& plan, const PlannedHost& host, PlanFigures& figures) {
  Restarts restarts;
  for (const PlannedUpdate& update : host.updates) {
    const PlannedComponent& component = plan.components[update.component];
    ++figures.steps[VersionStep{component.id, update.from_version, plan.images[component.image].version,
                                update.downgrade}];
    const std::string to = update.way_back == WayBack::reflash       ? plan.images[component.back_image].version
                           : update.way_back == WayBack::bank_switch ? update.from_version
                                                                     : std::string();
    ++figures.ways_back[BackWay{component.id, update.way_back, to}];
    ++(component.activate_by == ActivateBy::bmc_reset ? restarts.bmc_resets : restarts.host_reboots);
  }
  ++figures.restarts[restarts];
  const auto index = static_cast<HostIndex>(&host - plan.hosts.data());
  const bool longest =
      !figures.longest_host || update_time(plan, host) > update_time(plan, plan.hosts[*figures.longest_host]);
  if (longest) figures.longest_host = index;
}

template <class HasLabels>
int count_in(const std::vector<HasLabels>& hosts, const DomainLimit& domain, bool (*counts)(const HasLabels&)) {
  return static_cast<int>(std::count_if(hosts.begin(), hosts.end(), [&](const HasLabels& host) {
    const auto label = host.labels.find(domain.label);
    return label != host.labels.end() && label->second == domain.value && counts(host);
  }));
}

/// A host that is down already takes room of its domain, and is down on top of what the limit lets be touched.
DomainWorst worst_of(const ResolvedPlan& plan, const DomainLimit& domain) {
  const int hosts = count_in<PlannedHost>(plan.hosts, domain, [](const PlannedHost&) { return true; });
  const int down = count_in<LeftOut>(plan.left_out, domain, [](const LeftOut& host) { return host.down; });
  const int touched = std::clamp(std::min({domain.most - down, hosts, plan.global_limit}), 0, hosts);
  return DomainWorst{domain.value, touched + down, hosts, domain.most, down};
}

std::vector<LeftOutGroup> grouped(const std::vector<LeftOut>& left_out) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> by_reason;
  for (const LeftOut& host : left_out) by_reason[{host.reason, host.detail}].push_back(host.host);
  std::vector<LeftOutGroup> groups;
  for (auto& [reason, hosts] : by_reason) groups.push_back(LeftOutGroup{reason.first, reason.second, std::move(hosts)});
  std::stable_sort(groups.begin(), groups.end(), [](const LeftOutGroup& one, const LeftOutGroup& other) {
    return one.hosts.size() > other.hosts.size();
  });
  return groups;
}

}  // namespace

PlanFigures figures_of(const ResolvedPlan& plan) {
  PlanFigures figures;
  figures.hosts_per_wave.resize(plan.waves.size());
  for (const PlannedHost& host : plan.hosts) {
    count_host(plan, host, figures);
    figures.hosts_per_wave[host.wave].push_back(host.name);
  }
  for (const DomainLimit& domain : plan.domain_limits) figures.domains[domain.label].push_back(worst_of(plan, domain));
  for (const LeftOut& host : plan.left_out) figures.down_already += host.down ? 1 : 0;
  figures.left_out = grouped(plan.left_out);
  return figures;
}

}  // namespace breakwater::views
