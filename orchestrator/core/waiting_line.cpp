#include "orchestrator/core/waiting_line.hpp"

namespace breakwater {

void WaitingLine::remove(std::int64_t order, HostIndex host) {
  const Place place{order, host};
  if (ready_.erase(place) > 0) return;
  const auto at = parked_at_.find(place);
  if (at == parked_at_.end()) return;
  const auto line = parked_.find(at->second);
  line->second.erase(place);
  if (line->second.empty()) parked_.erase(line);
  parked_at_.erase(at);
}

std::optional<HostIndex> WaitingLine::front() const {
  if (ready_.empty()) return std::nullopt;
  return ready_.begin()->second;
}

void WaitingLine::park_front(DomainId full) {
  if (ready_.empty()) return;
  parked_[full].insert(*ready_.begin());
  parked_at_[*ready_.begin()] = full;
  ready_.erase(ready_.begin());
}

void WaitingLine::unpark(DomainId domain, int room) {
  const auto line = parked_.find(domain);
  if (line == parked_.end()) return;
  for (; room > 0 && !line->second.empty(); --room) {
    ready_.insert(*line->second.begin());
    parked_at_.erase(*line->second.begin());
    line->second.erase(line->second.begin());
  }
  if (line->second.empty()) parked_.erase(line);
}

}  // namespace breakwater
