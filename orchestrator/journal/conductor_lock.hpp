#pragma once
// The conductor's lock: an advisory lock on `DIR/conductor.lock`, which goes with its process however that ends. The
// file says who holds it, as JSON: {"pid":…,"rollout":…,"started":…}, and "leaving":"asked" or "own_over" once it
// leaves, "ways_back" where it takes no host forward; "lacks":{ROLLOUT:WHY,…}.
//
// On further bytes of the same file others say that they stand by to take the lock, and that whoever put a request in
// the tray still waits.
//
// Whoever has it holds a second lock, flock() on DIR itself: whoever deletes the file takes the first one from nobody.
//
// The others are locks of the open file (F_OFD_SETLK), not flock(): they can be asked about without being taken, so
// that a `status` never makes an `apply` fail.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

#include "inventories/vocabulary/descriptor.hpp"
#include "inventories/vocabulary/result.hpp"
#include "orchestrator/journal/fault.hpp"

namespace breakwater::journal {

class ConductorLock {
 public:
  explicit ConductorLock(const std::filesystem::path& dir) : file_(dir / "conductor.lock") {}
  ~ConductorLock() { release(); }
  ConductorLock(const ConductorLock&) = delete;
  ConductorLock& operator=(const ConductorLock&) = delete;

  Result<void, StoreFault> take(const Holder& holder);
  /// Writes into the file whether the holder leaves, and what it cannot take forward: the first of them, cut short.
  Result<void, StoreFault> say(Leaving leaving, const Lacks& lacks);
  void release();
  bool held() const { return static_cast<bool>(descriptor_); }

  /// Who holds it; a pid of 0 where the holder has not said yet, or its file was deleted. Takes nothing.
  Result<std::optional<Holder>, StoreFault> holder() const;

 private:
  std::filesystem::path file_;
  Descriptor descriptor_;  ///< open while the lock is held
  Descriptor folder_;      ///< the same; locked where the file system can
  Holder holder_{};        ///< what the file says then
};

/// Whether anybody stands by to take the conductor's lock; any number may.
class SuccessorLock {
 public:
  explicit SuccessorLock(const std::filesystem::path& dir) : file_(dir / "conductor.lock") {}

  Result<void, StoreFault> hold();
  void let_go() { const Descriptor closing = std::move(descriptor_); }
  /// Whether anybody holds it; false where that cannot be told. Takes nothing.
  bool held() const;

 private:
  std::filesystem::path file_;
  Descriptor descriptor_;  ///< open while it is held
};

/// Which requests of the tray are attended: one lock each, which goes with its process however that ends.
class AskerLocks {
 public:
  explicit AskerLocks(const std::filesystem::path& dir) : file_(dir / "conductor.lock") {}

  Result<void, StoreFault> hold(std::uint64_t request);
  void let_go(std::uint64_t request);
  /// Whether anybody holds this one; takes nothing.
  Result<bool, StoreFault> held(std::uint64_t request) const;

 private:
  std::filesystem::path file_;
  Descriptor descriptor_;  ///< open from the first request on
};

/// Keeps two processes from making the same journal at once. Waits for its turn; released when it goes.
Result<Descriptor, StoreFault> lock_for_setup(const std::filesystem::path& dir);

}  // namespace breakwater::journal
