#pragma once
// The fleet as JSON documents, for programs.
#include <optional>
#include <string>
#include <vector>

#include "inventories/trust/stored_image.hpp"
#include "orchestrator/core/decide.hpp"
#include "orchestrator/core/fleet.hpp"

namespace breakwater::views {

/// `{"apiVersion": "breakwater/v1", "kind": "QuarantineList", "items": [...]}`, with a newline.
std::string quarantine_json(const Fleet& fleet);

/// The process that conducts.
struct ConductorShown {
  std::int64_t process = 0;
  std::string rollout;  ///< its own; empty while it only writes down an operator's wish
  Instant since;
};

/// Every rollout with its standing and the number of hosts in each state, the last one first; `conductor` is null where
/// none runs.
std::string rollouts_json(const Fleet& fleet, const std::optional<ConductorShown>& conductor);

/// One rollout with its waves, its hosts, what it waits for, and the conductor.
std::string rollout_json(const RolloutState& rollout, const std::vector<Blocker>& waits,
                         const std::optional<ConductorShown>& conductor);

/// The same with kind `ImageList`.
std::string images_json(const std::vector<StoredImage>& images);

}  // namespace breakwater::views
