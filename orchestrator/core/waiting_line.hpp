#pragma once
// Hosts that wait for their turn, in order. Those that a full domain blocks are parked until it has room again, out of
// the way of the others. An index that apply() keeps, no fact of its own.
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "orchestrator/core/domains.hpp"
#include "orchestrator/core/plan.hpp"

namespace breakwater {

class WaitingLine {
 public:
  /// Smaller orders go first.
  using Place = std::pair<std::int64_t, HostIndex>;

  void add(std::int64_t order, HostIndex host) { ready_.emplace(order, host); }
  /// False where it is not in the line.
  bool remove(std::int64_t order, HostIndex host);

  bool empty() const { return ready_.empty() && parked_count_ == 0; }
  /// Hosts that are not parked, in order.
  const std::set<Place>& ready() const { return ready_; }
  std::size_t parked() const { return parked_count_; }
  /// Any of the others.
  std::optional<HostIndex> first_parked() const;
  std::optional<HostIndex> front() const;

  /// Those that are parked because their own machine is away, in order.
  const std::set<Place>& parked_at_own() const { return own_; }
  /// The domains for which the other parked ones wait.
  const std::set<DomainId>& full_domains() const { return full_; }

  enum class Room : bool { shared, own };
  /// Parks the front host until `full` has room, which other hosts share, or which its machine is by itself.
  void park_front(DomainId full, Room of = Room::shared);
  /// Returns at most `room` of the hosts parked at this domain, first ones first.
  void unpark(DomainId domain, int room);

 private:
  friend struct Anatomy;

  static constexpr DomainId kNowhere = std::numeric_limits<DomainId>::max();

  void leave(DomainId domain, std::set<Place>::iterator place);

  // Domains and hosts are numbered densely: finding one takes as long among many as among few.
  std::set<Place> ready_;
  std::vector<std::set<Place>> parked_;  ///< by domain
  std::set<DomainId> full_;              ///< shared ones where hosts are parked
  std::set<Place> own_;                  ///< of those parked, the ones whose own machine is away
  std::vector<DomainId> parked_at_;      ///< by host, so that taking one out does not search every domain
  std::size_t parked_count_ = 0;
};

}  // namespace breakwater
