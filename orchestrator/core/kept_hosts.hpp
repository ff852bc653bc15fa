#pragma once
// The hosts of a waiting line that cannot start while others may: each that something keeps for its own sake, by name,
// and the domains that have no room, with the command that helps.
#include <optional>
#include <utility>
#include <vector>

#include "orchestrator/core/start_rules.hpp"

namespace breakwater {

class KeptHosts {
 public:
  /// `any` asks about a host of the rollout, whichever.
  explicit KeptHosts(const Start& any) : any_(any), fleet_(any.fleet), rollout_(any.rollout) {}

  /// A host that may_start() keeps, by a rule that says nothing of the others.
  void add(HostIndex host, Blocker blocker);
  /// Those that are set aside in the line.
  void add_parked(const WaitingLine& line);
  /// What an operator holds, or a process that leaves, where every host of the line is set aside.
  std::optional<Blocker> held_all(const WaitingLine& line) const;
  /// What a person is told of those that something keeps for their own sake: the first of them by name.
  std::vector<Blocker> named() const;
  /// And of the others: every host of the line is kept then. `rests`: nobody of the rollout is in flight, so only a
  /// person can give room.
  std::vector<Blocker> waits(bool rests) const;

 private:
  void name(HostIndex host, Blocker blocker);
  Blocker no_room(bool rests) const;
  std::optional<Blocker> keeps(HostIndex host) const;

  Start any_;
  const Fleet& fleet_;
  const RolloutState& rollout_;
  std::vector<Blocker> named_;
  std::size_t more_ = 0;          ///< that are kept for their own sake, and not named
  std::size_t without_room_ = 0;  ///< hosts
  std::vector<DomainId> full_;    ///< some of the domains they wait for
};

}  // namespace breakwater
