// The way back that an operator asks for: of a host, of a wave, of a rollout.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::asked_back_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

const Outcome kLost = ends(Outcome::Verdict::lost, Cause::lost);

TEST(AskedBack, the_whole_rollout_after_it_finished) {
  Drill drill;
  drill.folds_again = true;
  const RolloutId id = drill.start(plan_of({.waves = {1, 2}}));
  drill.run();
  ASSERT_TRUE(drill.rollout().finished);
  drill.ask(Verb::roll_back, id);
  EXPECT_FALSE(drill.rollout().finished);
  EXPECT_EQ(drill.fleet.owner("n2"), &drill.rollout());
  drill.run();
  EXPECT_THAT(drill.in(State::rolled_back), SizeIs(3));
  EXPECT_TRUE(drill.rollout().finished);
  EXPECT_EQ(drill.fleet.owner("n2"), nullptr);
}

TEST(AskedBack, one_wave) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {1, 2}}));
  drill.run();
  drill.ask(Verb::roll_back, id, "", 1);
  drill.run();
  EXPECT_THAT(drill.in(State::updated), ElementsAre("n0"));
  EXPECT_THAT(drill.in(State::rolled_back), ElementsAre("n1", "n2"));
}

TEST(AskedBack, one_host) {
  Drill drill;
  drill.folds_again = true;
  const RolloutId id = drill.start(plan_of({.waves = {1, 2}}));
  drill.run();
  drill.ask(Verb::roll_back, id, "n2");
  drill.run();
  EXPECT_THAT(drill.brought_back(), ElementsAre("n2"));
  EXPECT_EQ(drill.trip("n2").cause, Cause::asked);
  EXPECT_TRUE(drill.rollout().finished);
  EXPECT_FALSE(drill.rollout().halted);
}

TEST(AskedBack, a_host_that_waits_is_not_started) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {2, 2}, .global = 1}));
  drill.decide_all();
  drill.ask(Verb::roll_back, id, "n3");
  drill.run();
  EXPECT_EQ(drill.state("n3"), State::not_started);
  EXPECT_EQ(drill.trip("n3").cause, Cause::asked);
  EXPECT_THAT(drill.commands_of("n3"), IsEmpty());
  EXPECT_THAT(drill.in(State::updated), SizeIs(3));
}

TEST(AskedBack, a_host_in_flight_goes_no_further) {
  Drill drill;
  drill.folds_again = true;
  const RolloutId id = drill.start(plan_of({.waves = {3}, .updates = 2, .gate = {Share{0}, 1}}));
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0") == State::activating; }));
  drill.ask(Verb::roll_back, id, "n0");
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"),
              ElementsAre("prepare", "stage 0", "activate 0", "check", "roll_back 0", "check_back"));
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
}

TEST(AskedBack, a_staged_host_is_taken_back) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {2}, .gate = {Share{0}, 1}}));
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0") == State::staging && drill.trip("n0").open; }));
  drill.ask(Verb::roll_back, id, "n0");
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"), ElementsAre("prepare", "stage 0", "cancel 0"));
  EXPECT_EQ(drill.state("n0"), State::not_started);
  EXPECT_EQ(drill.state("n1"), State::updated);
}

/// Updated or still in flight when it is asked back: an operator's own undo is no failure of the open wave.
TEST(AskedBack, a_host_of_the_open_wave_does_not_count_for_its_gate) {
  for (const State asked_in : {State::updated, State::checking}) {
    Drill drill;
    drill.folds_again = true;
    ResolvedPlan plan = plan_of({.waves = {3, 1}, .global = 1});
    plan.wave_failure.failed_hosts = 1;
    const RolloutId id = drill.start(plan);
    ASSERT_TRUE(drill.run_until([&] { return drill.state("n0") == asked_in; }));
    drill.ask(Verb::roll_back, id, "n0");
    drill.run();
    EXPECT_EQ(drill.state("n0"), State::rolled_back);
    EXPECT_EQ(drill.trip("n0").cause, Cause::asked);
    EXPECT_FALSE(drill.rollout().halted) << drill.rollout().halt_reason;
    EXPECT_THAT(drill.in(State::updated), ElementsAre("n1", "n2", "n3"));
    ASSERT_THAT(drill.all<GateJudged>(), SizeIs(2));
    EXPECT_THAT(drill.all<GateJudged>()[0].reason, testing::HasSubstr("2 of 2 hosts are well"));
  }
}

TEST(AskedBack, the_last_host_of_a_wave_is_gone_before_the_gate_counts) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {2, 1}, .gate = {Share{10'000}, 1}}));
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n1") == State::checking; }));
  drill.ask(Verb::roll_back, id, "n1");
  drill.run();
  ASSERT_THAT(drill.all<GateJudged>(), SizeIs(2));
  EXPECT_THAT(drill.all<GateJudged>()[0].reason, testing::HasSubstr("1 of 1 hosts are well"));
}

TEST(AskedBack, a_gate_that_too_few_are_left_for_halts_at_once) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {4}, .global = 1, .gate = {Share{10'000}, 4}}));
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0") == State::checking; }));
  drill.ask(Verb::roll_back, id, "n3");
  drill.run();
  EXPECT_THAT(drill.rollout().halt_reason, testing::HasSubstr("3 hosts are left in it"));
  EXPECT_THAT(drill.in(State::not_started), ElementsAre("n1", "n2", "n3"));
  EXPECT_EQ(drill.state("n0"), State::updated) << "nothing speaks against its image";
}

TEST(AskedBack, a_host_that_fails_on_its_own_still_counts_for_its_gate) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {ends(Outcome::Verdict::failed, Cause::unhealthy)};
  const RolloutId id = drill.start(plan_of({.waves = {3, 1}, .global = 1}));
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0") == State::checking; }));
  drill.ask(Verb::roll_back, id, "n0");
  drill.run();
  EXPECT_EQ(drill.trip("n0").cause, Cause::unhealthy);
  EXPECT_TRUE(drill.rollout().halted);
}

TEST(AskedBack, a_host_that_cannot_be_brought_back_counts_for_its_gate) {
  Drill drill;
  drill.table[{"n0", Action::roll_back}] = {ends(Outcome::Verdict::failed, Cause::roll_back_failed)};
  const RolloutId id = drill.start(plan_of({.waves = {3, 1}, .global = 1}));
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0") == State::updated; }));
  drill.ask(Verb::roll_back, id, "n0");
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_TRUE(drill.rollout().halted);
}

TEST(AskedBack, a_host_that_a_later_rollout_touched_stays) {
  Drill drill;
  drill.folds_again = true;
  const RolloutId older = drill.start(plan_of({.waves = {2}}));
  drill.run();
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.rollout = "later";
  const RolloutId later = drill.start(plan);
  drill.run();
  ASSERT_EQ(drill.state("n0", later), State::updated);
  drill.ask(Verb::roll_back, older);
  drill.run();
  EXPECT_THAT(drill.brought_back(older), ElementsAre("n1"));
  EXPECT_EQ(drill.state("n0", older), State::updated);
  drill.ask(Verb::roll_back, later);
  drill.run();
  EXPECT_EQ(drill.state("n0", later), State::rolled_back);
}

TEST(AskedBack, a_host_that_waits_in_another_rollout_goes_back_first) {
  Drill drill;
  drill.folds_again = true;
  const RolloutId older = drill.start(plan_of({.waves = {2}}));
  drill.run();
  const RolloutId later = drill.start(plan_of({.waves = {1}}));
  drill.ask(Verb::roll_back, older);
  EXPECT_EQ(drill.fleet.owner("n0")->id, older);
  drill.run();
  EXPECT_THAT(drill.brought_back(older), UnorderedElementsAre("n0", "n1"));
  EXPECT_EQ(drill.state("n0", later), State::updated);
}

TEST(AskedBack, a_host_in_flight_that_an_older_rollout_touched_is_held_back_too) {
  Drill drill;
  const RolloutId older = drill.start(plan_of({.waves = {1}}));
  drill.run();
  ResolvedPlan plan = plan_of({.waves = {1}, .gate = {Share{0}, 0}});
  const RolloutId later = drill.start(plan);
  drill.decide_all();
  ASSERT_EQ(drill.state("n0", later), State::preparing);
  drill.ask(Verb::roll_back, later, "n0");
  drill.run();
  EXPECT_NE(drill.state("n0", later), State::updated);
  EXPECT_EQ(drill.state("n0", older), State::updated);
}

TEST(AskedBack, twice_is_once) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {2}}));
  drill.run();
  drill.ask(Verb::roll_back, id);
  drill.ask(Verb::roll_back, id);
  drill.run();
  drill.ask(Verb::roll_back, id);
  drill.run();
  EXPECT_THAT(drill.brought_back(), SizeIs(2));
  EXPECT_TRUE(drill.rollout().finished);
}

TEST(AskedBack, a_quarantined_host_is_left_alone) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {kLost};
  const RolloutId id = drill.start(plan_of({.waves = {1}}));
  drill.run();
  const std::size_t before = drill.commands().size();
  drill.ask(Verb::roll_back, id, "n0");
  drill.ask(Verb::roll_back, id);
  drill.run();
  EXPECT_EQ(drill.commands().size(), before);
  EXPECT_EQ(drill.state("n0"), State::quarantined);
}

}  // namespace
}  // namespace breakwater::asked_back_test
