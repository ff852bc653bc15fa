#pragma once
// One host's way through one rollout, as far as the journal has told it.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/core/command.hpp"
#include "orchestrator/core/domains.hpp"
#include "orchestrator/core/host_machine.hpp"

namespace breakwater {

struct HostTrip {
  State state = State::waiting;
  Cause cause = Cause::none;
  std::string detail;
  std::optional<Command> open;     ///< the command that has no end yet
  std::vector<Evidence> evidence;  ///< of the open command, else of the last one
  std::uint32_t update = 0;        ///< which of its updates is being worked on
  std::uint32_t touched = 0;       ///< so many of its updates, from the first, may run the new version; where it is
                                   ///< quarantined, at its next restart too; where it is rolled back, once another
                                   ///< run leaves them there again
  std::uint32_t proved = 0;        ///< so many of those were read running it
  std::uint32_t back_from = 0;     ///< so many were touched when its way back began; 0 where none is under way
  bool stages = false;
  int uploads = 0;     ///< of the present update
  Instant not_before;  ///< no next command earlier (back-off)
  Baseline baseline;
  std::vector<std::string> versions;  ///< last read, one for each update; empty where unread
  Instant started;
  Duration spent{0};                 ///< by its commands, on the clock under_way() of its rollout
  Instant issued;                    ///< the open command, on the same clock, and later by the time that it stood still
  std::string own_fault;             ///< what its open command waits for on our own side; empty where for nothing
  std::optional<Sha256> key_shown;   ///< its BMC shows this key, and its open command waits until somebody vouches
  Instant stands_since;              ///< on the same clock; meant only where it stands still
  Instant since;                     ///< when it entered its state
  bool undo = false;                 ///< it is to be rolled back
  bool undo_if_left = false;         ///< it is, if a later run that is not over leaves it on what this one brought
  std::uint64_t asked_back = 0;      ///< the record by which an operator last asked for that; 0: none did
  bool recalled = false;             ///< that was a recall of its image
  std::vector<std::uint32_t> stays;  ///< of its updates, those no way back leads to: another run brought them anew
                                     ///< since, or they are back already
  bool back_in_part = false;         ///< it was rolled back once, but for what another run had brought anew by then
  bool released = false;             ///< an operator released it from its quarantine
  bool discounted = false;           ///< the same: it does not count in its domains' limits
  Cause first_cause = Cause::none;   ///< what it was quarantined for first; it may have been again since
  std::string first_detail;
  std::string task;         ///< URI under which its image is staged or flashed; empty where none is known
  std::uint64_t order = 0;  ///< the record by which it became updated; the newest is rolled back first
  Instant looked;           ///< when its last look after its update was ordered, as under_way() counts
  std::string unseen;       ///< why that look was no evidence; empty where it found the host well. Where it was
                            ///< released: why its last way back did nothing
  bool drifted = false;     ///< updated, and then read running what somebody else put there
  std::vector<DomainId> domains;
};

/// Whether its open command waits for our own side or for an operator's word on a key: its deadlines stand still.
inline bool stands_still(const HostTrip& trip) {
  return !trip.own_fault.empty() || trip.key_shown;
}

/// A person has seen to it since it was quarantined. What it runs is not known before somebody reads it.
inline bool is_released(const HostTrip& trip) {
  return trip.state == State::quarantined && trip.released;
}

/// Whether one that is in this state counts in its domains.
inline bool counts_away(const HostTrip& trip, State state) {
  return is_away(state) && !(state == State::quarantined && trip.released);
}

/// It is rolled back, but for what another run had brought anew by then: once that run leaves it there again, it is
/// this run's, and goes back where an operator asks for that.
inline bool is_back_in_part(const HostTrip& trip) {
  return trip.state == State::rolled_back && trip.touched > 0;
}

/// Its trip is over, and it may be rolled back where an operator asks for that.
inline bool may_go_back(const HostTrip& trip) {
  return trip.state == State::updated || is_back_in_part(trip) || is_released(trip);
}

/// One that ended well and that nobody had to see to, and of whose present way back nothing was done.
inline bool is_whole(const HostTrip& trip) {
  return trip.order != 0 && !trip.released && (trip.back_from == 0 || trip.touched == trip.back_from);
}

/// Those of a rollout, by the hosts' places in its plan.
using HostTrips = std::vector<HostTrip>;

/// Updated hosts go back the newest first.
inline std::int64_t undo_order(const HostTrip& trip) {
  return -static_cast<std::int64_t>(trip.order);
}

/// The next of its updates to roll back, of those before `below`; the last one touched goes first.
inline std::optional<std::uint32_t> next_back(const HostTrip& trip, std::uint32_t below) {
  for (std::uint32_t i = below; i-- > 0;) {
    if (std::find(trip.stays.begin(), trip.stays.end(), i) == trip.stays.end()) return i;
  }
  return std::nullopt;
}

/// It goes back though nothing is wrong with it: a halt or an operator asked for that. One that was found ill in its
/// soak goes back for its own sake.
inline bool goes_back_well(const HostTrip& trip) {
  return trip.cause == Cause::halted || trip.cause == Cause::asked || trip.cause == Cause::recalled;
}

/// In flight, without a command, before its next image.
inline bool between_images(const HostTrip& trip) {
  return !trip.open && (trip.state == State::staging || trip.state == State::activating);
}

}  // namespace breakwater
