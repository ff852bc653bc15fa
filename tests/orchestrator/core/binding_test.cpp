// Pause and stop bind everything begun before them; what is asked for later goes.
#include "orchestrator/core/binding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::binding_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

bool open(const Drill& drill, Action action) {
  const auto& command = drill.trip("n0").open;
  return command && command->action == action;
}

EvidenceSeen seen(const Drill& drill, Evidence::Kind kind) {
  EvidenceSeen event;
  event.command = drill.trip("n0").open->id;
  event.rollout = 1;
  event.evidence.kind = kind;
  return event;
}

TEST(Binding, what_was_issued_and_did_not_begin_is_withdrawn_and_goes_on_later) {
  for (const Verb verb : {Verb::pause, Verb::stop}) {
    for (const Action action : {Action::prepare, Action::stage}) {
      Drill drill;
      const RolloutId id = drill.start(plan_of({.waves = {1}}));
      drill.decide_all();
      ASSERT_TRUE(open(drill, action) || drill.run_until([&] { return open(drill, action); }));
      drill.ask(verb, id);
      drill.withdraw_bound();
      EXPECT_EQ(drill.state("n0"), State::waiting);
      EXPECT_EQ(drill.rollout().in_flight, 0u);
      drill.run();
      EXPECT_FALSE(drill.trip("n0").open);
      drill.ask(Verb::resume, id);
      drill.run();
      EXPECT_EQ(drill.state("n0"), State::updated);
      EXPECT_EQ(drill.trip("n0").cause, Cause::none);
    }
  }
}

TEST(Binding, what_a_bmc_was_given_is_named) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {1}}));
  ASSERT_TRUE(drill.run_until([&] { return open(drill, Action::activate); }));
  drill.ask(Verb::roll_back, id);
  ASSERT_TRUE(drill.run_until([&] { return open(drill, Action::roll_back); }));
  drill.ask(Verb::pause, id);
  EXPECT_TRUE(withdraws(drill.rollout(), drill.trip("n0")));
  EXPECT_THAT(finishing(drill.rollout(), drill.now.steady), IsEmpty());
  drill.record(seen(drill, Evidence::Kind::sending));
  const auto named = finishing(drill.rollout(), drill.now.steady);
  ASSERT_THAT(named, SizeIs(1));
  EXPECT_EQ(named[0].host, "n0");
  EXPECT_EQ(named[0].component, "c0");
  EXPECT_GT(named[0].most, Duration(0));
  EXPECT_FALSE(named[0].given) << "its request may be kept back yet";
  drill.record(seen(drill, Evidence::Kind::body_sent));
  EXPECT_TRUE(finishing(drill.rollout(), drill.now.steady)[0].given);
  drill.record(seen(drill, Evidence::Kind::reset_asked));
  EXPECT_FALSE(finishing(drill.rollout(), drill.now.steady)[0].given) << "the next request is another one";
}

TEST(Binding, a_stop_keeps_an_image_that_waits_from_being_run_and_a_pause_does_not) {
  for (const Verb verb : {Verb::pause, Verb::stop}) {
    Drill drill;
    const RolloutId id = drill.start(plan_of({.waves = {1}}));
    ASSERT_TRUE(drill.run_until([&] { return open(drill, Action::activate); }));
    drill.ask(verb, id);
    drill.withdraw_bound();
    drill.run();
    EXPECT_EQ(drill.state("n0"), verb == Verb::pause ? State::updated : State::waiting);
    if (verb == Verb::pause) continue;
    EXPECT_THAT(drill.commands(), ElementsAre("n0 prepare", "n0 stage 0", "n0 activate 0", "n0 cancel 0"));
    drill.ask(Verb::resume, id);
    drill.run();
    EXPECT_EQ(drill.state("n0"), State::updated);
  }
}

TEST(Binding, the_next_component_of_a_host_waits_and_that_costs_it_no_time) {
  for (const bool stages : {true, false}) {
    Drill drill;
    drill.stages = stages;
    const RolloutId id = drill.start(plan_of({.waves = {1}, .updates = 2}));
    ASSERT_TRUE(drill.run_until([&] { return open(drill, Action::check); }));
    drill.ask(Verb::pause, id);
    drill.run();
    EXPECT_EQ(drill.state("n0"), stages ? State::staging : State::activating);
    EXPECT_THAT(drill.commands(), Not(Contains(stages ? "n0 stage 1" : "n0 activate 1")));
    EXPECT_THAT(drill.waits.front().text, HasSubstr("1 host partly updated"));
    const Duration spent = drill.trip("n0").spent;
    drill.now.steady += std::chrono::hours(10);
    drill.ask(Verb::resume, id);
    drill.decide_all();
    EXPECT_EQ(drill.trip("n0").spent, spent);
    drill.run();
    EXPECT_EQ(drill.state("n0"), State::updated);
  }
}

TEST(Binding, a_second_image_is_given_back_by_a_stop_and_sent_again_after_it) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {1}, .updates = 2}));
  drill.decide_all();
  drill.run_until([&] { return drill.state("n0") == State::staged && drill.trip("n0").touched == 1; });
  drill.ask(Verb::stop, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::staging);
  EXPECT_EQ(drill.commands().back(), "n0 cancel 1");
  drill.ask(Verb::resume, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::updated);
}

TEST(Binding, ways_back_wait_and_those_asked_for_later_go) {
  for (const Verb verb : {Verb::pause, Verb::stop}) {
    Drill drill;
    drill.folds_again = true;
    const RolloutId id = drill.start(plan_of({.waves = {3}}));
    drill.run();
    drill.ask(Verb::roll_back, id);
    drill.ask(verb, id);
    drill.run();
    EXPECT_THAT(drill.brought_back(), IsEmpty());
    EXPECT_FALSE(drill.rollout().finished);
    drill.ask(Verb::roll_back, id, "n1");
    drill.run();
    EXPECT_THAT(drill.brought_back(), ElementsAre("n1"));
    drill.ask(Verb::resume, id);
    drill.run();
    EXPECT_THAT(drill.in(State::rolled_back), SizeIs(3));
    EXPECT_TRUE(drill.rollout().finished);
  }
}

TEST(Binding, a_way_back_that_did_not_begin_leaves_the_host_updated) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {1}}));
  drill.run();
  drill.ask(Verb::roll_back, id);
  drill.decide_all();
  ASSERT_EQ(drill.state("n0"), State::rolling_back);
  drill.ask(Verb::stop, id);
  drill.withdraw_bound();
  EXPECT_EQ(drill.state("n0"), State::updated);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::updated);
  EXPECT_EQ(drill.rollout().open_commands, 0u);
  drill.ask(Verb::roll_back, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
}

}  // namespace
}  // namespace breakwater::binding_test
