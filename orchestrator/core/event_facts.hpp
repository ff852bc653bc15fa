#pragma once
// What is asked of every kind of event, with an answer for each: one that is new has none, and does not compile.
#include "orchestrator/core/event.hpp"

namespace breakwater {

struct EventFacts {
  RolloutId rollout = 0;  ///< that it is about; 0: of none
  /// Only a conductor writes it. An operator's wish, and a rollout that is handed over, may be written while none runs.
  bool conducted = true;
};

EventFacts facts_of(const Recorded& record);

}  // namespace breakwater
