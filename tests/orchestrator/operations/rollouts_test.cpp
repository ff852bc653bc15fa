#include "orchestrator/operations/rollouts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/beginning.hpp"
#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::operations::rollouts_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Rollouts : public testing::Test {
 protected:
  Rollouts() { made_.start(); }
  const RolloutState& rollout() const { return *made_.fleet.find(RolloutId{1}); }

  views::MadeFleet made_;
};

TEST_F(Rollouts, a_rollout_is_found_by_its_name) {
  EXPECT_EQ(find_rollout(made_.fleet, "bios-3.4").value(), &rollout());
}

TEST_F(Rollouts, a_name_that_was_mistyped_is_answered_with_the_nearest) {
  const auto found = find_rollout(made_.fleet, "bios-3.5");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, Problem::Kind::failed);
  EXPECT_THAT(found.error().messages, ElementsAre(HasSubstr("did you mean 'bios-3.4'?")));
  EXPECT_EQ(found.error().next, "breakwater status");
}

TEST_F(Rollouts, a_plan_file_is_known_again_by_its_nonce) {
  ResolvedPlan plan = views::made_plan();
  EXPECT_EQ(run_of(made_.fleet, plan), nullptr) << "a plan that no file froze is nobody's";
  plan.nonce = "0f";
  EXPECT_EQ(run_of(made_.fleet, plan), nullptr);
  const RolloutId second = made_.start(plan);
  plan.nonce = "1f";
  made_.start(plan);
  plan.nonce = "0f";
  ASSERT_NE(run_of(made_.fleet, plan), nullptr);
  EXPECT_EQ(run_of(made_.fleet, plan)->id, second);
}

TEST_F(Rollouts, a_wave_goes_by_name_or_by_number_from_1) {
  const ResolvedPlan& plan = *rollout().plan;
  EXPECT_EQ(find_wave(plan, "rest").value(), 1U);
  EXPECT_EQ(find_wave(plan, "1").value(), 0U);
  for (const std::string wrong : {"0", "3", "1x", "-1", "Rest", ""}) {
    const auto found = find_wave(plan, wrong);
    ASSERT_FALSE(found) << wrong;
    EXPECT_EQ(found.error().kind, Problem::Kind::bad_argument);
    EXPECT_THAT(found.error().messages.front(), HasSubstr("it has canary, rest"));
  }
}

TEST_F(Rollouts, a_roll_back_names_a_wave_and_a_host_of_the_rollout) {
  EXPECT_EQ(roll_back_of(rollout(), "", "")->wave, std::nullopt);
  const auto wave = roll_back_of(rollout(), "rest", "");
  EXPECT_EQ(wave->verb, Verb::roll_back);
  EXPECT_EQ(wave->rollout, RolloutId{1});
  EXPECT_EQ(wave->wave, 1U);
  EXPECT_EQ(roll_back_of(rollout(), "", "n3")->host, "n3");
  EXPECT_EQ(roll_back_of(rollout(), "", "n5").error().kind, Problem::Kind::bad_argument) << "left out of the plan";
}

TEST_F(Rollouts, hosts_that_were_meant_and_still_run_the_image_are_left_behind) {
  RolloutState state = rollout();
  for (HostTrip& trip : state.hosts) trip.state = State::rolled_back;
  state.hosts[2].state = State::updated;
  OperatorAsked all;
  OperatorAsked canary;
  canary.wave = 0;
  OperatorAsked one;
  one.host = "n3";
  OperatorAsked other;
  other.host = "n2";
  EXPECT_THAT(left_behind(state, all), ElementsAre("n3"));
  EXPECT_THAT(left_behind(state, canary), IsEmpty());
  EXPECT_THAT(left_behind(state, one), ElementsAre("n3"));
  EXPECT_THAT(left_behind(state, other), IsEmpty());
}

}  // namespace
}  // namespace breakwater::operations::rollouts_test
