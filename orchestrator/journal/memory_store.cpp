#include "orchestrator/journal/memory_store.hpp"

#include <algorithm>
#include <utility>

namespace breakwater::journal {

using Reason = StoreFault::Reason;

MemoryStore::MemoryStore(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)), shelf_(disk_) {}

MemoryStore::~MemoryStore() {
  disk_->standing_by.erase(this);
  unlock();
}

Result<void, StoreFault> MemoryStore::lock(const Holder& holder) {
  if (disk_->holder) return fail(locked_fault("the journal in memory", disk_->holder));
  disk_->standing_by.erase(this);
  disk_->holder = holder;
  locked_ = true;
  return {};
}

void MemoryStore::unlock() {
  if (std::exchange(locked_, false)) disk_->holder.reset();
}

Result<std::optional<Holder>, StoreFault> MemoryStore::holder() {
  return disk_->holder;
}

Result<void, StoreFault> MemoryStore::say(Leaving leaving, const Lacks& lacks) {
  if (!locked_) return fail(StoreFault{Reason::not_locked, "the journal in memory: nobody leaves without the lock"});
  disk_->holder->leaving = leaving;
  disk_->holder->lacks = lacks;
  return {};
}

Result<void, StoreFault> MemoryStore::stand_by() {
  disk_->standing_by.insert(this);
  return {};
}

bool MemoryStore::has_successor() {
  return !disk_->standing_by.empty();
}

Result<Appended, StoreFault> MemoryStore::append(std::span<const Draft> drafts, std::span<const std::uint64_t> taken) {
  if (failed_ || disk_->broken) {
    failed_ = true;
    return fail(StoreFault{Reason::fatal, "the journal in memory: the disk is broken"});
  }
  if (!locked_) return fail(StoreFault{Reason::not_locked, "the journal in memory: no append without the lock"});
  for (auto id = taken.begin(); id != taken.end(); ++id) {
    const MemoryDisk::Filed* const asked = filed(*id);
    if (!asked || !asked->waits() || drafts.empty() || std::find(taken.begin(), id, *id) != id) {
      return fail(StoreFault{Reason::unknown_request, "no request " + std::to_string(*id) + " waits for an answer"});
    }
  }
  if (disk_->records.size() + drafts.size() > disk_->records_max) {
    return fail(StoreFault{Reason::disk_full, "the journal in memory: no room"});
  }
  const Head before = disk_->records.empty() ? Head{} : Head{disk_->records.back().seq, disk_->records.back().hash};
  Chain chain(before);
  for (const auto& draft : drafts) {
    if (disk_->forgets) disk_->records.clear();
    disk_->records.push_back(chain.seal(draft));
  }
  for (const std::uint64_t id : taken) disk_->requests[id - 1].answer = chain.head().seq;
  return Appended{before.seq + 1, chain.head()};
}

Result<Head, StoreFault> MemoryStore::replay(std::uint64_t from, const Visitor& visit) {
  if (disk_->forgets) return fail(StoreFault{Reason::unreadable, "the journal in memory: it keeps no records"});
  const std::size_t skipped = std::min<std::size_t>(from > 0 ? from - 1 : 0, disk_->records.size());
  Chain chain(skipped == 0 ? Head{} : Head{disk_->records[skipped - 1].seq, disk_->records[skipped - 1].hash});
  for (std::size_t i = skipped; i < disk_->records.size(); ++i) {
    if (auto checked = chain.check(disk_->records[i]); !checked) return fail(checked.error());
    if (!visit(disk_->records[i])) break;
  }
  return chain.head();
}

Result<Head, StoreFault> MemoryStore::head() {
  return disk_->records.empty() ? Head{} : Head{disk_->records.back().seq, disk_->records.back().hash};
}

Result<std::uint64_t, StoreFault> MemoryStore::add_request(Instant at, const std::string& verb, const std::string& body,
                                                           const std::string& by) {
  if (disk_->broken) return fail(StoreFault{Reason::fatal, "the journal in memory: the disk is broken"});
  const std::uint64_t id = disk_->requests.size() + 1;
  disk_->requests.push_back({{id, at, verb, body, by}, {}, open_});
  return id;
}

Result<std::vector<Request>, StoreFault> MemoryStore::waiting_requests(std::size_t at_most) {
  std::vector<Request> waiting;
  for (const auto& filed : disk_->requests) {
    if (waiting.size() >= at_most) break;
    if (!filed.waits()) continue;
    waiting.push_back(filed.request);
    waiting.back().attended = !filed.asker.expired();
  }
  return waiting;
}

Result<bool, StoreFault> MemoryStore::withdraw(std::uint64_t request) {
  MemoryDisk::Filed* const asked = filed(request);
  if (!asked || !asked->waits()) return false;
  asked->withdrawn = true;
  return true;
}

Result<std::optional<std::uint64_t>, StoreFault> MemoryStore::answer(std::uint64_t request) {
  const MemoryDisk::Filed* const asked = filed(request);
  if (!asked || asked->withdrawn) {
    return fail(StoreFault{Reason::unknown_request, "no request " + std::to_string(request)});
  }
  return asked->answer;
}

/// nullptr where there never was one.
MemoryDisk::Filed* MemoryStore::filed(std::uint64_t request) {
  return request == 0 || request > disk_->requests.size() ? nullptr : &disk_->requests[request - 1];
}

Shelf* MemoryStore::shelf() {
  return disk_->forgets ? nullptr : &shelf_;
}

std::vector<std::uint64_t> MemoryShelf::numbers() const {
  std::vector<std::uint64_t> found;
  for (auto at = disk_->snapshots.rbegin(); at != disk_->snapshots.rend(); ++at) found.push_back(at->first);
  return found;
}

std::optional<std::string> MemoryShelf::read(std::uint64_t number) const {
  const auto found = disk_->snapshots.find(number);
  return found == disk_->snapshots.end() ? std::nullopt : std::optional(found->second);
}

Result<void, std::string> MemoryShelf::keep(std::uint64_t number, std::string_view bytes) {
  if (disk_->broken) return fail(std::string("the journal in memory: the disk is broken"));
  disk_->snapshots[number] = bytes;
  return {};
}

void MemoryShelf::drop(std::uint64_t number) {
  disk_->snapshots.erase(number);
}

}  // namespace breakwater::journal
