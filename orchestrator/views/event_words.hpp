#pragma once
// What happened, in one line for people: of which host, and what. Pure.
#include <optional>
#include <string>

#include "orchestrator/core/fleet.hpp"
#include "orchestrator/views/ink.hpp"

namespace breakwater::views {

struct EventWords {
  std::string host;  ///< empty where the whole rollout is meant
  std::string what;
  Ink ink = Ink::plain;
};

/// Nothing for records that only matter to a successor (logins and logouts). `fleet` has taken the record already.
std::optional<EventWords> words_for(const Recorded& record, const Fleet& fleet);

/// The rollout that a record is about; nullptr for none.
const RolloutState* rollout_of(const Recorded& record, const Fleet& fleet);

/// `updated` and the like as people read them: `rolled back`.
std::string spelled(State state);
std::string spelled(Cause cause);
std::string spelled(GateVerdict verdict);
Ink ink_of(State state);

/// `497 updated, 2 rolled back, 1 quarantined`: the states that any host is in.
std::string states_of(const RolloutState& rollout);
/// ` (2 in part)`: so many of those that are rolled back still run what a later run had brought anew; empty for none.
std::string in_part(std::size_t hosts);

}  // namespace breakwater::views
