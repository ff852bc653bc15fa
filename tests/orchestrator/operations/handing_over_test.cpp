// A second `apply` beside the process that conducts.
#include "orchestrator/operations/handing_over.hpp"

#include "orchestrator/codec/plan_json.hpp"
#include "tests/orchestrator/operations/tray.hpp"

namespace breakwater::operations::handing_over_test {
namespace {

using views::made_plan;

class HandingOver : public Tray {
 protected:
  Result<RolloutId, Problem> hand() { return hand_over(ours_, NewRollout{made_plan(), "lena@bastion"}, clock_); }
  void conductor_answers(const Event& event) {
    const auto waiting = conductor_.waiting_requests(1);
    if (!waiting->empty()) conductor_writes(event, {waiting->front().id});
  }
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
  EXPECT_EQ(hand_over(ours_, RolloutToConduct(RolloutId{3}), clock_).value(), 3U);
  EXPECT_TRUE(conductor_.waiting_requests(1)->empty());
}

TEST_F(HandingOver, a_new_one_is_begun_by_the_conductor) {
  conductor_runs();
  const ResolvedPlan plan = made_plan();
  meanwhile_ = [&] { conductor_answers(Event(RolloutStarted{"lena@bastion", plan, codec::plan_digest(plan)})); };
  EXPECT_EQ(hand().value(), 1U);
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
  EXPECT_EQ(hand().value(), 1U);
  EXPECT_EQ(disk_->records.size(), 1U);
  EXPECT_EQ(take_lock(conductor_, "bios-3.4").value(), Conducts::this_process);
}

}  // namespace
}  // namespace breakwater::operations::handing_over_test
