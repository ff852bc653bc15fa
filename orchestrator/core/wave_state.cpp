#include "orchestrator/core/wave_state.hpp"

namespace breakwater {

bool fails_untouched(const HostTrip& trip, State state) {
  if (trip.back_in_part) return false;
  const bool went_back = state == State::rolled_back || state == State::quarantined;
  return state == State::refused || (went_back && trip.cause == Cause::image_refused);
}

std::uint32_t* figure_of(WaveState& wave, const HostTrip& trip, State state) {
  if (state == State::waiting) return &wave.waiting;
  if (!is_end(state)) return &wave.in_flight;
  if (trip.back_in_part) return nullptr;  // counted once, by the end of its first way back
  if (state == State::updated) return trip.drifted ? &wave.drifted : &wave.updated;
  if (state == State::current) return &wave.current;
  // What an operator or a halt took out though it was well says nothing of the wave.
  const bool halted = trip.cause == Cause::halted;
  const bool taken_out = trip.cause == Cause::asked || trip.cause == Cause::recalled || halted;
  if ((state == State::rolled_back && taken_out) || (state == State::quarantined && halted)) return nullptr;
  return state == State::not_started ? nullptr : &wave.failed;
}

}  // namespace breakwater
