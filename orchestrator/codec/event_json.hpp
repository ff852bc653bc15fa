#pragma once
// Events as the journal stores them: a kind, which is the event's name, and a compact JSON body. Nothing is lost but
// bytes that are no UTF-8, and nothing is guessed: what this format does not know is a fault.
//
// The ids that are a record's own number (of a RolloutStarted and of a CommandIssued's command) are not in the body;
// they come from Recorded::seq when the fleet takes up the record.
#include <string>
#include <string_view>

#include "inventories/vocabulary/result.hpp"
#include "orchestrator/core/event.hpp"

namespace breakwater::codec {

/// `CommandIssued`, `EvidenceSeen`, ...
std::string kind_of(const Event& event);

/// The body: the same bytes for the same event, always. Values that are their type's default are left out.
std::string encode(const Event& event);

/// The event, or the first thing that is wrong with its text. Never throws.
Result<Event, std::string> decode(std::string_view kind, std::string_view body);

}  // namespace breakwater::codec
