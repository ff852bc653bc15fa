#pragma once
// The host machine: one table {state, input} -> state, with no code in it.
#include <optional>
#include <span>

#include "inventories/vocabulary/words.hpp"

namespace breakwater {

enum class State {
  waiting,
  preparing,
  staging,
  staged,
  activating,
  checking,
  rolling_back,
  checking_back,
  // the ends
  updated,
  current,
  refused,
  not_started,
  rolled_back,
  quarantined,
};
template <>
inline constexpr auto kWords<State> = words<State>({
    {State::waiting, "waiting"},
    {State::preparing, "preparing"},
    {State::staging, "staging"},
    {State::staged, "staged"},
    {State::activating, "activating"},
    {State::checking, "checking"},
    {State::rolling_back, "rolling_back"},
    {State::checking_back, "checking_back"},
    {State::updated, "updated"},
    {State::current, "current"},
    {State::refused, "refused"},
    {State::not_started, "not_started"},
    {State::rolled_back, "rolled_back"},
    {State::quarantined, "quarantined"},
});

/// What moves a host. Made from a command's outcome and the host's facts by the fleet; causes are values beside the
/// state.
enum class Input {
  start,            ///< its first command was issued
  all_current,      ///< nothing to do
  turned_away,      ///< it failed before anything was changed
  can_stage,        ///< prepared (or one component done): the next image waits for its activation
  can_apply,        ///< prepared (or one component done): the next upload activates by itself
  image_waits,      ///< staged
  activation,       ///< the activation was issued
  activated,        ///< the new version runs
  all_hold,         ///< every check held for its time and no component is left
  gone_wrong,       ///< it failed and there is a proven way back
  nothing_changed,  ///< it failed and runs what it ran before
  one_undone,       ///< a component is back, another one follows
  undone,           ///< the last component is back
  came_back,        ///< the checks of the way back held
  taken_back,       ///< nothing of ours is left there, and it may start again
  halted,           ///< the rollout halted before it started, or its staged image was cancelled for good
  undo,             ///< it is to be rolled back though it is well, or was released from its quarantine; or what it
                    ///< kept of this run is, since a later run left that again
  left_updated,     ///< its way back did nothing: it runs the new version as before
  left_as_before,   ///< the same, and part of it was rolled back earlier
  left_released,    ///< it was released, and its way back met another machine and sent nothing: it stays released
  hands_needed,     ///< it cannot be rolled back, or may not be touched
};
template <>
inline constexpr auto kWords<Input> = words<Input>({
    {Input::start, "start"},
    {Input::all_current, "all_current"},
    {Input::turned_away, "turned_away"},
    {Input::can_stage, "can_stage"},
    {Input::can_apply, "can_apply"},
    {Input::image_waits, "image_waits"},
    {Input::activation, "activation"},
    {Input::activated, "activated"},
    {Input::all_hold, "all_hold"},
    {Input::gone_wrong, "gone_wrong"},
    {Input::nothing_changed, "nothing_changed"},
    {Input::one_undone, "one_undone"},
    {Input::undone, "undone"},
    {Input::came_back, "came_back"},
    {Input::taken_back, "taken_back"},
    {Input::halted, "halted"},
    {Input::undo, "undo"},
    {Input::left_updated, "left_updated"},
    {Input::left_as_before, "left_as_before"},
    {Input::left_released, "left_released"},
    {Input::hands_needed, "hands_needed"},
});

struct Transition {
  State from;
  Input input;
  State to;
};
std::span<const Transition> host_transitions();

/// The state after `input`; nothing where the table has no such row, which is a defect of the caller.
std::optional<State> next_state(State state, Input input);

/// True for the states in which a host's trip is over.
bool is_end(State state);

/// True between a host's start and its end.
bool is_in_flight(State state);

/// True from a host's start until it is proven well or untouched, and on while it is quarantined.
bool is_away(State state);

}  // namespace breakwater
