// When the conductor keeps a snapshot, and what becomes of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "orchestrator/snapshot.hpp"
#include "tests/orchestrator/conducted.hpp"

namespace breakwater::snapshot_taking_test {
namespace {

struct SnapshotTaking : Conducted {
  std::vector<std::uint64_t> taken_up_to() {
    std::vector<std::uint64_t> found;
    for (const journal::Record& record : journal::all_records(*store)) {
      if (record.kind == "SnapshotTaken") found.push_back(record.seq - 1);
    }
    return found;
  }
};

TEST_F(SnapshotTaking, is_taken_every_so_many_records_and_at_the_end_of_a_rollout) {
  Conductor often{*store, crew, fleet, Watcher(), interrupts, kRequestPoll, 10};
  const auto id = often.begin(plan_of({.waves = {2, 4}}), "lena");
  ASSERT_TRUE(id);
  const auto end = often.run(*id);
  ASSERT_TRUE(end);
  const std::vector<std::uint64_t> taken = taken_up_to();
  ASSERT_GE(taken.size(), 3U);
  EXPECT_EQ(taken.back() + 1, fleet.last_seq()) << "the last thing that is written";
  for (std::size_t i = 1; i + 1 < taken.size(); ++i) EXPECT_GE(taken[i] - taken[i - 1], 10U);
  EXPECT_THAT(store->shelf()->numbers(), testing::ElementsAre(taken.back(), taken[taken.size() - 2]));
  ASSERT_EQ(named_snapshots(*store).size(), 2U);
  EXPECT_EQ(named_snapshots(*store).front().up_to.seq, taken.back());
}

/// What is in the journal is in the crew's hands: a successor resumes it, and one that is issued is no other's.
TEST_F(SnapshotTaking, is_never_taken_between_an_intent_and_its_start) {
  std::size_t started = 0;
  crew.on_start = [&](const Order&) { ++started; };
  std::size_t issued = 0;
  Watcher watcher;
  watcher.on_record = [&](const Recorded& record) {
    if (std::holds_alternative<CommandIssued>(record.event)) ++issued;
    if (std::holds_alternative<SnapshotTaken>(record.event)) {
      EXPECT_EQ(started, issued);
    }
  };
  Conductor often{*store, crew, fleet, watcher, interrupts, kRequestPoll, 1};
  const auto id = often.begin(plan_of({.waves = {2, 4}}), "lena");
  ASSERT_TRUE(id);
  ASSERT_TRUE(often.run(*id));
  EXPECT_GE(taken_up_to().size(), 5U);
}

TEST_F(SnapshotTaking, that_cannot_be_written_is_told_once_and_tried_again) {
  const std::filesystem::path in_the_way = folder.path() / "snapshots";
  std::ofstream(in_the_way) << "a file";
  std::vector<std::string> warnings;
  Watcher watcher;
  watcher.on_warning = [&](const std::string& text) { warnings.push_back(text); };
  watcher.on_record = [&](const Recorded& record) {
    if (record.seq == 30) std::filesystem::remove(in_the_way);
  };
  Conductor often{*store, crew, fleet, watcher, interrupts, kRequestPoll, 5};
  const auto id = often.begin(plan_of({.waves = {2, 4}}), "lena");
  ASSERT_TRUE(id);
  const auto end = often.run(*id);
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, Conductor::End::finished);
  EXPECT_THAT(warnings, testing::ElementsAre(testing::HasSubstr("no snapshot was kept")));
  EXPECT_GT(taken_up_to().front(), 30U);
}

}  // namespace
}  // namespace breakwater::snapshot_taking_test
