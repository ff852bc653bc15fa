#include "orchestrator/core/domains.hpp"

#include <algorithm>

namespace breakwater {

DomainId Domains::id_of(const std::string& label, const std::string& value) {
  const auto [found, added] = ids_.try_emplace({label, value}, static_cast<DomainId>(all_.size()));
  if (added) all_.push_back(Domain{label, value});
  return found->second;
}

std::vector<DomainId> Domains::ids_of(const Labels& labels) {
  std::vector<DomainId> ids;
  for (const auto& [label, value] : labels) ids.push_back(id_of(label, value));
  return ids;
}

DomainId Domains::host_id(const std::string& host) {
  const DomainId id = id_of("", host);
  all_[id].limit = 1;
  return id;
}

void Domains::claim(DomainId host, int change) {
  all_[host].claims += change;
  if (change < 0) freed_.insert(host);
}

void Domains::count_away(const std::vector<DomainId>& ids, int change) {
  for (const DomainId id : ids) {
    all_[id].away += change;
    if (change < 0 && all_[id].limit > 0) freed_.insert(id);
  }
}

void Domains::quarantine(const std::vector<DomainId>& ids, int change) {
  for (const DomainId id : ids) all_[id].quarantined += change;
}

void Domains::discount(const std::vector<DomainId>& ids, int change) {
  for (const DomainId id : ids) {
    if (all_[id].is_host()) continue;
    all_[id].discounted += change;
    freed_.insert(id);
  }
}

void Domains::find_down(const LeftOut& host, RolloutId by) {
  Down& down = down_[host.host];
  if (down.read_by > by) return;
  if (down.rollouts.empty()) {
    down.domains = ids_of(host.labels);
    count_away(down.domains, 1);
  }
  down.rollouts.insert(by);
}

void Domains::forget_down(const LeftOut& host, RolloutId by) {
  Down& down = down_[host.host];
  if (down.rollouts.erase(by) > 0 && down.rollouts.empty()) count_away(down.domains, -1);
}

void Domains::find_up(const std::string& host, RolloutId by) {
  const auto found = down_.find(host);
  if (found == down_.end()) return;
  Down& down = found->second;
  down.read_by = by;
  if (!down.rollouts.empty()) count_away(down.domains, -1);
  down.rollouts.clear();
}

void Domains::clear_limits() {
  for (Domain& domain : all_) {
    if (!domain.is_host()) domain.limit = domain.ceiling = 0;
  }
}

void Domains::tighten(DomainId id, int limit, int ceiling) {
  const auto tighter = [](int present, int other) { return present == 0 ? other : std::min(present, other); };
  Domain& domain = all_[id];
  domain.limit = tighter(domain.limit, limit);
  if (ceiling > 0) domain.ceiling = tighter(domain.ceiling, ceiling);
}

std::string figures_of(const Domain& domain, int more) {
  const std::string name = domain.label + ' ' + domain.value + ' ';
  const std::string plain = std::to_string(domain.counted() + more) + '/' + std::to_string(domain.limit);
  if (domain.discounted == 0) return name + plain;
  const bool at_ceiling = domain.ceiling > 0 && domain.ceiling - domain.away <= domain.limit - domain.counted();
  if (!at_ceiling) return name + plain + " (" + std::to_string(domain.discounted) + " more discounted)";
  return name + std::to_string(domain.away + more) + '/' + std::to_string(domain.ceiling) +
         " with those discounted, the Policy's ceiling";
}

}  // namespace breakwater
