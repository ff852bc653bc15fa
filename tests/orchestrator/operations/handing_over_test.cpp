// A second `apply` beside the process that conducts.
#include "orchestrator/operations/handing_over.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/journal/memory_store.hpp"
#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::operations::handing_over_test {
namespace {

using journal::Holder;
using journal::MemoryDisk;
using journal::MemoryStore;
using views::kBegin;
using views::made_plan;

/// Another process at the other end of the tray, acting while we sleep.
class HandingOver : public testing::Test {
 protected:
  HandingOver() {
    clock_.now = [this] { return now_; };
    clock_.sleep = [this](Duration length) {
      now_ += length;
      if (meanwhile_) meanwhile_();
    };
  }

  Result<RolloutId, Problem> hand() { return hand_over(ours_, NewRollout{made_plan(), "lena@bastion"}, clock_); }
  void answers(const Event& event) {
    const auto waiting = conductor_.waiting_requests(1);
    if (waiting->empty()) return;
    const std::vector<journal::Draft> drafts{
        journal::Draft{Now{now_, now_}, codec::kind_of(event), codec::encode(event)}};
    const std::vector<std::uint64_t> taken{waiting->front().id};
    ASSERT_TRUE(conductor_.append(drafts, taken));
  }
  void conductor_runs() { ASSERT_TRUE(conductor_.lock(Holder{7, "nic-20.5", kBegin})); }

  Instant now_ = kBegin;
  Clockwork clock_;
  std::function<void()> meanwhile_;
  std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>();
  MemoryStore conductor_{disk_};
  MemoryStore ours_{disk_};
};

TEST_F(HandingOver, the_lock_says_who_conducts) {
  conductor_runs();
  EXPECT_EQ(take_lock(ours_, "bios-3.4").value(), Conducts::another);
  conductor_.unlock();
  EXPECT_EQ(take_lock(ours_, "bios-3.4").value(), Conducts::this_process);
  EXPECT_EQ(conductor_.holder().value()->rollout, "bios-3.4");
}

TEST_F(HandingOver, one_that_has_begun_is_the_conductors_already) {
  conductor_runs();
  EXPECT_EQ(hand_over(ours_, RolloutToConduct(RolloutId{3}), clock_).value(), 3U);
  EXPECT_TRUE(conductor_.waiting_requests(1)->empty());
}

TEST_F(HandingOver, a_new_one_is_begun_by_the_conductor) {
  conductor_runs();
  const ResolvedPlan plan = made_plan();
  meanwhile_ = [&] { answers(Event(RolloutStarted{"lena@bastion", plan, codec::plan_digest(plan)})); };
  EXPECT_EQ(hand().value(), 1U);
}

TEST_F(HandingOver, a_refusal_comes_back_with_its_reason) {
  conductor_runs();
  meanwhile_ = [&] { answers(Event(StartRefused{"bios-3.4", "lena@bastion", "host n1 was quarantined"})); };
  const auto handed = hand();
  ASSERT_FALSE(handed);
  EXPECT_EQ(handed.error().kind, Problem::Kind::try_later);
  EXPECT_EQ(handed.error().messages.front(), "rollout bios-3.4 was not begun: host n1 was quarantined");
}

TEST_F(HandingOver, where_the_conductor_goes_away_it_is_begun_and_the_lock_let_go) {
  conductor_runs();
  meanwhile_ = [this] { conductor_.unlock(); };
  EXPECT_EQ(hand().value(), 1U);
  EXPECT_EQ(disk_->records.size(), 1U);
  EXPECT_EQ(take_lock(conductor_, "bios-3.4").value(), Conducts::this_process);
}

}  // namespace
}  // namespace breakwater::operations::handing_over_test
