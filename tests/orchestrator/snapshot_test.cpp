// Snapshots: a fold begun at one is the fold of the whole journal, and whatever does not fit is replayed instead.
#include "orchestrator/snapshot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inventories/trust/digest.hpp"
#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/fleet_archive.hpp"
#include "orchestrator/folding.hpp"
#include "orchestrator/journal/memory_store.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::snapshot_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A journal with a snapshot in its middle, and what it all comes to.
class Snapshots : public testing::Test {
 protected:
  Snapshots() {
    EXPECT_TRUE(store_.lock({1, "spring", kBegin}));
    drill_.table[{"n2", Action::check}] = {ends(Outcome::Verdict::failed, Cause::unhealthy)};
    drill_.table[{"n2", Action::roll_back}] = {ends(Outcome::Verdict::lost, Cause::lost)};
    drill_.start(plan_of({.waves = {1, 2, 3}, .updates = 2, .soak = Duration(60'000)}));
    drill_.run();
    middle_ = drill_.records.size() / 2;
    for (const Recorded& record : drill_.records) {
      append(record.at, record.event);
      if (record.seq == middle_) take();
    }
  }

  void append(Instant at, const Event& event) {
    const std::vector<journal::Draft> drafts{{{at, at}, codec::kind_of(event), codec::encode(event)}};
    ASSERT_TRUE(store_.append(drafts));
  }

  void take() {
    const auto fleet = fold(store_);
    ASSERT_TRUE(fleet);
    const auto taken = write_snapshot(store_, *fleet);
    ASSERT_TRUE(taken) << taken.error();
    append(fleet->last_at(), *taken);
  }

  std::uint64_t newest() {
    const auto all = named_snapshots(store_);
    return all.empty() ? 0 : all.front().up_to.seq;
  }

  std::string& file() { return disk_->snapshots.begin()->second; }

  /// What fold() makes of the journal, as the whole replay has it.
  void expect_same() {
    disk_->snapshots.swap(aside_);
    const auto whole = fold(store_);
    disk_->snapshots.swap(aside_);
    const auto begun = fold(store_);
    ASSERT_TRUE(whole && begun);
    EXPECT_EQ(facts(*begun), facts(*whole));
    EXPECT_TRUE(codec::pack(*begun) == codec::pack(*whole));
  }

  Drill drill_;
  std::size_t middle_ = 0;
  std::shared_ptr<journal::MemoryDisk> disk_ = std::make_shared<journal::MemoryDisk>();
  journal::MemoryStore store_{disk_};
  std::map<std::uint64_t, std::string> aside_;
};

TEST_F(Snapshots, a_fold_that_begins_at_one_is_the_fold_of_the_journal) {
  const auto begun = read_snapshot(store_);
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->last_seq(), middle_);
  EXPECT_EQ(newest(), middle_);
  EXPECT_FALSE(begun->find(1)->finished);
  expect_same();
}

/// The fold is read off the snapshot, or the rest of these tests would prove nothing.
TEST_F(Snapshots, the_records_before_it_are_not_read) {
  disk_->records.front().body = "{}";
  EXPECT_TRUE(fold(store_));
  EXPECT_FALSE(replay_whole(store_));
  disk_->snapshots.clear();
  EXPECT_FALSE(fold(store_));
}

TEST_F(Snapshots, cut_at_any_byte_it_is_replayed_instead) {
  const std::string whole = file();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    file() = whole.substr(0, length);
    ASSERT_FALSE(read_snapshot(store_)) << length;
  }
  expect_same();
}

TEST_F(Snapshots, with_any_bit_flipped_it_is_replayed_instead) {
  const std::string whole = file();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    file() = whole;
    file()[at] = static_cast<char>(file()[at] ^ (1 << at % 8));
    ASSERT_FALSE(read_snapshot(store_)) << at;
  }
  expect_same();
}

/// Bytes that the digest cannot vouch for, as a defect of the writer would make them.
TEST_F(Snapshots, bytes_that_are_no_fold_are_a_fault_and_no_crash) {
  const std::string bytes = codec::pack(*fold(store_));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    ASSERT_FALSE(codec::unpack(std::string_view(bytes).substr(0, length))) << length;
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0xFF);
    (void)codec::unpack(changed);
  }
  EXPECT_FALSE(codec::unpack(bytes + '\0'));
}

/// Of the build before this one, and of the next.
TEST_F(Snapshots, of_another_fold_it_is_replayed_instead) {
  disk_->snapshots.clear();
  for (const std::uint32_t version : {kFoldVersion - 1, kFoldVersion + 1}) {
    const auto fleet = fold(store_);
    auto taken = write_snapshot(store_, *fleet);
    ASSERT_TRUE(taken);
    taken->fold_version = version;
    append(fleet->last_at(), *taken);
    std::string& newest_file = disk_->snapshots.rbegin()->second;
    newest_file[11] = static_cast<char>(version);  // the last byte of the version in its heading
    EXPECT_FALSE(read_snapshot(store_)) << version;
    EXPECT_EQ(newest(), 0U) << version;
    expect_same();
  }
}

TEST_F(Snapshots, that_no_record_names_is_replayed_instead) {
  const auto fleet = fold(store_);
  ASSERT_TRUE(write_snapshot(store_, *fleet));
  disk_->snapshots.erase(middle_);
  EXPECT_FALSE(read_snapshot(store_)) << "the process died before it could name it";
  expect_same();
}

TEST_F(Snapshots, of_another_journal_it_is_replayed_instead) {
  const auto other = std::make_shared<journal::MemoryDisk>();
  journal::MemoryStore store(other);
  ASSERT_TRUE(store.lock({1, "spring", kBegin}));
  for (const journal::Record& record : disk_->records) {
    const std::vector<journal::Draft> drafts{
        {{record.at.steady + Duration(1), record.at.wall}, record.kind, record.body}};
    ASSERT_TRUE(store.append(drafts));
  }
  other->snapshots = disk_->snapshots;
  EXPECT_FALSE(read_snapshot(store)) << "the record before it has another hash";
  EXPECT_TRUE(fold(store));
}

TEST_F(Snapshots, the_one_before_is_read_where_the_newest_is_not_whole) {
  take();
  disk_->snapshots.rbegin()->second.pop_back();
  ASSERT_TRUE(read_snapshot(store_));
  EXPECT_EQ(read_snapshot(store_)->last_seq(), middle_);
  expect_same();
}

TEST_F(Snapshots, two_are_kept) {
  take();
  take();
  take();
  const std::uint64_t newest = disk_->snapshots.rbegin()->first;
  drop_old_snapshots(store_);
  EXPECT_EQ(disk_->snapshots.size(), 2U);
  EXPECT_EQ(this->newest(), newest);
}

TEST_F(Snapshots, a_replay_of_the_whole_journal_says_which_does_not_fit) {
  take();
  auto replayed = replay_whole(store_);
  ASSERT_TRUE(replayed);
  EXPECT_EQ(replayed->head, store_.head().value());
  EXPECT_THAT(replayed->fit, ElementsAre(middle_, drill_.records.size() + 1));
  EXPECT_THAT(replayed->misfits, IsEmpty());
  file().back() = static_cast<char>(file().back() ^ 1);
  replayed = replay_whole(store_);
  ASSERT_TRUE(replayed);
  EXPECT_THAT(replayed->misfits, ElementsAre(HasSubstr("snapshot " + std::to_string(middle_))));
}

/// Its digest and its name are right, and it holds something else than the records come to.
TEST_F(Snapshots, a_replay_of_the_whole_journal_finds_a_fold_that_went_wrong) {
  Fleet wrong;
  const auto fold_one = [&](const journal::Record& record) { return record.seq < 3 && fold_in(record, wrong); };
  ASSERT_TRUE(store_.replay(1, fold_one));
  const auto taken = write_snapshot(store_, wrong);
  ASSERT_TRUE(taken);
  append(drill_.now.steady, *taken);
  const auto replayed = replay_whole(store_);
  ASSERT_TRUE(replayed);
  EXPECT_THAT(replayed->misfits, ElementsAre(HasSubstr("does not hold what the records up to it come to")));
  EXPECT_FALSE(read_snapshot(store_)->last_seq() > middle_) << "it folds other records than its number says";
}

TEST_F(Snapshots, a_text_that_is_no_utf_8_is_as_the_journal_gives_it_back) {
  Drill told;
  told.start(plan_of({}), "l\xFFna");
  const Event started = told.records.front().event;
  const auto disk = std::make_shared<journal::MemoryDisk>();
  journal::MemoryStore store(disk);
  ASSERT_TRUE(store.lock({1, "spring", kBegin}));
  const std::vector<journal::Draft> drafts{{{kBegin, kBegin}, codec::kind_of(started), codec::encode(started)}};
  ASSERT_TRUE(store.append(drafts));
  EXPECT_TRUE(codec::pack(fold_of({told.records.data(), 1})) == codec::pack(*fold(store)));
}

}  // namespace
}  // namespace breakwater::snapshot_test
