#pragma once
// Which hosts of a waiting line cannot start, and why, in words for a person. A host with a reason of its own is named.
// Hosts that wait for room are told together, with a full domain (a rack, say) and the command that makes room there.
#include <optional>
#include <utility>
#include <vector>

#include "orchestrator/core/start_rules.hpp"

namespace breakwater {

class KeptHosts {
 public:
  /// `any`: the question whether a host of the rollout may start. Its host does not matter: each one is put in its
  /// place.
  explicit KeptHosts(const Start& any) : any_(any), fleet_(any.fleet), rollout_(any.rollout) {}

  /// A host that may not start, for a reason that says nothing of the other hosts (is_of_one_host).
  void add(HostIndex host, Blocker blocker);
  /// The hosts that the line has set aside.
  void add_parked(const WaitingLine& line);
  /// Where the line has set aside every host: the reason that holds the whole rollout, if there is one. That is an
  /// operator, a process that leaves, or a fault of our own side.
  std::optional<Blocker> held_all(const WaitingLine& line) const;
  /// The hosts with a reason of their own: the first few by name, then how many more.
  std::vector<Blocker> named() const;
  /// The same, then those that wait for room. Only where no host of the line can start. `rests`: no host of the rollout
  /// is in flight, so only a person can make room.
  std::vector<Blocker> waits(bool rests) const;

 private:
  void name(HostIndex host, Blocker blocker);
  Blocker no_room(bool rests) const;
  std::optional<Blocker> keeps(HostIndex host) const;

  Start any_;
  const Fleet& fleet_;
  const RolloutState& rollout_;
  std::vector<Blocker> named_;
  std::size_t more_ = 0;          ///< hosts with a reason of their own that are not named
  std::size_t without_room_ = 0;  ///< hosts that wait for room
  std::vector<DomainId> full_;    ///< some of the domains that have none
};

}  // namespace breakwater
