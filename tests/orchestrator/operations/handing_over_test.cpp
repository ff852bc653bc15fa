// A second `apply` beside the process that conducts.
#include "orchestrator/operations/handing_over.hpp"

#include <gmock/gmock.h>

#include "orchestrator/codec/plan_json.hpp"
#include "tests/orchestrator/operations/tray.hpp"

namespace breakwater::operations::handing_over_test {
namespace {

using views::made_plan;

class HandingOver : public Tray {
 protected:
  Result<HandedOver, Problem> hand() {
    return hand_over(ours_, NewRollout{made_plan(), "lena@bastion"}, clock_, interrupts_);
  }
  void conductor_answers(const Event& event) {
    const auto waiting = conductor_.waiting_requests(1);
    if (!waiting->empty()) conductor_writes(event, {waiting->front().id});
  }

  std::atomic<int> interrupts_ = 0;
};

TEST_F(HandingOver, the_lock_says_who_conducts) {
  conductor_runs();
  EXPECT_EQ(take_lock(ours_, "bios-3.4").value(), Conducts::another);
  conductor_.unlock();
  EXPECT_EQ(take_lock(ours_, "bios-3.4").value(), Conducts::this_process);
  EXPECT_EQ((*conductor_.holder())->rollout, "bios-3.4");
}

TEST_F(HandingOver, one_that_has_begun_is_the_conductors_already) {
  conductor_runs();
  EXPECT_EQ(hand_over(ours_, RolloutToConduct(RolloutId{3}), clock_, interrupts_).value().rollout, 3U);
  EXPECT_TRUE(conductor_.waiting_requests(1)->empty());
}

// Its hosts waited, and so did the second apply, for as long as the process lived that lacked the variable.
TEST_F(HandingOver, one_that_has_begun_and_that_the_conductor_cannot_take_forward_is_refused) {
  EXPECT_TRUE(takes_forward(ours_, "nic")) << "nobody conducts";
  conductor_runs();
  EXPECT_TRUE(takes_forward(ours_, "nic"));
  ASSERT_TRUE(conductor_.say(journal::Leaving::no, {{"nic", "env:NIC is not set in the environment, for n1"}}));
  EXPECT_TRUE(takes_forward(ours_, "bios-3.4"));
  const auto refused = takes_forward(ours_, "nic");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Problem::Kind::try_later);
  EXPECT_EQ(refused.error().messages.front(), "env:NIC is not set in the environment, for n1");
  EXPECT_THAT(refused.error().messages.back(), testing::HasSubstr("process 7 conducts"));
}

TEST_F(HandingOver, a_new_one_is_begun_by_the_conductor) {
  conductor_runs();
  const ResolvedPlan plan = made_plan();
  meanwhile_ = [&] { conductor_answers(Event(RolloutStarted{"lena@bastion", plan, codec::plan_digest(plan)})); };
  EXPECT_EQ(hand().value().rollout, 1U);
}

TEST_F(HandingOver, a_refusal_comes_back_with_its_reason) {
  conductor_runs();
  meanwhile_ = [&] { conductor_answers(Event(StartRefused{"bios-3.4", "lena@bastion", "host n1 was quarantined"})); };
  const auto handed = hand();
  ASSERT_FALSE(handed);
  EXPECT_EQ(handed.error().kind, Problem::Kind::try_later);
  EXPECT_EQ(handed.error().messages.front(), "rollout bios-3.4 was not begun: host n1 was quarantined");
}

TEST_F(HandingOver, where_the_conductor_goes_away_it_is_begun_and_the_lock_let_go) {
  conductor_runs();
  meanwhile_ = [this] { conductor_.unlock(); };
  EXPECT_EQ(hand().value().rollout, 1U);
  EXPECT_EQ(disk_->records.size(), 1U);
  EXPECT_EQ(take_lock(conductor_, "bios-3.4").value(), Conducts::this_process);
}

// The second of two that applied one plan file at the same time was refused.
TEST_F(HandingOver, where_another_apply_of_the_same_was_quicker_its_run_is_followed) {
  conductor_runs();
  const ResolvedPlan begun = made_plan();
  const auto quicker = [&, answered = false]() mutable {
    if (std::exchange(answered, true)) return;
    conductor_writes(Event(RolloutStarted{"omar@bastion", begun, codec::plan_digest(begun)}));
    conductor_answers(Event(StartRefused{"bios-3.4", "lena@bastion", "its hosts are taken"}));
  };
  meanwhile_ = quicker;
  const auto followed = hand();
  ASSERT_TRUE(followed);
  EXPECT_EQ(followed->rollout, 1U);
  EXPECT_TRUE(followed->begun_by_another) << "what it began with may be another plan";
  ResolvedPlan frozen = made_plan();
  frozen.nonce = "of another plan file";
  disk_->records.clear();
  meanwhile_ = quicker;
  EXPECT_FALSE(hand_over(ours_, NewRollout{frozen, "lena@bastion"}, clock_, interrupts_)) << "it began with another";
}

// It was asked to try again later, for ever.
TEST_F(HandingOver, where_the_run_of_its_plan_file_is_over_by_then_it_is_refused) {
  conductor_runs();
  ResolvedPlan frozen = made_plan();
  frozen.nonce = "of this plan file";
  meanwhile_ = [&, answered = false]() mutable {
    if (std::exchange(answered, true)) return;
    conductor_writes(Event(RolloutStarted{"omar@bastion", frozen, codec::plan_digest(frozen)}));
    conductor_writes(Event(RolloutFinished{1}));
    conductor_answers(Event(StartRefused{"bios-3.4", "lena@bastion", "its plan file was applied already"}));
  };
  const auto handed = hand_over(ours_, NewRollout{frozen, "lena@bastion"}, clock_, interrupts_);
  ASSERT_FALSE(handed);
  EXPECT_EQ(handed.error().kind, Problem::Kind::refused);
  EXPECT_THAT(handed.error().messages.front(), testing::HasSubstr("a plan file is applied once"));
}

// The request stayed, and the next command of any kind began the rollout.
TEST_F(HandingOver, who_is_interrupted_takes_it_back) {
  conductor_runs();
  meanwhile_ = [this] { interrupts_ = 1; };
  const auto handed = hand();
  ASSERT_FALSE(handed);
  EXPECT_EQ(handed.error().kind, Problem::Kind::try_later);
  EXPECT_THAT(handed.error().messages.front(), testing::HasSubstr("nothing begins"));
  EXPECT_THAT(handed.error().messages.front(), testing::Not(testing::HasSubstr("within")));
  EXPECT_TRUE(conductor_.waiting_requests(1)->empty());
  EXPECT_LT(now_ - views::kBegin, Duration(1'000));
}

TEST_F(HandingOver, who_waited_too_long_takes_it_back) {
  conductor_runs();
  const auto handed = hand();
  ASSERT_FALSE(handed);
  EXPECT_THAT(handed.error().messages.front(), testing::HasSubstr("has not taken it up within 10m"));
  EXPECT_TRUE(conductor_.waiting_requests(1)->empty());
}

TEST_F(HandingOver, what_was_taken_up_at_the_last_moment_is_followed) {
  conductor_runs();
  const ResolvedPlan plan = made_plan();
  meanwhile_ = [&] {
    conductor_answers(Event(RolloutStarted{"lena@bastion", plan, codec::plan_digest(plan)}));
    interrupts_ = 1;
  };
  EXPECT_EQ(hand().value().rollout, 1U);
}

}  // namespace
}  // namespace breakwater::operations::handing_over_test
