// A rollout on a disk that fails at its n-th operation, for every n, and on one that loses its power there: what was
// acknowledged is still true, and nothing is flashed twice.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <map>

#include "orchestrator/conductor.hpp"
#include "orchestrator/crews/model/model_crew.hpp"
#include "orchestrator/crews/model/model_of.hpp"
#include "orchestrator/folding.hpp"
#include "tests/orchestrator/core/drill.hpp"
#include "tests/orchestrator/journal/faulty_disk.hpp"
#include "tests/orchestrator/journal/journals.hpp"

namespace breakwater::storage_test {
namespace {

using journal::SqliteStore;
using journal::StateFolder;
using journal::StoreFault;
using model::Act;
using model::ModelFleet;
namespace disk = journal::faulty_disk;

constexpr Duration kNoPoll = std::chrono::hours(24);
/// Processes that come and go before one of them must have got to the end.
constexpr int kLivesMost = 4;

/// Two modelled hosts, a plan for them, and the folder of a journal. The fleet outlives every process.
class Rollout {
 public:
  Rollout() : plan_(model::as_modelled(plan_of({.waves = {1, 1}}))), fleet_(kBegin, model::Dice(1)) {
    for (const PlannedHost& planned : plan_.hosts) fleet_.hosts.push_back(model::model_of(plan_, planned));
    fleet_.on_act = [this](const Act& act) {
      if (act.kind == Act::Kind::flash_began) ++flashes_[act.host];
    };
  }

  /// One process: conducts until the rollout is over or the disk ends it. The fault that did.
  Result<Conductor::End, StoreFault> live() {
    auto opened = SqliteStore::open(folder_.path(), SqliteStore::Access::write);
    if (!opened) return fail(opened.error());
    SqliteStore& store = **opened;
    if (auto locked = store.lock(journal::kHolder); !locked) return fail(locked.error());
    auto folded = fold(store);
    if (!folded) return fail(folded.error());
    EXPECT_GE(folded->last_seq(), acknowledged_) << "an acknowledged record is gone";
    model::ModelCrew crew(fleet_, folded->last_at());
    Watcher watcher;
    watcher.on_record = [this](const Recorded& record) { acknowledged_ = record.seq; };
    const std::atomic<int> interrupts = 0;
    Conductor conductor(store, crew, *folded, watcher, interrupts, kNoPoll);
    if (folded->rollouts().empty()) {
      if (auto begun = conductor.begin(plan_, "lena"); !begun) return fail(begun.error());
    }
    auto end = conductor.run(folded->rollouts().begin()->first);
    for (const HostTrip& trip : folded->rollouts().begin()->second.hosts) last_.push_back(trip.state);
    return end;
  }

  /// Processes on a disk that is well, until one of them gets to the end.
  void come_to_the_end() {
    disk::begin();
    for (int i = 0; i < kLivesMost; ++i) {
      last_.clear();
      const auto end = live();
      ASSERT_TRUE(end) << end.error().message;
      if (*end == Conductor::End::finished) break;
    }
    EXPECT_EQ(last_, std::vector<State>(plan_.hosts.size(), State::updated));
    for (std::uint32_t i = 0; i < plan_.hosts.size(); ++i) {
      EXPECT_EQ(fleet_.hosts[i].components.front().running, "3.4");
      EXPECT_EQ(flashes_[i], 1) << "host " << i << " was flashed more than once";
    }
  }

 private:
  StateFolder folder_;
  ResolvedPlan plan_;
  ModelFleet fleet_;
  std::map<std::uint32_t, int> flashes_;
  std::uint64_t acknowledged_ = 0;
  std::vector<State> last_;
};

std::uint64_t operations_of_one_rollout() {
  disk::begin();
  Rollout undisturbed;
  const auto end = undisturbed.live();
  EXPECT_TRUE(end) << end.error().message;
  return disk::operations();
}

TEST(Storage, the_nth_operation_fails_for_every_n) {
  const std::uint64_t all = operations_of_one_rollout();
  ASSERT_GT(all, 60U);
  std::uint64_t ended = 0;
  for (std::uint64_t n = 1; n <= all; ++n) {
    SCOPED_TRACE("operation " + std::to_string(n) + " of " + std::to_string(all));
    Rollout rollout;
    disk::begin();
    disk::fail_at(n);
    ended += rollout.live() ? 0 : 1;
    rollout.come_to_the_end();
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
  std::printf("%llu operations, %llu of their failures ended the process\n", static_cast<unsigned long long>(all),
              static_cast<unsigned long long>(ended));
  EXPECT_GT(ended, all / 2) << "what fails must be noticed";
}

TEST(Storage, the_power_goes_at_the_nth_operation_for_every_n) {
  const std::uint64_t all = operations_of_one_rollout();
  std::uint64_t ended = 0;
  for (std::uint64_t n = 1; n <= all; ++n) {
    SCOPED_TRACE("operation " + std::to_string(n) + " of " + std::to_string(all));
    Rollout rollout;
    disk::begin();
    disk::cut_at(n);
    ended += rollout.live() ? 0 : 1;  // the last operations close the journal, after everything was said
    disk::power_back(n);
    rollout.come_to_the_end();
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
  EXPECT_GT(ended, all * 9 / 10) << "without power nothing goes on";
}

}  // namespace
}  // namespace breakwater::storage_test
