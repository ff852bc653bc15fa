#pragma once
// One observation read with a plan in hand: what each of a host's updates runs, could go back to, and has waiting.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/command.hpp"

namespace breakwater {

/// How a reported version stands to a host's update.
enum class Runs { old_version, new_version, other, unreadable };

/// How a version that is read of an update's component stands to the update.
Runs reads_as(const ResolvedPlan& plan, const PlannedUpdate& update, const std::string& version);

struct UpdateLook {
  bool listed = false;  ///< the inventory has its component and was read whole; else an empty slot proves nothing
  std::string unread;   ///< why the component cannot be told from an inventory that was not read whole; else empty
  Runs runs = Runs::unreadable;
  std::string version;                           ///< as reported; the first differing one where entries differ
  std::string target_uri;                        ///< of the entry that takes the image; empty where several do
  std::optional<InstalledComponent> previous;    ///< the other bank, where it holds the old version
  std::optional<InstalledComponent> other_bank;  ///< the other bank, whatever it holds
  std::optional<InstalledComponent> staged;      ///< an image that waits for its activation
  Runs staged_as = Runs::unreadable;             ///< how the version of `staged` stands to the update
  std::string rest_unread;  ///< why another entry was not read: it may be a bank of this component, or an image
  bool gone = false;        ///< the inventory was read whole, and does not have its component
};

struct Look {
  Observation seen;
  std::vector<UpdateLook> updates;  ///< one for each of the host's updates
  std::string changed;              ///< what changed since the baseline though nobody asked, where there is one

  std::vector<std::string> versions() const;
  /// An update task that is open, one that is running before those that wait; nullptr where there is none.
  const TaskView* task() const;
  /// Whether the task of this URI is one that waits.
  bool waits(const std::string& task_uri) const;
  /// An entry that waits for a restart and is of none of the updates; nullptr where there is none.
  const InstalledComponent* waits_elsewhere() const;
};

Look look_at(const ResolvedPlan& plan, const PlannedHost& host, Observation seen);

/// What does not hold yet.
struct Finding {
  Cause cause = Cause::none;
  std::string text;  ///< the check's name, what was met, what was wanted
};

/// Why the host may not be touched as it is; nothing where it may. `sends`: something would be sent to it.
std::optional<Finding> not_fit(const ResolvedPlan& plan, const PlannedHost& host, const Observation& seen, bool sends);

/// Why a service of that ability takes no image of this update, that of its way back included; empty where it takes
/// them.
std::string why_not_taken(const ResolvedPlan& plan, const PlannedUpdate& update, const UpdateAbility& ability,
                          bool has_target);

/// The first check that fails, for a host that should run the new versions of its first `touched` updates and the old
/// ones of the rest; nothing where all hold. Of updates in `stays` the version is not judged: they are another run's.
std::optional<Finding> first_failing(const ResolvedPlan& plan, const PlannedHost& host, const Baseline& baseline,
                                     const Look& look, std::uint32_t touched,
                                     std::span<const std::uint32_t> stays = {});

/// Entries that run another version than before although no update of the host is for them, for people: `nic ("NIC")
/// went from "1.0" to "1.1" though nobody asked`; empty where there are none.
std::string changed_unasked(const ResolvedPlan& plan, const PlannedHost& host, const Baseline& baseline,
                            const Observation& seen);

}  // namespace breakwater
