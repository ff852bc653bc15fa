#pragma once
// The journal of a rehearsal and of a simulation: in memory, with a disk that can fill up, break, and outlive its
// process.
#include <cstddef>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "orchestrator/journal/chain.hpp"
#include "orchestrator/journal/store.hpp"

namespace breakwater::journal {

/// What survives when a MemoryStore goes, as a disk survives a process. Several stores may share one, on one thread.
struct MemoryDisk {
  struct Filed {
    Request request;
    std::optional<std::uint64_t> answer;
    std::weak_ptr<void> asker;  ///< the store that put it there
    bool withdrawn = false;

    bool waits() const { return !answer && !withdrawn; }
  };
  std::deque<Record> records;  ///< grows without being copied
  std::vector<Filed> requests;
  std::map<std::uint64_t, std::string> snapshots;
  std::optional<Holder> holder;
  std::size_t records_max = std::numeric_limits<std::size_t>::max();  ///< past it an append is `disk_full`
  bool broken = false;                                                ///< an append is `fatal`
  /// Only the last record is kept, and no snapshot: for a rehearsal, whose journal nobody reads again. A replay is a
  /// fault then.
  bool forgets = false;
  std::set<const void*> standing_by{};  ///< stores
};

class MemoryShelf final : public Shelf {
 public:
  explicit MemoryShelf(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {}

  std::vector<std::uint64_t> numbers() const override;
  std::optional<std::string> read(std::uint64_t number) const override;
  Result<void, std::string> keep(std::uint64_t number, std::string_view bytes) override;
  void drop(std::uint64_t number) override;

 private:
  std::shared_ptr<MemoryDisk> disk_;
};

class MemoryStore : public Store {
 public:
  explicit MemoryStore(std::shared_ptr<MemoryDisk> disk);
  MemoryStore() : MemoryStore(std::make_shared<MemoryDisk>()) {}
  MemoryStore(const MemoryStore&) = delete;
  MemoryStore& operator=(const MemoryStore&) = delete;
  ~MemoryStore() override;

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
  MemoryDisk::Filed* filed(std::uint64_t request);

  std::shared_ptr<MemoryDisk> disk_;
  MemoryShelf shelf_;
  std::shared_ptr<void> open_ = std::make_shared<char>();  ///< what its requests know it by
  bool locked_ = false;
  bool failed_ = false;
};

}  // namespace breakwater::journal
