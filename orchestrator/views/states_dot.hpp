#pragma once
// The host machine as a picture, drawn from its table, so that it cannot be stale.
#include <string>

namespace breakwater::views {

/// Graphviz's dot language: ends with a double border, inputs on the arrows.
std::string states_dot();

}  // namespace breakwater::views
