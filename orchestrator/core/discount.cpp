#include "orchestrator/core/discount.hpp"

#include <algorithm>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/core/start_rules.hpp"

namespace breakwater {
namespace {

std::vector<DomainId> domains_of(const Fleet& fleet, const Quarantine& one) {
  std::vector<DomainId> domains = fleet.find(one.rollout)->hosts[one.index].domains;
  domains.insert(domains.end(), one.also.begin(), one.also.end());
  return domains;
}

}  // namespace

std::optional<Freed> freed_by(const Fleet& fleet, DomainId domain, const std::string& but) {
  const Quarantine* found = nullptr;
  for (const auto& [name, one] : fleet.quarantines()) {
    const std::vector<DomainId> domains = domains_of(fleet, one);
    if (one.machine == but || std::find(domains.begin(), domains.end(), domain) == domains.end()) continue;
    if (!found || (found->discounted && !one.discounted)) found = &one;
  }
  if (!found) return std::nullopt;
  const Domain& full = fleet.domains()[domain];
  const bool discounts = !full.is_host() && !found->discounted && full.may_discount();
  const std::string discount = "breakwater quarantine discount " + found->host + " --reason \"...\"";
  return Freed{found->host, discounts ? discount : way_out(found->host, found->cause)};
}

std::optional<std::string> discount_refusal(const Fleet& fleet, const std::string& host) {
  const auto [first, last] = fleet.quarantines().equal_range(host);
  if (first == last) return "host '" + host + "' is not quarantined";
  if (std::all_of(first, last, [](const auto& one) { return one.second.discounted; })) {
    return "host " + host + " is discounted already";
  }
  std::string figures;
  for (auto it = first; it != last; ++it) {
    for (const DomainId id : domains_of(fleet, it->second)) {
      const Domain& domain = fleet.domains()[id];
      if (domain.is_host() || domain.limit == 0) continue;
      if (domain.may_discount()) return std::nullopt;
      figures += (figures.empty() ? "" : ", and ") + count_of(static_cast<std::size_t>(domain.away), "host") + " of " +
                 domain.label + ' ' + domain.value + (domain.away == 1 ? " is" : " are") +
                 " away where the Policy's ceiling is " + std::to_string(domain.ceiling);
    }
  }
  if (figures.empty()) return std::nullopt;
  return "a discount of " + host + " would let nobody start: " + figures;
}

}  // namespace breakwater
