#pragma once
// The fleet as JSON documents, for programs.
#include <string>
#include <vector>

#include "inventories/trust/image_store.hpp"
#include "orchestrator/core/decide.hpp"
#include "orchestrator/core/fleet.hpp"

namespace breakwater::views {

/// `{"apiVersion": "breakwater/v1", "kind": "QuarantineList", "items": [...]}`, with a newline.
std::string quarantine_json(const Fleet& fleet);

/// Every rollout with its standing and the number of hosts in each state, the last one first.
std::string rollouts_json(const Fleet& fleet);

/// One rollout with its waves, its hosts, and what it waits for.
std::string rollout_json(const RolloutState& rollout, const std::vector<Blocker>& waits);

/// The same with kind `ImageList`.
std::string images_json(const std::vector<StoredImage>& images);

}  // namespace breakwater::views
