#pragma once
// A process as the simulation watches it: the fold that it starts with, a store that dies at one append, and a crew
// that shows the checker what passes through it.
#include <atomic>
#include <functional>
#include <map>
#include <utility>

#include "orchestrator/codec/fleet_archive.hpp"
#include "orchestrator/conductor.hpp"
#include "orchestrator/crews/crew.hpp"
#include "orchestrator/folding.hpp"
#include "orchestrator/journal/memory_store.hpp"
#include "tests/simulation/checker.hpp"
#include "tests/simulation/scenario.hpp"

namespace breakwater::simulation {

/// Thrown where the process dies.
struct Died {};

/// So many records a snapshot: several in the life of most processes.
inline std::uint64_t snapshot_every(std::size_t hosts) {
  return 20 + 5 * hosts;
}

/// What a process starts with: begun at a snapshot where there is one, and the same as the fold of every record.
inline Fleet fold_to_start(journal::Store& store) {
  Result<Fleet, journal::StoreFault> folded = fold(store);
  Fleet whole;
  const auto replayed = fold_more(store, whole);
  if (!folded || !replayed) throw Violation{"I16", (folded ? replayed.error() : folded.error()).message};
  if (codec::pack(*folded) != codec::pack(whole)) throw Violation{"I34", "a snapshot holds another fold"};
  return std::move(*folded);
}

class MortalStore final : public journal::Store {
 public:
  /// `interrupts` is how the process hears of Ctrl-C.
  MortalStore(std::shared_ptr<journal::MemoryDisk> disk, std::optional<Life> life, std::atomic<int>& interrupts)
      : inner_(std::move(disk)), life_(life), interrupts_(interrupts) {}

  Result<journal::Appended, journal::StoreFault> append(std::span<const journal::Draft> drafts,
                                                        std::span<const std::uint64_t> taken = {}) override {
    using Fate = Life::Fate;
    const std::uint64_t left = life_ && life_->appends > appends_ ? life_->appends - ++appends_ : 0;
    if (!life_ || left > 0) return inner_.append(drafts, taken);
    if (life_->fate == Fate::dies_before) throw Died();
    if (life_->fate == Fate::disk_full) {
      return fail(journal::StoreFault{journal::StoreFault::Reason::disk_full, "the simulated disk is full"});
    }
    auto appended = inner_.append(drafts, taken);
    if (life_->fate == Fate::dies_after) throw Died();
    interrupts_ = life_->fate == Fate::asked_to_leave ? 1 : 2;
    return appended;
  }
  Result<void, journal::StoreFault> lock(const journal::Holder& holder) override { return inner_.lock(holder); }
  void unlock() override { inner_.unlock(); }
  Result<std::optional<journal::Holder>, journal::StoreFault> holder() override { return inner_.holder(); }
  Result<void, journal::StoreFault> say(journal::Leaving leaving, const journal::Lacks& lacks) override {
    return inner_.say(leaving, lacks);
  }
  Result<void, journal::StoreFault> stand_by() override { return inner_.stand_by(); }
  bool has_successor() override { return inner_.has_successor(); }
  Result<journal::Head, journal::StoreFault> replay(std::uint64_t from, const Visitor& visit) override {
    return inner_.replay(from, visit);
  }
  Result<journal::Head, journal::StoreFault> head() override { return inner_.head(); }
  Result<std::uint64_t, journal::StoreFault> add_request(Instant at, const std::string& verb, const std::string& body,
                                                         const std::string& by) override {
    return inner_.add_request(at, verb, body, by);
  }
  Result<std::vector<journal::Request>, journal::StoreFault> waiting_requests(std::size_t at_most) override {
    return inner_.waiting_requests(at_most);
  }
  Result<bool, journal::StoreFault> withdraw(std::uint64_t request) override { return inner_.withdraw(request); }
  Result<std::optional<std::uint64_t>, journal::StoreFault> answer(std::uint64_t request) override {
    return inner_.answer(request);
  }
  journal::Shelf* shelf() override { return inner_.shelf(); }

 private:
  journal::MemoryStore inner_;
  std::optional<Life> life_;
  std::atomic<int>& interrupts_;
  std::uint64_t appends_ = 0;
};

/// What passes through a crew.
struct CrewWatch {
  std::function<void(const Order&)> ordered;
  std::function<void(const EvidenceSeen&)> told_durable;
  std::function<void(CommandId)> withdrawn;
  std::function<void()> visitors;  ///< called whenever time may have passed
};

class WatchedCrew final : public Crew {
 public:
  WatchedCrew(Crew& inner, CrewWatch watch) : inner_(inner), watch_(std::move(watch)) {}

  Now now() override { return inner_.now(); }
  void start(Order order) override {
    watch_.ordered(order);
    inner_.start(std::move(order));
  }
  std::vector<CrewEvent> wait_until(Instant until) override {
    std::vector<CrewEvent> events = inner_.wait_until(until);
    for (const CrewEvent& event : events) {
      if (const auto* offered = std::get_if<EvidenceOffered>(&event)) offered_[offered->ticket] = offered->evidence;
    }
    watch_.visitors();
    return events;
  }
  void withdraw(CommandId command) override {
    watch_.withdrawn(command);
    inner_.withdraw(command);
  }
  void trust(CommandId command, const Sha256& key) override { inner_.trust(command, key); }
  void refuse(std::uint64_t ticket) override {
    offered_.erase(ticket);
    inner_.refuse(ticket);
  }
  void durable(std::uint64_t ticket) override {
    if (const auto offered = offered_.extract(ticket)) watch_.told_durable(offered.mapped());
    inner_.durable(ticket);
  }

 private:
  Crew& inner_;
  CrewWatch watch_;
  std::map<std::uint64_t, EvidenceSeen> offered_;
};

}  // namespace breakwater::simulation
