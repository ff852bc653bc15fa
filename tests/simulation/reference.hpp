#pragma once
// A second opinion on a rollout: its rules once more, written from the pages and from history.hpp alone.
#include <memory>

#include "tests/simulation/history.hpp"

namespace breakwater::simulation {

/// A model that shares no line with the product. It never objects to waiting: that is for who looks at liveness.
std::unique_ptr<Reference> make_reference();

}  // namespace breakwater::simulation
