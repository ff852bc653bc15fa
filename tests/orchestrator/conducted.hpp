#pragma once
// The loop over a real journal, with a crew that answers at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "orchestrator/conductor.hpp"
#include "orchestrator/journal/memory_store.hpp"
#include "tests/orchestrator/core/drill.hpp"
#include "tests/orchestrator/journal/journals.hpp"

namespace breakwater {

/// Every command ends as the script says, or well. A wait that hears nothing lets time run, and is over for good once
/// nothing has happened for an hour: then the conductor is asked to leave.
class MadeCrew : public Crew {
 public:
  explicit MadeCrew(std::atomic<int>& interrupts) : interrupts_(interrupts) {}

  std::function<std::optional<Outcome>(const Command&)> script;
  std::function<bool(const Command&)> hangs;  ///< such a command never ends
  std::vector<Duration> left;                 ///< of the trip, at each start of a command
  std::vector<std::pair<CommandId, Sha256>> trusted;
  std::vector<CommandId> withdrawn;
  std::vector<std::uint64_t> refused;
  std::function<void(const Order&)> on_start;
  std::function<void()> meanwhile;  ///< what other processes do while this one waits

  void offer(EvidenceSeen evidence) { offers_.emplace_back(EvidenceOffered{1, std::move(evidence)}); }
  long started(Action action) const { return std::count(started_.begin(), started_.end(), action); }

  void passes(Duration length) { now_ = {now_.steady + length, now_.wall + length}; }
  /// The process is gone for so long, and its conversations with it.
  void gone_for(Duration length) {
    open_.clear();
    passes(length);
  }

  Now now() override { return now_; }
  void start(Order order) override {
    open_.push_back(order.command);
    started_.push_back(order.command.action);
    if (on_start) on_start(order);
    left.push_back(order.deadline.value_or(Instant::max()) - now_.steady);
  }
  void durable(std::uint64_t) override {}
  void refuse(std::uint64_t ticket) override {
    refused.push_back(ticket);
    hangs = nullptr;  // its conversation ends
  }
  void withdraw(CommandId command) override { withdrawn.push_back(command); }
  void trust(CommandId command, const Sha256& key) override { trusted.emplace_back(command, key); }

  std::vector<CrewEvent> wait_until(Instant until) override {
    std::vector<CrewEvent> events = std::exchange(offers_, {});
    for (const Command& command : std::exchange(open_, {})) {
      if (hangs && hangs(command)) {
        open_.push_back(command);
        continue;
      }
      std::optional<Outcome> outcome;
      if (script) outcome = script(command);
      events.emplace_back(CommandEnded{command.id, command.rollout, command.host, outcome.value_or(Outcome())});
    }
    const Duration passed = events.empty() ? until - now_.steady : Duration(1);
    now_ = {now_.steady + passed, now_.wall + passed};
    idle_ = events.empty() ? idle_ + passed : Duration(0);
    if (idle_ > std::chrono::hours(1)) interrupts_ = 2;
    if (meanwhile) meanwhile();
    return events;
  }

 private:
  std::atomic<int>& interrupts_;
  Now now_{kBegin, kBegin};
  std::vector<Command> open_;
  std::vector<Action> started_;
  std::vector<CrewEvent> offers_;
  Duration idle_{0};
};

/// A second rollout beside plan_of(), with hosts of its own.
inline ResolvedPlan other_plan(std::uint32_t hosts, int global = 1) {
  ResolvedPlan plan = plan_of({.waves = {hosts}, .global = global});
  plan.rollout = "other";
  for (PlannedHost& host : plan.hosts) host.name = "other-" + host.name;
  return plan;
}

struct Conducted : testing::Test {
  Conducted() {
    if (auto locked = store->lock(journal::kHolder); !locked) ADD_FAILURE() << locked.error().message;
  }

  Conductor::End run(RolloutId id) {
    const auto end = conductor.run(id);
    if (!end) ADD_FAILURE() << end.error().message;
    return end ? *end : Conductor::End::left;
  }
  State state(RolloutId id, HostIndex host) const { return fleet.find(id)->hosts[host].state; }

  journal::StateFolder folder;
  std::unique_ptr<journal::SqliteStore> store = journal::open_sqlite(folder.path());
  std::atomic<int> interrupts = 0;
  MadeCrew crew{interrupts};
  Fleet fleet;
  Conductor conductor{*store, crew, fleet, Watcher(), interrupts};
};

/// The loop over a store in memory that does not always do as it is told.
template <class Store>
struct OverMemory : testing::Test {
  OverMemory() {
    if (auto locked = store.lock(journal::kHolder); !locked) ADD_FAILURE() << locked.error().message;
  }

  const std::shared_ptr<journal::MemoryDisk> disk = std::make_shared<journal::MemoryDisk>();
  Store store{disk};
  std::atomic<int> interrupts = 0;
  MadeCrew crew{interrupts};
  Fleet fleet;
  Conductor conductor{store, crew, fleet, Watcher(), interrupts};
};

}  // namespace breakwater
