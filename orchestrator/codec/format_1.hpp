#pragma once
// Journals of format 1, in which the end of a command does not say what it made of its host. The rule of then stands
// here as it was. It never changes again: the commands that follow in such a journal were decided by it.
#include "orchestrator/core/fleet.hpp"

namespace breakwater::codec {

/// Adds what a record of format 1 does not say. `before` is the fold of all records before it.
void complete_format_1(Event& event, const Fleet& before);

}  // namespace breakwater::codec
