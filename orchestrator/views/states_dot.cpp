#include "orchestrator/views/states_dot.hpp"

#include <map>
#include <set>
#include <vector>

#include "orchestrator/core/host_machine.hpp"

namespace breakwater::views {

std::string states_dot() {
  std::set<State> states;
  std::map<std::pair<State, State>, std::vector<std::string>> arrows;
  for (const Transition& row : host_transitions()) {
    states.insert({row.from, row.to});
    arrows[{row.from, row.to}].emplace_back(to_string(row.input));
  }
  std::string dot = "digraph host {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n";
  for (const State state : states) {
    dot += "  " + std::string(to_string(state)) + (is_end(state) ? " [peripheries=2];\n" : ";\n");
  }
  for (const auto& [ends, inputs] : arrows) {
    std::string label;
    for (const std::string& input : inputs) label += (label.empty() ? "" : "\\n") + input;
    dot += "  " + std::string(to_string(ends.first)) + " -> " + std::string(to_string(ends.second)) + " [label=\"" +
           label + "\"];\n";
  }
  return dot + "}\n";
}

}  // namespace breakwater::views
