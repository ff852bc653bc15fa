#include "orchestrator/core/host_machine.hpp"

#include <array>

namespace breakwater {
namespace {

using enum State;

// clang-format off
constexpr std::array kTransitions = std::to_array<Transition>({
    {waiting,       Input::start,           preparing},
    {waiting,       Input::halted,          not_started},

    {preparing,     Input::all_current,     current},
    {preparing,     Input::can_stage,       staging},
    {preparing,     Input::can_apply,       activating},
    {preparing,     Input::turned_away,     refused},
    {preparing,     Input::taken_back,      waiting},
    {preparing,     Input::halted,          not_started},

    {staging,       Input::image_waits,     staged},
    {staging,       Input::turned_away,     refused},
    {staging,       Input::gone_wrong,      rolling_back},
    {staging,       Input::hands_needed,    quarantined},
    {staging,       Input::taken_back,      waiting},
    {staging,       Input::halted,          not_started},

    {staged,        Input::activation,      activating},
    {staged,        Input::taken_back,      waiting},
    {staged,        Input::can_stage,       staging},
    {staged,        Input::halted,          not_started},
    {staged,        Input::gone_wrong,      rolling_back},
    {staged,        Input::hands_needed,    quarantined},

    {activating,    Input::activated,       checking},
    {activating,    Input::image_waits,     staged},
    {activating,    Input::gone_wrong,      rolling_back},
    {activating,    Input::nothing_changed, checking_back},
    {activating,    Input::turned_away,     refused},
    {activating,    Input::taken_back,      waiting},
    {activating,    Input::halted,          not_started},
    {activating,    Input::hands_needed,    quarantined},

    {checking,      Input::can_stage,       staging},
    {checking,      Input::can_apply,       activating},
    {checking,      Input::all_hold,        updated},
    {checking,      Input::gone_wrong,      rolling_back},
    {checking,      Input::hands_needed,    quarantined},

    {rolling_back,  Input::one_undone,      rolling_back},
    {rolling_back,  Input::undone,          checking_back},
    {rolling_back,  Input::left_updated,    updated},
    {rolling_back,  Input::left_as_before,  rolled_back},
    {rolling_back,  Input::left_released,   quarantined},
    {rolling_back,  Input::hands_needed,    quarantined},

    {checking_back, Input::came_back,       rolled_back},
    {checking_back, Input::hands_needed,    quarantined},

    {updated,       Input::undo,            rolling_back},
    {updated,       Input::gone_wrong,      updated},
    {updated,       Input::hands_needed,    quarantined},

    {rolled_back,   Input::undo,            rolling_back},
    {rolled_back,   Input::hands_needed,    quarantined},

    {quarantined,   Input::undo,            rolling_back},
});
// clang-format on

}  // namespace

std::span<const Transition> host_transitions() {
  return kTransitions;
}

std::optional<State> next_state(State state, Input input) {
  for (const Transition& row : kTransitions) {
    if (row.from == state && row.input == input) return row.to;
  }
  return std::nullopt;
}

bool is_end(State state) {
  return state >= updated;
}

bool is_in_flight(State state) {
  return state != waiting && !is_end(state);
}

bool is_away(State state) {
  switch (state) {
    case preparing:
    case staging:
    case staged:
    case activating:
    case checking:
    case rolling_back:
    case checking_back:
    case quarantined:
      return true;
    case waiting:
    case updated:
    case current:
    case refused:
    case not_started:
    case rolled_back:
      return false;
  }
  return true;
}

}  // namespace breakwater
