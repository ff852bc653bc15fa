#pragma once
// Hosts that wait for their turn, in order, with those that a full domain blocks set aside until it has room again.
// An index over the fleet, no fact of it: the fold alone says what is true.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "orchestrator/core/plan.hpp"

namespace breakwater {

using DomainId = std::uint32_t;

class WaitingLine {
 public:
  /// Smaller orders go first.
  void add(std::int64_t order, HostIndex host) { ready_.emplace(order, host); }
  void remove(std::int64_t order, HostIndex host);

  bool empty() const { return ready_.empty() && parked_.empty(); }
  /// The next host that nothing is known to block.
  std::optional<HostIndex> front() const;
  /// Sets the front host aside until `full` has room.
  void park_front(DomainId full);
  /// Brings back at most `room` of the hosts that wait for this domain, first ones first.
  void unpark(DomainId domain, int room);

 private:
  using Place = std::pair<std::int64_t, HostIndex>;
  std::set<Place> ready_;
  std::map<DomainId, std::set<Place>> parked_;
  std::map<Place, DomainId> parked_at_;  ///< so that taking a host out does not search every line
};

}  // namespace breakwater
