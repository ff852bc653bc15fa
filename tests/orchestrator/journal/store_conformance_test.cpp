// One suite for every implementation of the store port: what is appended, read back, and lost by no disk.
#include "tests/orchestrator/journal/store_conformance.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <sstream>

#include "orchestrator/journal/export.hpp"

namespace breakwater::journal::store_conformance_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Reason = StoreFault::Reason;

TEST_P(StoreConformance, snapshots_stand_beside_the_journal_the_newest_first) {
  Shelf& shelf = *store_->shelf();
  EXPECT_THAT(shelf.numbers(), IsEmpty());
  EXPECT_FALSE(shelf.read(7));
  const std::string bytes("a\0b\xFF", 4);
  for (const std::uint64_t number : {7U, 30U, 200U}) {
    ASSERT_TRUE(shelf.keep(number, bytes));
  }
  ASSERT_TRUE(shelf.keep(30, "another"));
  shelf.drop(7);
  shelf.drop(8);
  const auto other = medium_->open();
  EXPECT_THAT(other->shelf()->numbers(), ElementsAre(200U, 30U));
  EXPECT_EQ(other->shelf()->read(200), bytes);
  EXPECT_EQ(other->shelf()->read(30), "another");
}

TEST_P(StoreConformance, an_empty_journal_has_no_head) {
  EXPECT_EQ(store_->head().value(), Head{});
  EXPECT_EQ(verify(*store_).value(), Head{});
  EXPECT_TRUE(store_->waiting_requests(10).value().empty());
  EXPECT_FALSE(store_->holder().value());
}

TEST_P(StoreConformance, what_is_appended_is_read_back_in_order) {
  lock();
  const std::vector<Draft> first{{{at_ms(1), at_ms(2)}, "RolloutStarted", "{\"plan\":\"\\u00e4\"}"},
                                 {{at_ms(-3), at_ms(4)}, "", ""}};
  const auto one = store_->append(first);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->first, 1U);
  EXPECT_EQ(one->head.seq, 2U);
  const auto two = append(1);
  EXPECT_EQ(two.first, 3U);

  const auto records = all_records(*store_);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].kind, "RolloutStarted");
  EXPECT_EQ(records[0].body, "{\"plan\":\"\\u00e4\"}");
  EXPECT_EQ(records[0].at.steady, at_ms(1));
  EXPECT_EQ(records[0].at.wall, at_ms(2));
  EXPECT_EQ(records[1].at.steady, at_ms(-3));
  EXPECT_EQ(records[1].body, "");
  EXPECT_EQ(records[0].previous, Sha256{});
  EXPECT_EQ(records[1].previous, records[0].hash);
  EXPECT_EQ(records[2].previous, records[1].hash);
  EXPECT_EQ(two.head, (Head{3, records[2].hash}));
  EXPECT_EQ(store_->head().value(), two.head);
}

TEST_P(StoreConformance, bytes_of_any_kind_are_kept) {
  lock();
  std::string bytes;
  for (int i = 0; i < 3000; ++i) bytes += static_cast<char>(i * 7);
  ASSERT_TRUE(store_->append(std::vector{draft(bytes, std::string("a\0b", 3))}));
  const auto records = all_records(*store_);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].body, bytes);
  EXPECT_EQ(records[0].kind, std::string("a\0b", 3));
}

TEST_P(StoreConformance, a_replay_starts_where_it_is_told_and_ends_when_it_is_told) {
  lock();
  append(10);
  EXPECT_EQ(all_records(*store_, 8).size(), 3U);
  EXPECT_EQ(all_records(*store_, 8).front().seq, 8U);
  EXPECT_EQ(all_records(*store_, 0).size(), 10U);
  EXPECT_TRUE(all_records(*store_, 11).empty());
  EXPECT_TRUE(all_records(*store_, 99).empty());
  int seen = 0;
  const auto head = store_->replay(1, [&](const Record&) { return ++seen < 4; });
  EXPECT_EQ(seen, 4);
  EXPECT_EQ(head.value().seq, 4U);
  EXPECT_EQ(append(1).first, 11U);  // a replay that was ended early leaves nothing open
}

TEST_P(StoreConformance, the_chain_goes_on_after_the_store_is_opened_again) {
  lock();
  const auto before = append(3);
  store_ = nullptr;
  store_ = medium_->open();
  EXPECT_EQ(store_->head().value(), before.head);
  lock();
  EXPECT_EQ(append(2).first, 4U);
  EXPECT_EQ(verify(*store_).value().seq, 5U);
}

TEST_P(StoreConformance, another_store_sees_what_was_appended) {
  auto reader = medium_->open();
  lock();
  const auto appended = append(5);
  EXPECT_EQ(reader->head().value(), appended.head);
  EXPECT_EQ(all_records(*reader).size(), 5U);
}

TEST_P(StoreConformance, nothing_is_appended_by_nothing) {
  lock();
  append(1);
  const auto nothing = append(0);
  EXPECT_EQ(nothing.first, 2U);
  EXPECT_EQ(nothing.head.seq, 1U);
}

TEST_P(StoreConformance, a_full_disk_loses_nothing_and_goes_on_when_there_is_room) {
  lock();
  const auto before = append(3);
  const auto id = request("pause");
  medium_->fill_up();
  for (int i = 0; i < 3; ++i) {
    const auto refused = store_->append(drafts(2, std::string(20'000, 'x')), std::vector{id});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::disk_full) << refused.error().message;
  }
  EXPECT_EQ(store_->head().value(), before.head);
  EXPECT_EQ(all_records(*store_).size(), 3U);
  medium_->recover();
  EXPECT_EQ(append(1, {id}).first, 4U);
  EXPECT_EQ(verify(*store_).value().seq, 4U);
}

TEST_P(StoreConformance, after_a_broken_disk_nothing_is_tried_again) {
  lock();
  append(3);
  medium_->break_down();
  const auto broken = store_->append(drafts(1));
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().reason, Reason::fatal) << broken.error().message;
  medium_->recover();
  // The pages of a failed sync may be marked clean: a second try that succeeds would prove nothing.
  const auto again = store_->append(drafts(1));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, Reason::fatal);
  // Its successor reads from the disk what is there: the record whose sync failed, or not, and all before it.
  store_ = nullptr;
  store_ = medium_->open();
  const auto head = verify(*store_);
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_GE(head->seq, 3U);
  EXPECT_LE(head->seq, 4U);
  lock();
  EXPECT_EQ(append(1).first, head->seq + 1);
}

TEST_P(StoreConformance, every_implementation_makes_the_same_chain) {
  lock();
  append(2);
  // Computed from the table in record.hpp alone, with other tools: a journal outlives the program that wrote it.
  EXPECT_EQ(to_hex(all_records(*store_)[0].hash), "2d1de9855c53df4756b09867245430cb81e02d827f91c85223e13d1a9b942b90");
}

TEST_P(StoreConformance, an_export_is_one_line_a_record) {
  lock();
  ASSERT_TRUE(store_->append(std::vector{Draft{{at_ms(12), at_ms(1'700'000'000'123)}, "Kind", "{\"a\":\"\n\"}"}}));
  append(1);
  std::ostringstream out;
  const auto head = export_json_lines(*store_, out);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->seq, 2U);
  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_EQ(text.find("{\"seq\":1,\"at\":\"2023-11-14T22:13:20.123Z\",\"steady\":12,\"format\":4,\"kind\":\"Kind\","
                      "\"body\":\"{\\\"a\\\":\\\"\\n\\\"}\",\"previous\":\"" +
                      std::string(64, '0') + "\",\"hash\":\""),
            0U)
      << text;
  EXPECT_THAT(text, HasSubstr(to_hex(head->hash)));

  std::ostringstream broken;
  broken.setstate(std::ios::badbit);
  EXPECT_TRUE(export_json_lines(*store_, broken));
  EXPECT_FALSE(broken.good());
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreConformance,
                         testing::Values(StoreKind{"sqlite", [] { return std::unique_ptr<Medium>(new SqliteMedium); }},
                                         StoreKind{"memory", [] { return std::unique_ptr<Medium>(new MemoryMedium); }}),
                         [](const auto& made) { return std::string(made.param.name); });

}  // namespace
}  // namespace breakwater::journal::store_conformance_test
