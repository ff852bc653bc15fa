#pragma once
// One installation: the journal, the image store and the way to BMCs under one state directory, opened when needed.
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "inventories/trust/image_store.hpp"
#include "orchestrator/core/fleet.hpp"
#include "orchestrator/journal/sqlite_store.hpp"
#include "orchestrator/operations/problem.hpp"

namespace breakwater::operations {

class BmcAccess;

/// Sees a record after the fleet has taken it.
using SeeRecord = std::function<void(const Recorded&)>;

struct JournalRead {
  std::unique_ptr<journal::SqliteStore> store;
  Fleet fleet;  ///< the fold of its records

  /// Takes up what was written since.
  Result<void, Problem> catch_up(const SeeRecord& also);
};

class Installation {
 public:
  explicit Installation(std::filesystem::path dir);
  Installation(Installation&&) noexcept;
  ~Installation();

  /// The fold of the journal for somebody who only reads; an empty fleet where nothing ever ran.
  Result<Fleet, Problem> read_fleet() const;

  /// The journal for reading, with its fold; a problem that says so where there is none. `also` sees every record.
  Result<JournalRead, Problem> read_journal(const SeeRecord& also = {}) const;

  /// The journal for reading; a problem that says so where there is none.
  Result<std::unique_ptr<journal::SqliteStore>, Problem> open_to_read() const;
  /// The journal for writing; makes the state directory (0700) and the journal where they are missing.
  Result<std::unique_ptr<journal::SqliteStore>, Problem> open_to_write() const;

  Result<ImageStore, Problem> open_images() const;
  /// The same for somebody who only looks: nothing is made, and there is nothing where nothing was ever imported.
  std::optional<ImageStore> find_images() const;

  /// One for the whole process: sessions, TLS and refused logins are shared.
  BmcAccess& bmcs();

 private:
  std::filesystem::path dir_;
  std::unique_ptr<BmcAccess> bmcs_;
};

/// The wall clock, as documents and the journal count it.
Instant wall_now();

}  // namespace breakwater::operations
