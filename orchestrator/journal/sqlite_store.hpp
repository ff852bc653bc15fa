#pragma once
// The journal in SQLite: `DIR/journal.db` (0600; WAL, every commit synced) and `DIR/conductor.lock`, with its
// snapshots in `DIR/snapshots`. No set-up, one folder.
#include <filesystem>
#include <memory>

#include "orchestrator/journal/store.hpp"

namespace breakwater::journal {

class SqliteStore final : public Store {
 public:
  enum class Access {
    write,  ///< makes the folder (0700) and the journal where they are missing
    read,   ///< `missing` where nothing ever ran; every write is refused
  };
  static Result<std::unique_ptr<SqliteStore>, StoreFault> open(const std::filesystem::path& dir, Access access);
  ~SqliteStore() override;

  Result<void, StoreFault> lock(const Holder& holder) override;
  void unlock() override;
  Result<std::optional<Holder>, StoreFault> holder() override;
  Result<void, StoreFault> say(Leaving leaving, const Lacks& lacks) override;
  Result<void, StoreFault> stand_by() override;
  bool has_successor() override;
  Result<Appended, StoreFault> append(std::span<const Draft> drafts,
                                      std::span<const std::uint64_t> taken = {}) override;
  Result<Head, StoreFault> replay(std::uint64_t from, const Visitor& visit) override;
  Result<Head, StoreFault> head() override;
  Result<std::uint64_t, StoreFault> add_request(Instant at, const std::string& verb, const std::string& body,
                                                const std::string& by) override;
  Result<std::vector<Request>, StoreFault> waiting_requests(std::size_t at_most) override;
  Result<bool, StoreFault> withdraw(std::uint64_t request) override;
  Result<std::optional<std::uint64_t>, StoreFault> answer(std::uint64_t request) override;
  Shelf* shelf() override;

 private:
  struct Open;
  explicit SqliteStore(std::unique_ptr<Open> open);
  std::unique_ptr<Open> open_;
};

}  // namespace breakwater::journal
