// The same suite: who holds the lock of a store, who stands by, and what others request of the holder.
#include "tests/orchestrator/journal/store_conformance.hpp"

#include <gmock/gmock.h>

namespace breakwater::journal::store_holders_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Reason = StoreFault::Reason;

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

}  // namespace
}  // namespace breakwater::journal::store_holders_test
