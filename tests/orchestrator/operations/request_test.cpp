#include "orchestrator/operations/request.hpp"

#include <gmock/gmock.h>

#include "tests/orchestrator/operations/tray.hpp"

namespace breakwater::operations::request_test {
namespace {

using journal::Holder;
using testing::HasSubstr;
using views::kBegin;
using views::made_plan;

class RequestTest : public Tray {
 protected:
  static OperatorAsked pause() { return OperatorAsked{Verb::pause, 1, "lena@bastion", "looking", {}, {}}; }

  void conductor_takes_up() {
    const auto waiting = conductor_.waiting_requests(10);
    ASSERT_TRUE(waiting);
    for (const journal::Request& request : *waiting) conductor_writes(request.verb, request.body, {request.id});
  }

  const Holder us_{42, "", kBegin};
};

TEST_F(RequestTest, where_nobody_conducts_we_write_it_ourselves) {
  const auto delivered = deliver(ours_, pause(), us_, clock_);
  ASSERT_TRUE(delivered);
  EXPECT_EQ(delivered->record, 1U);
  EXPECT_FALSE(delivered->by);
  ASSERT_EQ(disk_->records.size(), 1U);
  const auto event = codec::decode(disk_->records[0].kind, disk_->records[0].body);
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<OperatorAsked>(*event).by, "lena@bastion");
}

/// Another program holds the file: so many requests wait for their turn in vain.
struct BusyStore : journal::MemoryStore {
  using MemoryStore::MemoryStore;
  Result<std::uint64_t, journal::StoreFault> add_request(Instant at, const std::string& verb, const std::string& body,
                                                         const std::string& by) override {
    if (busy-- > 0) return fail(journal::StoreFault{journal::StoreFault::Reason::busy, "database is locked"});
    return MemoryStore::add_request(at, verb, body, by);
  }
  int busy = 0;
};

TEST_F(RequestTest, a_busy_store_is_waited_for) {
  conductor_runs();
  meanwhile_ = [this] { conductor_takes_up(); };
  BusyStore store(disk_);
  store.busy = 5;
  EXPECT_TRUE(deliver(store, pause(), us_, clock_)) << "a stop that is lost is worse than one that is late";
  store.busy = 1'000;
  const auto lost = deliver(store, pause(), us_, clock_);
  ASSERT_FALSE(lost);
  EXPECT_THAT(lost.error().messages.back(), HasSubstr("is not recorded: ask again"));
}

TEST_F(RequestTest, the_conductor_takes_it_up) {
  conductor_runs();
  meanwhile_ = [this] { conductor_takes_up(); };
  const auto delivered = deliver(ours_, pause(), us_, clock_);
  ASSERT_TRUE(delivered);
  EXPECT_EQ(delivered->record, 1U);
  ASSERT_TRUE(delivered->by);
  EXPECT_EQ(delivered->by->pid, 7);
  EXPECT_EQ(delivered->by->rollout, "bios-3.4");
}

TEST_F(RequestTest, a_conductor_that_vanishes_leaves_it_to_us) {
  conductor_runs();
  meanwhile_ = [this] { conductor_.unlock(); };
  const auto delivered = deliver(ours_, pause(), us_, clock_);
  ASSERT_TRUE(delivered);
  EXPECT_FALSE(delivered->by);
  EXPECT_EQ(disk_->records.size(), 1U);
  EXPECT_TRUE(ours_.waiting_requests(10)->empty()) << "no conductor may take it up a second time";
}

TEST_F(RequestTest, one_that_answers_and_leaves_is_believed) {
  conductor_runs();
  meanwhile_ = [this] {
    conductor_takes_up();
    conductor_.unlock();
  };
  const auto delivered = deliver(ours_, pause(), us_, clock_);
  ASSERT_TRUE(delivered);
  EXPECT_TRUE(delivered->by);
  EXPECT_EQ(disk_->records.size(), 1U) << "written once";
}

TEST_F(RequestTest, one_that_does_not_answer_is_named_and_the_request_stays) {
  conductor_runs();
  const auto delivered = deliver(ours_, pause(), us_, clock_);
  ASSERT_FALSE(delivered);
  EXPECT_EQ(delivered.error().kind, Problem::Kind::try_later);
  EXPECT_THAT(delivered.error().messages.front(), HasSubstr("process 7 (rollout bios-3.4)"));
  EXPECT_EQ(ours_.waiting_requests(10)->size(), 1U);
  EXPECT_GE(now_ - kBegin, kAnswerPatience);
}

TEST_F(RequestTest, what_nobody_took_up_comes_before_what_is_asked_now) {
  RolloutStarted started;
  started.plan = made_plan();
  conductor_runs();
  conductor_writes(Event(started));
  OperatorAsked older = pause();
  older.verb = Verb::resume;
  ASSERT_FALSE(deliver(ours_, older, us_, clock_)) << "the conductor hangs";
  conductor_.unlock();

  const auto delivered = deliver(ours_, pause(), us_, clock_);
  ASSERT_TRUE(delivered);
  ASSERT_EQ(disk_->records.size(), 3U);
  EXPECT_EQ(delivered->record, 3U);
  std::vector<Verb> verbs;
  for (std::size_t i = 1; i < 3; ++i) {
    const auto taken = codec::decode(disk_->records[i].kind, disk_->records[i].body);
    ASSERT_TRUE(taken);
    verbs.push_back(std::get<OperatorAsked>(*taken).verb);
  }
  EXPECT_THAT(verbs, testing::ElementsAre(Verb::resume, Verb::pause)) << "the newer wish has the last word";
  EXPECT_TRUE(ours_.waiting_requests(10)->empty());
}

/// The asker of each is still there, and no conductor is: the next command takes up both.
TEST_F(RequestTest, of_two_rollouts_over_the_same_hosts_that_wait_one_begins) {
  conductor_runs();
  RolloutStarted first;
  first.plan = made_plan();
  for (PlannedHost& host : first.plan.hosts) host.name = "first-" + host.name;
  conductor_writes(Event(first));
  for (const char* name : {"one", "two"}) {
    RolloutStarted wish;
    wish.plan = made_plan();
    wish.plan.rollout = name;
    ASSERT_TRUE(conductor_.add_request(now_, codec::kind_of(Event(wish)), codec::encode(Event(wish)), "lena"));
  }
  conductor_.unlock();
  const auto delivered = deliver(ours_, pause(), us_, clock_);
  ASSERT_TRUE(delivered) << delivered.error().messages.front();
  std::vector<std::string> kinds;
  for (const journal::Record& record : disk_->records) kinds.push_back(record.kind);
  EXPECT_THAT(kinds, testing::ElementsAre("RolloutStarted", "RolloutStarted", "StartRefused", "OperatorAsked"));
}

/// The asker takes its request back while it is being taken up.
struct HastyStore : journal::MemoryStore {
  using MemoryStore::MemoryStore;
  Result<journal::Appended, journal::StoreFault> append(std::span<const journal::Draft> drafts,
                                                        std::span<const std::uint64_t> taken) override {
    for (const std::uint64_t id : taken) EXPECT_TRUE(withdraw(id));
    return MemoryStore::append(drafts, taken);
  }
};

TEST_F(RequestTest, one_that_is_withdrawn_meanwhile_keeps_nobody) {
  RolloutStarted wish;
  wish.plan = made_plan();
  conductor_runs();
  conductor_writes(Event(wish));
  ASSERT_TRUE(conductor_.add_request(now_, codec::kind_of(Event(wish)), codec::encode(Event(wish)), "lena"));
  conductor_.unlock();
  HastyStore ours(disk_);
  const auto delivered = deliver(ours, pause(), us_, clock_);
  ASSERT_TRUE(delivered);
  EXPECT_EQ(delivered->record, 2U);
}

TEST_F(RequestTest, a_rollout_whose_hosts_were_taken_meanwhile_is_refused_on_record) {
  RolloutStarted wish;
  wish.plan = made_plan();
  wish.by = "lena@bastion";
  conductor_runs();
  meanwhile_ = [this, wish] {
    RolloutStarted quicker = wish;
    quicker.plan.rollout = "quicker";
    conductor_writes(Event(quicker));
    conductor_.unlock();
    meanwhile_ = nullptr;  // last: it ends what was captured
  };
  const auto delivered = deliver(ours_, Event(wish), us_, clock_);
  ASSERT_TRUE(delivered);
  EXPECT_EQ(delivered->record, 2U);
  const auto answer = codec::decode(disk_->records[1].kind, disk_->records[1].body);
  ASSERT_TRUE(answer);
  ASSERT_TRUE(std::holds_alternative<StartRefused>(*answer));
  EXPECT_THAT(std::get<StartRefused>(*answer).reason, HasSubstr("taken by rollout quicker"));
  EXPECT_EQ(std::get<StartRefused>(*answer).by, "lena@bastion");
}

TEST_F(RequestTest, several_wishes_are_one_record_each_and_in_their_order) {
  OperatorAsked stop = pause();
  stop.verb = Verb::stop;
  const auto delivered = deliver_all(ours_, {pause(), stop}, us_, clock_);
  ASSERT_TRUE(delivered);
  EXPECT_EQ(delivered->record, 2U);
  EXPECT_FALSE(conductor_.lock(Holder{7, "good", kBegin})) << "it is ours to carry out";
  ours_.unlock();
  conductor_runs("good");
  meanwhile_ = [this] { conductor_takes_up(); };
  const auto by_conductor = deliver_all(ours_, {pause(), stop}, us_, clock_);
  ASSERT_TRUE(by_conductor);
  EXPECT_EQ(by_conductor->record, 4U);
  std::vector<Verb> verbs;
  for (const journal::Record& record : disk_->records) {
    verbs.push_back(std::get<OperatorAsked>(*codec::decode(record.kind, record.body)).verb);
  }
  EXPECT_THAT(verbs, testing::ElementsAre(Verb::pause, Verb::stop, Verb::pause, Verb::stop));
}

TEST_F(RequestTest, the_journals_time_never_runs_back) {
  ASSERT_TRUE(deliver(ours_, pause(), us_, clock_));
  ours_.unlock();
  now_ = kBegin - Duration{3'600'000};
  ASSERT_TRUE(deliver(ours_, pause(), us_, clock_));
  ASSERT_EQ(disk_->records.size(), 2U);
  EXPECT_GE(disk_->records[1].at.steady, disk_->records[0].at.steady);
  EXPECT_EQ(disk_->records[1].at.wall, now_) << "the wall clock is written as it was";
}

}  // namespace
}  // namespace breakwater::operations::request_test
