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

std::optional<HostIndex> WaitingLine::first_parked() const {
  if (!own_.empty()) return own_.begin()->second;
  if (!full_.empty()) return parked_[*full_.begin()].begin()->second;
  return std::nullopt;
}

void WaitingLine::park_front(DomainId full, Room of) {
  if (ready_.empty()) return;
  const Place place = *ready_.begin();
  const HostIndex host = place.second;
  if (full >= parked_.size()) parked_.resize(full + 1);
  if (host >= parked_at_.size()) parked_at_.resize(host + 1, kNowhere);
  if (parked_[full].insert(ready_.extract(ready_.begin())).inserted) ++parked_count_;
  parked_at_[host] = full;
  if (of == Room::shared) full_.insert(full);
  if (of == Room::own) own_.insert(place);
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
  own_.erase(*place);
  parked_[domain].erase(place);
  if (parked_[domain].empty()) full_.erase(domain);
  --parked_count_;
}

}  // namespace breakwater
