// One suite for every implementation of the store port.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "orchestrator/journal/export.hpp"
#include "orchestrator/journal/memory_store.hpp"
#include "tests/orchestrator/journal/faulty_disk.hpp"
#include "tests/orchestrator/journal/journals.hpp"

namespace breakwater::journal::store_conformance_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Reason = StoreFault::Reason;

/// A journal of one kind, and its disk's moods.
class Medium {
 public:
  virtual ~Medium() = default;
  virtual std::unique_ptr<Store> open() = 0;  ///< another store on the same journal
  virtual void fill_up() = 0;
  virtual void break_down() = 0;
  virtual void recover() = 0;
};

class SqliteMedium final : public Medium {
 public:
  SqliteMedium() { faulty_disk::set(faulty_disk::Fault::none); }
  ~SqliteMedium() override { recover(); }
  std::unique_ptr<Store> open() override { return open_sqlite(folder_.path()); }
  void fill_up() override { faulty_disk::set(faulty_disk::Fault::full); }
  void break_down() override { faulty_disk::set(faulty_disk::Fault::sync_fails); }
  void recover() override { faulty_disk::set(faulty_disk::Fault::none); }

 private:
  StateFolder folder_;
};

class MemoryMedium final : public Medium {
 public:
  std::unique_ptr<Store> open() override { return std::make_unique<MemoryStore>(disk_); }
  void fill_up() override { disk_->records_max = disk_->records.size(); }
  void break_down() override { disk_->broken = true; }
  void recover() override { *disk_ = {disk_->records, disk_->requests, disk_->snapshots, disk_->holder}; }

 private:
  std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>();
};

struct Kind {
  const char* name;
  std::unique_ptr<Medium> (*make)();
};

class StoreConformance : public testing::TestWithParam<Kind> {
 protected:
  std::unique_ptr<Medium> medium_ = GetParam().make();
  std::unique_ptr<Store> store_ = medium_->open();

  void lock() { ASSERT_TRUE(store_->lock(kHolder)); }
  Appended append(std::size_t count, std::vector<std::uint64_t> taken = {}) {
    const auto appended = store_->append(drafts(count), taken);
    EXPECT_TRUE(appended) << appended.error().message;
    return appended.value_or(Appended{});
  }
  std::uint64_t request(const std::string& verb) {
    const auto id = store_->add_request(at_ms(5), verb, "{}", "ann");
    EXPECT_TRUE(id) << id.error().message;
    return id.value_or(0);
  }
};

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

TEST_P(StoreConformance, the_second_lock_is_refused_naming_the_first) {
  lock();
  auto second = medium_->open();
  const auto refused = second->lock({4712, "other", at_ms(0)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::locked);
  EXPECT_EQ(refused.error().holder, kHolder);
  EXPECT_THAT(refused.error().message, HasSubstr("process 4711"));
  EXPECT_THAT(refused.error().message, HasSubstr("rollout x13-bios-3.4"));
  EXPECT_EQ(second->holder().value(), kHolder);
  EXPECT_EQ(store_->holder().value(), kHolder);
  EXPECT_FALSE(store_->lock(kHolder));  // not even for the holder itself

  store_->unlock();
  EXPECT_FALSE(second->holder().value());
  ASSERT_TRUE(second->lock({4712, "", at_ms(0)}));
  const auto operators = store_->lock(kHolder);
  ASSERT_FALSE(operators);
  EXPECT_THAT(operators.error().message, HasSubstr("an operator's command"));
}

TEST_P(StoreConformance, whoever_holds_the_lock_says_that_it_leaves) {
  EXPECT_EQ(store_->say(Leaving::asked, {}).error().reason, Reason::not_locked);
  lock();
  ASSERT_TRUE(store_->say(Leaving::own_over, {}));
  EXPECT_EQ(medium_->open()->holder().value()->leaving, Leaving::own_over);
  const Lacks lacks{{"nic", "env:NIC is not set in the environment, for n1"}};
  ASSERT_TRUE(store_->say(Leaving::no, lacks));
  EXPECT_EQ(medium_->open()->holder().value()->lacks, lacks);
  store_->unlock();
  lock();
  EXPECT_EQ(medium_->open()->holder().value()->leaving, Leaving::no);
  EXPECT_TRUE(medium_->open()->holder().value()->lacks.empty());
}

TEST_P(StoreConformance, the_lock_goes_with_its_store) {
  lock();
  store_ = nullptr;
  store_ = medium_->open();
  EXPECT_FALSE(store_->holder().value());
  lock();
}

TEST_P(StoreConformance, asks_who_holds_the_lock_without_disturbing) {
  auto asking = medium_->open();
  EXPECT_FALSE(asking->holder().value());
  lock();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(asking->holder().value());
  append(1);
}

TEST_P(StoreConformance, whoever_stands_by_is_seen_until_it_takes_the_lock_or_goes) {
  auto one = medium_->open();
  auto other = medium_->open();
  lock();
  EXPECT_FALSE(store_->has_successor()) << "whoever holds it does not";
  ASSERT_TRUE(one->stand_by());
  ASSERT_TRUE(one->stand_by());
  ASSERT_TRUE(other->stand_by());
  EXPECT_TRUE(store_->has_successor());
  EXPECT_FALSE(one->lock(kHolder));
  other = nullptr;
  EXPECT_TRUE(store_->has_successor());
  store_->unlock();
  ASSERT_TRUE(one->lock(kHolder));
  EXPECT_FALSE(one->has_successor());
  ASSERT_TRUE(store_->stand_by());
  EXPECT_TRUE(one->has_successor());
}

TEST_P(StoreConformance, only_the_holder_appends) {
  const auto refused = store_->append(drafts(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::not_locked);
  lock();
  append(1);
  store_->unlock();
  EXPECT_FALSE(store_->append(drafts(1)));
  EXPECT_EQ(store_->head().value().seq, 1U);
}

TEST_P(StoreConformance, the_next_holder_goes_on_where_the_last_one_ended) {
  auto other = medium_->open();
  lock();
  append(2);
  store_->unlock();
  ASSERT_TRUE(other->lock(kHolder));
  ASSERT_TRUE(other->append(drafts(3)));
  other->unlock();
  lock();
  EXPECT_EQ(append(1).first, 6U);
  EXPECT_EQ(verify(*store_).value().seq, 6U);
}

TEST_P(StoreConformance, a_request_waits_until_a_record_answers_it) {
  auto operators = medium_->open();
  const auto pause = operators->add_request(at_ms(77), "pause", "{\"rollout\":\"r\"}", "ann");
  ASSERT_TRUE(pause);
  const auto stop = request("stop");
  EXPECT_LT(*pause, stop);

  const auto waiting = store_->waiting_requests(10).value();
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(waiting[0].id, *pause);
  EXPECT_EQ(waiting[0].at, at_ms(77));
  EXPECT_EQ(waiting[0].verb, "pause");
  EXPECT_EQ(waiting[0].body, "{\"rollout\":\"r\"}");
  EXPECT_EQ(waiting[0].by, "ann");
  EXPECT_EQ(store_->waiting_requests(1).value().size(), 1U);
  EXPECT_FALSE(operators->answer(*pause).value());

  lock();
  const auto appended = append(2, {*pause});
  EXPECT_EQ(operators->answer(*pause).value(), appended.head.seq);
  EXPECT_EQ(store_->waiting_requests(10).value().front().id, stop);
  append(1, {stop});
  EXPECT_TRUE(store_->waiting_requests(10).value().empty());
}

TEST_P(StoreConformance, a_request_is_answered_once) {
  const auto id = request("pause");
  lock();
  append(1, {id});
  const std::vector<std::vector<std::uint64_t>> wrong{{id}, {99}, {0}, {request("stop"), 99}};
  for (const auto& taken : wrong) {
    const auto refused = store_->append(drafts(1), taken);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::unknown_request);
  }
  const auto twice = request("resume");
  EXPECT_FALSE(store_->append(drafts(1), std::vector{twice, twice}));
  EXPECT_FALSE(store_->append({}, std::vector{twice}));  // only a record answers
  EXPECT_EQ(store_->head().value().seq, 1U);             // all or nothing
  EXPECT_EQ(store_->waiting_requests(10).value().size(), 2U);
  EXPECT_FALSE(store_->answer(twice).value());
  EXPECT_EQ(store_->answer(4711).error().reason, Reason::unknown_request);
  append(1, {twice});
  EXPECT_EQ(verify(*store_).value().seq, 2U);
}

// A second rollout was begun after whoever had asked for it was killed.
TEST_P(StoreConformance, a_request_is_attended_while_the_store_is_open_that_put_it_there) {
  auto one = medium_->open();
  auto other = medium_->open();
  ASSERT_TRUE(one->add_request(at_ms(1), "a", "", "ann"));
  ASSERT_TRUE(other->add_request(at_ms(2), "b", "", "bob"));
  ASSERT_TRUE(one->add_request(at_ms(3), "c", "", "ann"));
  const auto attended = [](Store& store) {
    std::vector<std::string> verbs;
    const auto waiting = store.waiting_requests(10).value();
    for (const Request& request : waiting) {
      if (request.attended) verbs.push_back(request.verb);
    }
    return verbs;
  };
  EXPECT_THAT(attended(*store_), ElementsAre("a", "b", "c"));
  EXPECT_THAT(attended(*one), ElementsAre("a", "b", "c")) << "its own as well";
  one = nullptr;
  EXPECT_THAT(attended(*store_), ElementsAre("b"));
  EXPECT_EQ(store_->waiting_requests(10).value().size(), 3U);
  lock();
  EXPECT_THAT(attended(*other), ElementsAre("b")) << "the conductor's lock is another one";
}

TEST_P(StoreConformance, a_request_that_is_withdrawn_is_never_answered) {
  const auto apply = request("apply");
  const auto pause = request("pause");
  const auto other = medium_->open();
  EXPECT_TRUE(other->withdraw(apply).value());
  EXPECT_FALSE(other->withdraw(apply).value());
  EXPECT_FALSE(other->withdraw(4711).value());
  ASSERT_EQ(store_->waiting_requests(10).value().size(), 1U);
  EXPECT_EQ(store_->waiting_requests(10).value()[0].verb, "pause");
  EXPECT_EQ(store_->answer(apply).error().reason, Reason::unknown_request);
  lock();
  const auto refused = store_->append(drafts(1), std::vector{apply});
  EXPECT_TRUE(is_withdrawn(refused));
  EXPECT_EQ(store_->head().value().seq, 0U);
  append(1, {pause});
  EXPECT_FALSE(other->withdraw(pause).value()) << "the record stands";
  EXPECT_EQ(other->answer(pause).value(), 1U);
  EXPECT_GT(request("stop"), pause) << "no number is given twice";
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
                         testing::Values(Kind{"sqlite", [] { return std::unique_ptr<Medium>(new SqliteMedium); }},
                                         Kind{"memory", [] { return std::unique_ptr<Medium>(new MemoryMedium); }}),
                         [](const auto& made) { return std::string(made.param.name); });

}  // namespace
}  // namespace breakwater::journal::store_conformance_test
