#pragma once
// What a roll back reaches: for people, and for programs.
#include <string>
#include <vector>

#include "orchestrator/core/recall.hpp"

namespace breakwater::views {

/// A line for each host: the run that brought it there, its versions, and what becomes of it. Empty for no host.
std::string recall_text(const Fleet& fleet, const std::vector<Recalled>& covered);

/// `{"apiVersion": "breakwater/v1", "kind": "RollBackPlan", "items": [...]}`, with a newline.
std::string recall_json(const Fleet& fleet, const std::vector<Recalled>& covered);

}  // namespace breakwater::views
