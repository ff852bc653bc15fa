#pragma once
// THE PORT of the journal: one append-only, hash-chained list of records, a tray of operators' requests, and one lock.
//
// One conductor holds the lock and appends. Any process may read, and put a request in the tray; the conductor answers
// a request by appending, which in the same transaction marks it taken. When nobody holds the lock, an operator's
// command takes it, appends and leaves; one that has put a request in the tray and sees the holder gone does the same.
//
// What `append` acknowledged survives kill -9 and, as far as the disk tells the truth, a power cut. A Store belongs to
// one thread; open one for each. One conformance suite, tests/orchestrator/journal, holds every implementation to this
// page.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inventories/vocabulary/instant.hpp"
#include "inventories/vocabulary/result.hpp"
#include "orchestrator/journal/fault.hpp"
#include "orchestrator/journal/record.hpp"
#include "orchestrator/journal/shelf.hpp"

namespace breakwater::journal {

/// The numbers an append gave: `first` to `head.seq`, and the hash to show.
struct Appended {
  std::uint64_t first = 0;
  Head head;
};

/// An operator's wish, waiting for the conductor.
struct Request {
  std::uint64_t id = 0;
  Instant at;
  std::string verb;
  std::string body;
  std::string by;
  bool attended = true;  ///< the store that put it there is still open: its asker waits
};

class Store {
 public:
  /// Returns false to end the replay early.
  using Visitor = std::function<bool(const Record&)>;

  virtual ~Store() = default;

  /// Takes the conductor's lock for as long as this object lives or until `unlock`. `locked` names who has it.
  virtual Result<void, StoreFault> lock(const Holder& holder) = 0;
  virtual void unlock() = 0;
  /// Who holds the lock now; does not take it, and disturbs nobody who does.
  virtual Result<std::optional<Holder>, StoreFault> holder() = 0;
  /// Says where all can read it whether its process leaves, and what it cannot take forward. Needs the lock.
  virtual Result<void, StoreFault> say(Leaving leaving, const Lacks& lacks) = 0;
  /// Says that its process takes the lock as soon as it is free, until this store takes it or is closed.
  virtual Result<void, StoreFault> stand_by() = 0;
  /// Whether anybody stands by; false where that cannot be told.
  virtual bool has_successor() = 0;

  /// Writes all drafts in one durable transaction (group commit), and marks the requests `taken` with the number of its
  /// last record. All or nothing. Needs the lock and at least one draft. After a `fatal` every further write is fatal.
  virtual Result<Appended, StoreFault> append(std::span<const Draft> drafts,
                                              std::span<const std::uint64_t> taken = {}) = 0;

  /// Hands over the records from number `from` on, each checked against its hash and its neighbour before it is shown;
  /// stops at the first that does not fit. Returns the last record shown (or the head before `from`). One that is not
  /// ended early also finds a tail that was cut off by hand. The visitor must not call this store.
  virtual Result<Head, StoreFault> replay(std::uint64_t from, const Visitor& visit) = 0;

  virtual Result<Head, StoreFault> head() = 0;

  /// Puts a request in the tray, durable when it returns its number. Needs no lock. It is attended from the moment
  /// that anybody sees it and for as long as this store is open, however its process ends.
  virtual Result<std::uint64_t, StoreFault> add_request(Instant at, const std::string& verb, const std::string& body,
                                                        const std::string& by) = 0;
  /// The oldest requests that no record has answered. Cheap enough to ask several times a second.
  virtual Result<std::vector<Request>, StoreFault> waiting_requests(std::size_t at_most) = 0;
  /// Takes a request out of the tray again. False where a record has answered it, which then stands.
  virtual Result<bool, StoreFault> withdraw(std::uint64_t request) = 0;
  /// The record that answered a request; nothing while it waits. One that was withdrawn is unknown.
  virtual Result<std::optional<std::uint64_t>, StoreFault> answer(std::uint64_t request) = 0;

  /// The snapshots beside this journal; they live as long as the store does. nullptr where none are kept.
  virtual Shelf* shelf() = 0;
};

}  // namespace breakwater::journal
