#pragma once
// Hosts that wait for their turn, in order, with those that a full domain blocks set aside until it has room again.
// An index over the fleet, no fact of it: the fold alone says what is true.
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "orchestrator/core/plan.hpp"

namespace breakwater {

using DomainId = std::uint32_t;

class WaitingLine {
 public:
  /// Smaller orders go first.
  void add(std::int64_t order, HostIndex host) { ready_.emplace(order, host); }
  void remove(std::int64_t order, HostIndex host);

  bool empty() const { return ready_.empty() && all_parked_ == 0; }
  /// The next host that nothing is known to block.
  std::optional<HostIndex> front() const;
  /// Sets the front host aside until `full` has room.
  void park_front(DomainId full);
  /// Brings back at most `room` of the hosts that wait for this domain, first ones first.
  void unpark(DomainId domain, int room);

 private:
  using Place = std::pair<std::int64_t, HostIndex>;
  static constexpr DomainId kNowhere = std::numeric_limits<DomainId>::max();

  void leave(DomainId domain, std::set<Place>::iterator place);

  // Domains and hosts are numbered densely: finding one takes as long among many as among few.
  std::set<Place> ready_;
  std::vector<std::set<Place>> parked_;  ///< by domain
  std::vector<DomainId> parked_at_;      ///< by host, so that taking one out does not search every domain
  std::size_t all_parked_ = 0;
};

}  // namespace breakwater
