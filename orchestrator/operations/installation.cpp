#include "orchestrator/operations/installation.hpp"

#include "orchestrator/folding.hpp"
#include "orchestrator/operations/bmc_access.hpp"

namespace breakwater::operations {

using journal::SqliteStore;
using journal::StoreFault;

namespace {

Result<std::unique_ptr<SqliteStore>, Problem> open_journal(const std::filesystem::path& dir,
                                                           SqliteStore::Access access) {
  auto store = SqliteStore::open(dir, access);
  if (!store) return fail(journal_problem(store.error()));
  return std::move(*store);
}

}  // namespace

Result<void, Problem> JournalRead::catch_up(const SeeRecord& also) {
  if (const auto folded = fold_more(*store, fleet, also); !folded) return fail(journal_problem(folded.error()));
  return {};
}

Installation::Installation(std::filesystem::path dir) : dir_(std::move(dir)) {}
Installation::Installation(Installation&&) noexcept = default;
Installation::~Installation() = default;

Result<std::unique_ptr<SqliteStore>, Problem> Installation::open_to_read() const {
  return open_journal(dir_, SqliteStore::Access::read);
}

Result<std::unique_ptr<SqliteStore>, Problem> Installation::open_to_write() const {
  return open_journal(dir_, SqliteStore::Access::write);
}

Result<Fleet, Problem> Installation::read_fleet() const {
  const auto store = SqliteStore::open(dir_, SqliteStore::Access::read);
  if (!store && store.error().reason == StoreFault::Reason::missing) return Fleet();
  if (!store) return fail(journal_problem(store.error()));
  Result<Fleet, StoreFault> fleet = fold(**store);
  if (!fleet) return fail(journal_problem(fleet.error()));
  return std::move(*fleet);
}

Result<JournalRead, Problem> Installation::read_journal(const SeeRecord& also) const {
  auto store = open_to_read();
  if (!store) return fail(store.error());
  Result<Fleet, StoreFault> fleet = fold(**store, also);
  if (!fleet) return fail(journal_problem(fleet.error()));
  return JournalRead{std::move(*store), std::move(*fleet)};
}

Result<ImageStore, Problem> Installation::open_images() const {
  Result<ImageStore, Refusal> images = ImageStore::open(dir_);
  if (!images) return fail(problem(Problem::Kind::failed, images.error().message));
  return std::move(*images);
}

std::optional<ImageStore> Installation::find_images() const {
  std::error_code error;
  if (dir_.empty() || !std::filesystem::is_directory(dir_ / "images" / "sha256", error)) return std::nullopt;
  Result<ImageStore, Refusal> images = ImageStore::open(dir_);
  return images ? std::optional(std::move(*images)) : std::nullopt;
}

BmcAccess& Installation::bmcs() {
  if (!bmcs_) bmcs_ = std::make_unique<BmcAccess>(dir_);
  return *bmcs_;
}

Instant wall_now() {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

}  // namespace breakwater::operations
