#pragma once
// What the end of a command means for its host: a pure reading of the outcome beside the host's facts.
#include <optional>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// Nothing where the host stays in its state: its upload may be tried again.
std::optional<Input> input_of(const RolloutState& rollout, const HostTrip& trip, const Command& command,
                              const Outcome& outcome);

/// The same for an end that is about to be recorded, with which it is recorded; nothing also where it ends no open
/// command.
std::optional<Input> input_of(const Fleet& fleet, const CommandEnded& ended);

/// True for a host to which nothing more is sent: its rollout halted, or it is to be rolled back.
bool gets_no_image(const RolloutState& rollout, const HostTrip& trip);

/// Why, where nothing is wrong with the host itself (see goes_back_well).
Cause taken_out_by(const RolloutState& rollout, const HostTrip& trip);

/// What becomes of such a host between two images: left alone where nothing was changed, else rolled back.
Input without_image(const RolloutState& rollout, const HostTrip& trip, HostIndex host);

/// True where the first `touched` updates of this host have a way back.
bool has_way_back(const PlannedHost& host, std::uint32_t touched);
/// True where all of this host that is to go back has a way back.
bool has_way_back(const PlannedHost& host, const HostTrip& trip);

/// True where a command's update is not, or not any more, what this rollout brought to its host.
bool brought_nothing(const Command& command, const Outcome& outcome);

// What a host keeps of an outcome, in three steps.

void note_reading(HostTrip& trip, const Command& command, const Outcome& outcome);
void note_result(HostTrip& trip, const Command& command, const Outcome& outcome);
void note_input(const RolloutState& rollout, HostTrip& trip, Input input);

}  // namespace breakwater
