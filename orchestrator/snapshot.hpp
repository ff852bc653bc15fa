#pragma once
// Snapshots: the fold as bytes beside the journal, so that a reader folds the last records and not all of them. The
// journal stays the truth: a snapshot counts only where the record right behind it names its digest, where that record
// and the one before it stand in this journal, and where the same fold made it. What does not fit is replayed instead.
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/core/fleet.hpp"
#include "orchestrator/journal/store.hpp"

namespace breakwater {

/// What the journal says of a snapshot.
struct NamedSnapshot {
  journal::Head up_to;  ///< the last record that it folds
  Sha256 digest;        ///< of the fold's bytes
};

/// Those on the shelf that a record names and that our own fold made, the newest first. Their bytes are not read.
std::vector<NamedSnapshot> named_snapshots(journal::Store& store);

/// The fold's bytes; nothing where what is on the shelf is not what was named.
std::optional<std::string> bytes_of(const journal::Shelf& shelf, const NamedSnapshot& snapshot);

/// The fold of the newest snapshot that fits; nothing where none does.
std::optional<Fleet> read_snapshot(journal::Store& store);

/// Writes the fold of all records of this journal beside it. What it returns names it, once it is the next record.
Result<SnapshotTaken, std::string> write_snapshot(journal::Store& store, const Fleet& fleet);

/// Removes all but the newest ones.
void drop_old_snapshots(journal::Store& store);

/// After so many records a snapshot is taken once more: to fold these takes some 25 ms.
inline constexpr std::uint64_t kSnapshotEvery = 5'000;

/// Takes a snapshot where one is due: after so many records, and when a rollout has ended.
class SnapshotTaker {
 public:
  SnapshotTaker(journal::Store& store, std::uint64_t every) : store_(store), every_(every) {}

  /// What names the snapshot that was written, and is to be the next record. One that cannot be written is told once,
  /// and tried again later.
  std::optional<SnapshotTaken> take_if_due(const Fleet& fleet, const std::function<void(const std::string&)>& warn);

 private:
  journal::Store& store_;
  std::uint64_t every_;
  std::optional<std::uint64_t> tried_;  ///< up to this record
  std::set<RolloutId> under_way_;       ///< then
  bool failed_ = false;
};

}  // namespace breakwater
