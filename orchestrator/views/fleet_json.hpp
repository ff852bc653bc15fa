#pragma once
// The fleet as JSON documents, for programs.
#include <optional>
#include <string>
#include <vector>

#include "inventories/trust/stored_image.hpp"
#include "orchestrator/core/decide.hpp"
#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/fleet.hpp"
#include "orchestrator/core/resolve.hpp"

namespace breakwater::views {

/// `{"apiVersion": "breakwater/v1", "kind": "QuarantineList", "items": [...]}`, with a newline.
std::string quarantine_json(const Fleet& fleet);

/// The process that conducts.
struct ConductorShown {
  std::int64_t process = 0;  ///< 0 where it is just taking over and has not said yet who it is
  std::string rollout;       ///< its own; empty while it only writes down an operator's wish
  Instant since;
};

/// What waits in the tray until a conductor takes it up.
struct RequestShown {
  std::uint64_t number = 0;
  Instant at;
  std::string by;
  std::string what;      ///< `apply bios-3.4`, `pause bios-3.4`
  bool attended = true;  ///< its asker waits for the answer
};

/// Every rollout with its standing and the number of hosts in each state, the last one first; `conductor` is null where
/// none runs.
std::string rollouts_json(const Fleet& fleet, const std::optional<ConductorShown>& conductor,
                          const std::vector<RequestShown>& requests);

/// One rollout with its waves, its hosts, what it waits for, the conductor, and what waits in the tray.
std::string rollout_json(const RolloutState& rollout, const std::vector<Blocker>& waits,
                         const std::optional<ConductorShown>& conductor, const std::vector<RequestShown>& requests);

/// The same with kind `ImageList`.
std::string images_json(const std::vector<StoredImage>& images);

/// Why a host is not being updated, or what is being done to it; kind `HostExplanation`.
std::string explanation_json(const std::string& host, const Explanation& explanation);

/// What a journal is found to be; kind `JournalVerified`.
struct JournalShown {
  std::uint64_t records = 0;
  Sha256 head;
  std::size_t snapshots = 0;         ///< that fit the records
  std::vector<std::string> misfits;  ///< what is wrong with the others
};
std::string journal_json(const JournalShown& journal);

/// A Release that is proven, with the image in the store; kind `ReleaseVerified`.
std::string verified_json(const ProvenRelease& proven, std::size_t needed);

}  // namespace breakwater::views
