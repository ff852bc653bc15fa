#pragma once
// The soak of a wave: a time in which its updated hosts are read, again and again, and once more at its end. Its gate
// is judged by what was read, never by the time alone.
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/core/start_rules.hpp"

namespace breakwater {

/// True where a wave soaks before its gate. The last one does not: no wave waits for its gate.
bool soaks(const ResolvedPlan& plan, std::uint32_t wave);

/// Between two looks at a host. Each look costs three records of the journal, so a soak has eight rounds at the most,
/// however long it is, and a short one fewer.
Duration look_interval(Duration soak);

/// Looks of one rollout under way at once. A host that is read is not away and counts towards no limit; this bounds
/// what is asked of the network and of the journal at one time.
inline constexpr std::uint32_t kLooksAtOnce = 64;

/// What the soak of the open wave asks for now. Meant while all of its hosts are at an end.
struct SoakRound {
  bool over = false;              ///< the soak has lasted its time: these are the looks that its gate is judged by
  std::vector<HostIndex> looks;   ///< to be ordered now, the longest unread first
  std::vector<HostIndex> apart;   ///< to be read, but quarantined, or in other hands
  Instant next = Instant::max();  ///< steady: when more may be due
};
SoakRound soak_round(const Fleet& fleet, const RolloutState& rollout, Instant steady);

/// The look at one of them.
Command look_command(const Fleet& fleet, const RolloutState& rollout, HostIndex host);

/// Hosts of the open wave that gave no evidence: not those of a round that is still under way.
std::vector<HostIndex> without_evidence(const RolloutState& rollout, const SoakRound& round);

/// Why a host gives no evidence, in words.
std::string why_unseen(const Fleet& fleet, const RolloutState& rollout, HostIndex host);
/// `n3 (lost: ...), n7 (...)`, the first of them.
std::string list_unseen(const Fleet& fleet, const RolloutState& rollout, const std::vector<HostIndex>& hosts);

// Rows that a rollout as a whole waits for; see start_rules.hpp.

/// The open wave, once all of its hosts are at an end and the soak before its gate runs; never the last wave.
std::optional<Blocker> soaking(const RolloutState& rollout, Now now);
/// Its soak is over, and its hosts are read for its gate, which does not hold yet.
std::optional<Blocker> last_looks(const RolloutState& rollout, const SoakRound& round);
/// Its gate holds: hosts gave no evidence. It is judged anew when they answer.
std::optional<Blocker> gate_held(const Fleet& fleet, const RolloutState& rollout, const SoakRound& round, Now now);
/// The open wave has a soak, all of its hosts are at an end, and its gate is next.
bool waits_for_gate(const RolloutState& rollout);
/// What keeps the gate of the open wave, all of whose hosts are at an end, in the order of the rules. One that holds
/// stands last: it is judged anew.
std::vector<Blocker> before_gate(const Fleet& fleet, const RolloutState& rollout, const SoakRound& round, Now now,
                                 Starts starts = Starts::allowed);
/// The first of them that needs no resume, as a host of a later wave is told it: with the key that a look waits for.
std::optional<Blocker> before_next_wave(const Fleet& fleet, const RolloutState& rollout, Now now);

}  // namespace breakwater
