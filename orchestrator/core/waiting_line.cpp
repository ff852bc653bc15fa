#include "orchestrator/core/waiting_line.hpp"

namespace breakwater {

bool WaitingLine::remove(std::int64_t order, HostIndex host) {
  const Place place{order, host};
  if (ready_.erase(place) > 0) return true;
  const DomainId at = host < parked_at_.size() ? parked_at_[host] : kNowhere;
  if (at == kNowhere) return false;
  const auto found = parked_[at].find(place);
  if (found == parked_[at].end()) return false;
  leave(at, found);
  return true;
}

std::optional<HostIndex> WaitingLine::front() const {
  if (ready_.empty()) return std::nullopt;
  return ready_.begin()->second;
}

std::optional<HostIndex> WaitingLine::last_parked() const {
  if (last_parked_ >= parked_at_.size() || parked_at_[last_parked_] == kNowhere) return std::nullopt;
  return last_parked_;
}

std::optional<DomainId> WaitingLine::full_domain() const {
  if (full_.empty()) return std::nullopt;
  return *full_.begin();
}

void WaitingLine::park_front(DomainId full) {
  if (ready_.empty()) return;
  const HostIndex host = ready_.begin()->second;
  if (full >= parked_.size()) parked_.resize(full + 1);
  if (host >= parked_at_.size()) parked_at_.resize(host + 1, kNowhere);
  if (parked_[full].insert(ready_.extract(ready_.begin())).inserted) ++parked_count_;
  parked_at_[host] = full;
  full_.insert(full);
  last_parked_ = host;
}

void WaitingLine::unpark(DomainId domain, int room) {
  if (domain >= parked_.size()) return;
  std::set<Place>& line = parked_[domain];
  for (; room > 0 && !line.empty(); --room) {
    ready_.insert(*line.begin());
    leave(domain, line.begin());
  }
}

void WaitingLine::leave(DomainId domain, std::set<Place>::iterator place) {
  parked_at_[place->second] = kNowhere;
  parked_[domain].erase(place);
  if (parked_[domain].empty()) full_.erase(domain);
  --parked_count_;
}

}  // namespace breakwater
