#pragma once
// One line of `apply -o json`: a record as an object, with names where the journal has numbers.
#include <string>

#include "orchestrator/core/decide.hpp"
#include "orchestrator/core/fleet.hpp"

namespace breakwater::views {

/// Without its newline. `fleet` has taken the record already. The plan of a start is left out but for its digest.
std::string event_line(const Recorded& record, const Fleet& fleet);

/// What a rollout waits for, after the record `seq`.
std::string wait_line(const Blocker& wait, std::uint64_t seq, Instant at, const std::string& rollout);

/// Beside the rollout that an `apply` carries out: whether another one is held, what becomes of it, in words, and
/// the command that changes that.
std::string along_line(const std::string& rollout, const RolloutState& other, bool held, const std::string& text,
                       const std::string& command, std::uint64_t seq, Instant at);

/// In place of lines that nobody read in time.
std::string gap_line(std::size_t lines);

}  // namespace breakwater::views
