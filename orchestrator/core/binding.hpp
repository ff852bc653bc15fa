#pragma once
// What a pause or a stop binds: everything that was begun before it and did not reach its BMC yet. Reading and taking
// back are never bound, and what a BMC is writing is left to finish.
#include <string>
#include <vector>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// Whether the present pause or stop holds this way back: it was not asked for since.
bool paused_before(const RolloutState& rollout, const HostTrip& trip);

/// Whether the failures of others hold this way back: it has not begun, and was not asked for since.
bool held_before(const RolloutState& rollout, const HostTrip& trip);

/// Either of the two.
bool binds_way_back(const RolloutState& rollout, const HostTrip& trip);

/// Whether its trip is over, it is to be rolled back, and it has a way.
bool waits_to_go_back(const HostTrip& trip);

/// Whether the present pause or stop holds this host's next command. A pause lets an image that waits be run; a stop
/// does not.
bool binds(const RolloutState& rollout, const HostTrip& trip, Action next, bool upload);

/// Whether the host's open command is to be withdrawn: what it has begun is seen through, and nothing more begins.
bool withdraws(const RolloutState& rollout, const HostTrip& trip);

/// Looks within a soak that wait for an operator's word on a key, and that nobody needs any more: their rollout halted,
/// or their host is to be rolled back, by this run or another. A way back waits for no such word but its own.
std::vector<CommandId> needless_looks(const Fleet& fleet);

/// Whether a host in flight goes on only when an operator says so.
bool is_held(const RolloutState& rollout, const HostTrip& trip);

/// So many ways back are tried first; the rest waits until that many have ended well.
int first_ways_back(const ResolvedPlan& plan);
/// Ways back that are under way, without those that a pause or a stop holds half way.
int ways_back_moving(const RolloutState& rollout);

/// Whether a host in flight is under way, or goes on without an operator's word.
bool moves(const RolloutState& rollout);

/// Whether anything of a rollout goes on without an operator's word, once a conductor runs.
bool goes_on(const RolloutState& rollout);

/// Whether no host of a rollout starts any more: what is left of it are ends and ways back.
bool starts_nobody(const RolloutState& rollout);

/// A host that is left to finish what its BMC is at.
struct Finishing {
  std::string host;
  std::string component;
  Duration most{0};    ///< from now, by the deadlines of the plan
  bool given = false;  ///< the BMC has it; else the request may have left, and is kept back where it has not
};
std::vector<Finishing> finishing(const RolloutState& rollout, Instant now);

}  // namespace breakwater
