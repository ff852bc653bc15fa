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

std::vector<std::string> names_of(const Result<std::vector<const RolloutState*>, Problem>& runs) {
  std::vector<std::string> names;
  for (const RolloutState* run : *runs) names.push_back(run->name);
  return names;
}

TEST_F(Rollouts, a_name_alone_means_every_run_and_a_number_one_of_them) {
  EXPECT_THAT(names_of(find_runs(made_.fleet, "bios-3.4")), ElementsAre("bios-3.4"));
  EXPECT_THAT(names_of(find_runs(made_.fleet, "bios-3.4#1")), ElementsAre("bios-3.4"));
  const RolloutId second = made_.start();
  EXPECT_THAT(names_of(find_runs(made_.fleet, "bios-3.4")), ElementsAre("bios-3.4#1", "bios-3.4#2"));
  EXPECT_THAT(names_of(find_runs(made_.fleet, "bios-3.4#1")), ElementsAre("bios-3.4#1"));
  EXPECT_EQ(find_runs(made_.fleet, "bios-3.4#2").value().front()->id, second);
  for (const char* wrong : {"bios-3.4#3", "bios-3.4#0", "bios-3.4#", "bios-3.4#1x", "#1"}) {
    EXPECT_FALSE(find_runs(made_.fleet, wrong)) << wrong;
  }
}

TEST_F(Rollouts, the_run_to_look_at_is_one_that_is_not_over) {
  made_.start();
  const auto present = [&] { return present_run(*find_runs(made_.fleet, "bios-3.4")).name; };
  EXPECT_EQ(present(), "bios-3.4#2");
  made_.take(Event(RolloutFinished{2}));
  EXPECT_EQ(present(), "bios-3.4#1");
  made_.take(Event(RolloutFinished{1}));
  EXPECT_EQ(present(), "bios-3.4#2");
}

/// What went back of it was told as nothing, beside "1 rolled back".
TEST_F(Rollouts, one_that_is_back_in_part_and_owes_the_rest_is_counted_as_that) {
  made_.update(0);
  OperatorAsked asked;
  asked.verb = Verb::roll_back;
  asked.rollout = 1;
  asked.host = "n1";
  RolloutState in_part = rollout();
  in_part.hosts[0].state = State::rolled_back;
  const CameBack came = came_back(made_.fleet, in_part, asked);
  EXPECT_EQ(came.rolled_back + came.in_part, 0U) << "what it brought runs there";
  EXPECT_EQ(came.not_yet, 1U);
  EXPECT_EQ(came.part_only, 1U);
  EXPECT_EQ(came_back(made_.fleet, rollout(), asked).part_only, 0U) << "updated is nothing of it back";
}

TEST_F(Rollouts, a_name_that_was_mistyped_is_answered_with_the_nearest) {
  const auto found = find_runs(made_.fleet, "bios-3.5");
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

TEST_F(Rollouts, a_roll_back_names_a_wave_and_a_host_of_each_run_that_has_it) {
  ResolvedPlan stragglers = views::made_plan();
  stragglers.waves.pop_back();
  stragglers.waves[0].hosts = 1;
  stragglers.hosts = {views::made_host("n9", "r2", 0)};
  const RolloutId second = made_.start(stragglers);
  const auto runs = *find_runs(made_.fleet, "bios-3.4");
  const auto asked = [&](const std::string& wave, const std::string& host) {
    std::vector<RolloutId> ids;
    const auto all = roll_backs_of(made_.fleet, runs, wave, host);
    for (const OperatorAsked& one : *all) {
      EXPECT_EQ(one.verb, Verb::roll_back);
      EXPECT_EQ(one.host, host);
      EXPECT_EQ(one.wave.has_value(), !wave.empty());
      ids.push_back(one.rollout);
    }
    return ids;
  };
  EXPECT_THAT(asked("", ""), ElementsAre(1, second));
  EXPECT_THAT(asked("canary", ""), ElementsAre(1, second));
  EXPECT_THAT(asked("rest", ""), ElementsAre(1));
  EXPECT_THAT(asked("", "n3"), ElementsAre(1));
  EXPECT_THAT(asked("", "n9"), ElementsAre(second));
  EXPECT_EQ(roll_backs_of(made_.fleet, runs, "", "n5").error().kind, Problem::Kind::bad_argument)
      << "left out of the plan";
  EXPECT_EQ(roll_backs_of(made_.fleet, runs, "none", "").error().kind, Problem::Kind::bad_argument);
}

TEST_F(Rollouts, a_roll_back_is_carried_out_once_no_host_that_it_meant_has_anything_before_it) {
  made_.update(0);
  made_.issue(2, Action::prepare);
  OperatorAsked asked;
  asked.rollout = 1;
  asked.host = "n1";
  EXPECT_TRUE(is_carried_out(made_.fleet, asked)) << "another one is in flight";
  asked.host = "n3";
  EXPECT_FALSE(is_carried_out(made_.fleet, asked));
  asked.host.clear();
  EXPECT_FALSE(is_carried_out(made_.fleet, asked));
}

/// Its rollout goes on for days; whoever asked for one host does not wait for that.
TEST_F(Rollouts, a_roll_back_is_carried_out_before_its_rollout_is_over) {
  OperatorAsked asked;
  asked.rollout = 1;
  made_.update(1);
  made_.roll_back("n2");
  asked.host = "n2";
  EXPECT_TRUE(is_carried_out(made_.fleet, asked)) << "its network card has no way back";
  made_.take(Event(RolloutFinished{1}));
  ResolvedPlan plan = views::made_plan();
  for (PlannedHost& host : plan.hosts) host.updates.resize(1);
  asked.rollout = made_.rollout = made_.start(plan);
  made_.update(0);
  made_.roll_back("n1");
  asked.host = "n1";
  EXPECT_FALSE(is_carried_out(made_.fleet, asked));
  made_.issue(0, Action::roll_back);
  EXPECT_FALSE(is_carried_out(made_.fleet, asked));
  made_.end(0, Outcome::Verdict::done);
  made_.issue(0, Action::check_back);
  made_.end(0, Outcome::Verdict::done);
  EXPECT_EQ(made_.fleet.find(made_.rollout)->hosts[0].state, State::rolled_back);
  EXPECT_TRUE(is_carried_out(made_.fleet, asked));
}

TEST_F(Rollouts, hosts_that_were_meant_and_still_run_the_image_are_left_behind) {
  for (HostIndex host = 0; host < 4; ++host) made_.update(host);
  made_.roll_back();  // the network cards of this plan have no way back
  OperatorAsked all;
  all.rollout = 1;
  OperatorAsked canary = all;
  canary.wave = 0;
  OperatorAsked one = all;
  one.host = "n3";
  EXPECT_THAT(left_behind(made_.fleet, all).run_it, ElementsAre("n1", "n2", "n3", "n4"));
  EXPECT_THAT(left_behind(made_.fleet, canary).run_it, ElementsAre("n1"));
  EXPECT_THAT(left_behind(made_.fleet, one).run_it, ElementsAre("n3"));
  made_.take(Event(RolloutFinished{1}));
  made_.rollout = made_.start();
  made_.update(2);
  EXPECT_THAT(left_behind(made_.fleet, all).run_it, ElementsAre("n1", "n2", "n4"));
  EXPECT_THAT(left_behind(made_.fleet, all).changed_since, ElementsAre("n3"));
}

TEST_F(Rollouts, several_roll_backs_are_judged_together) {
  made_.update(0);
  made_.take(Event(RolloutFinished{1}));
  made_.rollout = made_.start();
  made_.update(1);
  std::vector<OperatorAsked> asked(2);
  asked[0].rollout = 1;
  asked[1].rollout = made_.rollout;
  EXPECT_THAT(rolled_back(made_.fleet, asked).left.run_it, ElementsAre("n1", "n2"));
  EXPECT_FALSE(rolled_back(made_.fleet, asked).quarantines);
  made_.issue(2, Action::prepare);
  made_.end(2, Outcome::Verdict::done);
  made_.issue(2, Action::stage);
  made_.end(2, Outcome::Verdict::lost, Cause::armed);
  ASSERT_EQ(made_.fleet.find(made_.rollout)->hosts[2].state, State::quarantined);
  EXPECT_TRUE(rolled_back(made_.fleet, asked).quarantines) << "one host of the newest run is enough";
  asked[1].host = "n2";
  EXPECT_FALSE(rolled_back(made_.fleet, asked).quarantines) << "another host was meant";
  asked[1].host = "n3";
  EXPECT_TRUE(rolled_back(made_.fleet, asked).quarantines);
}

// A `rollback` of it left with 0, as if it had been rolled back.
TEST_F(Rollouts, a_host_that_somebody_else_flashed_is_told_from_one_that_another_run_updated) {
  made_.take(Event(RolloutFinished{1}));
  ResolvedPlan plan = views::made_plan();
  for (PlannedHost& host : plan.hosts) host.updates.resize(1);
  made_.rollout = made_.start(plan);
  made_.update(0);
  made_.update(1);
  made_.roll_back("n1");
  CommandEnded ended;
  ended.command = made_.issue(0, Action::roll_back).seq;
  ended.rollout = made_.rollout;
  ended.outcome.verdict = Outcome::Verdict::untouched;
  ended.outcome.cause = Cause::drifted;
  ended.outcome.versions = {"3.9"};
  ended.input = input_of(made_.fleet, ended);
  made_.take(Event(ended));
  OperatorAsked all;
  all.rollout = made_.rollout;
  EXPECT_THAT(left_behind(made_.fleet, all).drifted, ElementsAre("n1"));
  EXPECT_THAT(left_behind(made_.fleet, all).changed_since, IsEmpty());
  EXPECT_THAT(left_behind(made_.fleet, all).run_it, ElementsAre("n2"));
  EXPECT_THAT(rolled_back(made_.fleet, {all}).left.drifted, ElementsAre("n1"));
}

TEST_F(Rollouts, the_next_step_of_a_rollout_that_nobody_conducts_never_waits_for_ever) {
  RolloutState state = rollout();
  const std::string apply = "breakwater apply " + state.plan->rollout;
  const std::string resume = "breakwater resume " + state.plan->rollout + " && " + apply;
  EXPECT_EQ(way_on(state), apply);
  state.paused = true;
  EXPECT_EQ(way_on(state), resume);
  state.stopping = true;
  EXPECT_EQ(way_on(state), resume);
  state.open_commands = state.in_flight = 1;  // as kill -9 leaves it
  EXPECT_EQ(way_on(state), apply + ", which brings what is in flight to rest; to go on: " + resume);
  state.stopping = false;
  EXPECT_EQ(way_on(state), resume);
}

}  // namespace
}  // namespace breakwater::operations::rollouts_test
