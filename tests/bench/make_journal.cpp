// Makes a state directory with a long journal and its snapshots, for tests/bench/verbs.py: finished rollouts over the
// same machines, and one that was left in its middle.
//
//     bench_make_journal STATE ROLLOUTS HOSTS
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "orchestrator/conductor.hpp"
#include "orchestrator/journal/memory_store.hpp"
#include "orchestrator/journal/sqlite_store.hpp"
#include "tests/bench/large_fleet.hpp"

namespace breakwater {
namespace {

constexpr Duration kNoPoll = std::chrono::hours(24);
constexpr std::size_t kCommitted = 4'096;

/// Conducts one rollout; leaves it after so many records, where they are given.
void conduct(journal::Store& store, Fleet& fleet, std::uint32_t hosts, std::uint64_t leave_after) {
  ResolvedPlan plan = make_plan(hosts);
  model::ModelFleet model = make_fleet(plan, std::max(kBegin, fleet.last_at()));
  model::ModelCrew crew(model, std::max(kBegin, fleet.last_at()));
  std::atomic<int> interrupts = 0;
  const std::uint64_t before = fleet.last_seq();
  Watcher watcher;
  watcher.on_record = [&](const Recorded& record) {
    if (leave_after > 0 && record.seq - before >= leave_after) interrupts = 2;
  };
  Conductor conductor(store, crew, fleet, watcher, interrupts, kNoPoll);
  const RolloutId id = demand(conductor.begin(std::move(plan), "bench"));
  demand(conductor.run(id));
}

/// As they were written, with the same hashes.
void copy(const journal::MemoryDisk& disk, journal::Store& store) {
  demand(store.lock({1, "bench", kBegin}));
  std::vector<journal::Draft> drafts;
  for (const journal::Record& record : disk.records) {
    drafts.push_back({record.at, record.kind, record.body});
    if (drafts.size() < kCommitted && record.seq < disk.records.size()) continue;
    demand(store.append(drafts));
    drafts.clear();
  }
  if (demand(store.head()).hash != disk.records.back().hash) throw std::runtime_error("the journals differ");
  for (const auto& [number, bytes] : disk.snapshots) {
    if (!store.shelf()->keep(number, bytes)) throw std::runtime_error("no snapshot can be kept");
  }
}

void make(const std::string& state, int rollouts, std::uint32_t hosts) {
  const auto disk = std::make_shared<journal::MemoryDisk>();
  {
    journal::MemoryStore store(disk);
    demand(store.lock({1, "bench", kBegin}));
    Fleet fleet;
    for (int i = 0; i < rollouts; ++i) conduct(store, fleet, hosts, 0);
    conduct(store, fleet, hosts, fleet.last_seq() / static_cast<std::uint64_t>(rollouts) / 2);
  }
  const auto store = demand(journal::SqliteStore::open(state, journal::SqliteStore::Access::write));
  copy(*disk, *store);
  const std::uint64_t newest = disk->snapshots.rbegin()->first;
  std::printf("%d rollouts of %u hosts and a half: %zu records, %zu of them behind the newest snapshot of %.1f MiB\n",
              rollouts, hosts, disk->records.size(), disk->records.size() - newest,
              static_cast<double>(disk->snapshots.rbegin()->second.size()) / (1 << 20));
}

}  // namespace
}  // namespace breakwater

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "bench_make_journal STATE ROLLOUTS HOSTS\n");
    return 2;
  }
  try {
    breakwater::make(argv[1], std::atoi(argv[2]), static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10)));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
