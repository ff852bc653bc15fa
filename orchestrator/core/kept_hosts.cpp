#include "orchestrator/core/kept_hosts.hpp"

#include <algorithm>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/core/discount.hpp"

namespace breakwater {
namespace {

constexpr std::size_t kNamed = 5;         // hosts
constexpr std::size_t kAsked = 10;        // hosts that are set aside: to find those that can be named
constexpr std::size_t kDomainsAsked = 8;  // full domains: to find one in which a person can make room

}  // namespace

void KeptHosts::name(HostIndex host, Blocker blocker) {
  if (named_.size() == kNamed) {
    ++more_;
    return;
  }
  blocker.text.insert(0, rollout_.plan->hosts[host].name + ": ");
  // The other rollout that has the machine ends by itself: there is nothing to type, unless the rule says what.
  const bool ends = blocker.rule == StartRule::same_machine && blocker.command.empty();
  const std::string command = ends ? std::string() : what_to_type(blocker, rollout_.name);
  if (!command.empty()) blocker.text += "  → " + command;
  named_.push_back(std::move(blocker));
}

void KeptHosts::add(HostIndex host, Blocker blocker) {
  const bool rack = blocker.rule == StartRule::domain_full && !fleet_.domains()[*blocker.domain].is_host();
  if (!rack) return name(host, std::move(blocker));
  ++without_room_;
  if (full_.size() < kDomainsAsked) full_.push_back(*blocker.domain);
}

std::optional<Blocker> KeptHosts::keeps(HostIndex host) const {
  Start start = any_;
  start.host = host;
  return may_start(start);
}

void KeptHosts::add_parked(const WaitingLine& line) {
  std::size_t asked = 0;
  for (const auto& [order, host] : line.parked_at_own()) {
    if (named_.size() == kNamed || asked == kAsked) break;
    ++asked;
    auto blocker = keeps(host);
    // Any other rule holds the whole rollout, and is told for all of its hosts.
    if (blocker && is_of_one_host(blocker->rule)) name(host, std::move(*blocker));
  }
  if (!named_.empty()) more_ += line.parked_at_own().size() - asked;
  without_room_ += line.parked() - line.parked_at_own().size();
  for (const DomainId id : line.full_domains()) {
    if (full_.size() >= kDomainsAsked) break;
    full_.push_back(id);
  }
}

std::optional<Blocker> KeptHosts::held_all(const WaitingLine& line) const {
  const auto host = line.ready().empty() ? line.first_parked() : std::nullopt;
  auto blocker = host ? keeps(*host) : std::nullopt;
  const bool holds = blocker && (needs_resume(blocker->rule) || blocker->rule == StartRule::leaving ||
                                 blocker->rule == StartRule::own_side);
  return holds ? std::move(blocker) : std::nullopt;
}

/// Names a full domain in which a person can make room, and the command for that, where there is one.
Blocker KeptHosts::no_room(bool rests) const {
  Blocker blocker{StartRule::domain_full, "every waiting host is in a domain that has no room"};
  if (!full_.empty()) blocker.domain = full_.front();
  for (const DomainId id : full_) {
    const Domain& domain = fleet_.domains()[id];
    const auto freed = rests || domain.is_full_for_good() ? freed_by(fleet_, id) : std::nullopt;
    if (!freed) continue;
    blocker.text += "; in " + figures_of(domain) + ' ' + freed->host + " is quarantined and counts: " + freed->command;
    blocker.domain = id;
    blocker.command = freed->command;
    break;
  }
  return blocker;
}

std::vector<Blocker> KeptHosts::named() const {
  std::vector<Blocker> named = named_;
  if (more_ > 0)
    named.back().text += "; and " + count_of(more_, "more host") + ", of which breakwater explain HOST tells";
  return named;
}

std::vector<Blocker> KeptHosts::waits(bool rests) const {
  std::vector<Blocker> waits = named();
  if (without_room_ > 0) waits.push_back(no_room(rests));
  return waits;
}

}  // namespace breakwater
