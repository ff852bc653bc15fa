// Several runs over the same hosts: their names, what each brought, and who goes first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/start_rules.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::runs_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Runs : public testing::Test {
 protected:
  Runs() { drill.folds_again = true; }

  Drill drill;
};

/// Another rollout of the same device.
ResolvedPlan newer(const Shape& shape) {
  ResolvedPlan plan = plan_of(shape);
  plan.rollout = "newer";
  return plan;
}

/// A plan for another device of the same hosts.
ResolvedPlan other_device(const Shape& shape) {
  ResolvedPlan plan = plan_of(shape);
  plan.rollout = "nic";
  for (PlannedComponent& component : plan.components) component.kind = ComponentKind::nic;
  return plan;
}

TEST_F(Runs, a_name_alone_is_enough_until_there_is_a_second_run) {
  const RolloutId first = drill.start(plan_of({.waves = {1}}));
  EXPECT_EQ(drill.rollout(first).name, "bios");
  drill.run();
  const RolloutId second = drill.start(plan_of({.waves = {1}}));
  EXPECT_EQ(drill.rollout(first).name, "bios#1");
  EXPECT_EQ(drill.rollout(second).name, "bios#2");
  EXPECT_EQ(drill.fleet.find("bios")->id, second);
  EXPECT_EQ(drill.fleet.find("bios#1")->id, first);
  EXPECT_EQ(drill.fleet.find("bios#3"), nullptr);
  EXPECT_EQ(drill.fleet.find("bio"), nullptr);
  EXPECT_THAT(drill.fleet.runs_of("bios"), ElementsAre(first, second));
}

TEST_F(Runs, a_later_run_for_another_device_hides_nothing) {
  const RolloutId bios = drill.start(plan_of({.waves = {3}}));
  drill.run();
  const RolloutId nic = drill.start(other_device({.waves = {2}}));
  drill.run();
  drill.ask(Verb::roll_back, bios);
  drill.run();
  EXPECT_THAT(drill.in(State::rolled_back, bios), SizeIs(3));
  EXPECT_THAT(drill.in(State::updated, nic), SizeIs(2));
}

/// One of its two devices was brought anew since: that stays, and the other one goes back.
TEST_F(Runs, only_what_a_run_still_brought_goes_back) {
  ResolvedPlan both = plan_of({.waves = {1}, .updates = 3});
  both.components[1].kind = ComponentKind::nic;
  both.components[2].kind = ComponentKind::bmc;
  both.hosts[0].updates[1].way_back = WayBack::none;  // asked of nobody, since it stays
  const RolloutId older = drill.start(both);
  drill.run();
  drill.start(other_device({.waves = {1}}));
  drill.run();
  EXPECT_THAT(drill.fleet.still_brought(drill.rollout(older), 0), ElementsAre(0, 2));
  drill.ask(Verb::roll_back, older);
  drill.run();
  const std::vector<std::string> commands = drill.commands_of("n0", older);
  EXPECT_THAT(std::vector<std::string>(commands.end() - 3, commands.end()),
              ElementsAre("roll_back 2", "roll_back 0", "check_back"));
  EXPECT_THAT(drill.all<CommandIssued>().back().command.stays, ElementsAre(1));
  EXPECT_EQ(drill.state("n0", older), State::rolled_back);
}

TEST_F(Runs, what_a_later_run_brought_back_is_the_earlier_ones_again) {
  const RolloutId older = drill.start(plan_of({.waves = {1}}));
  drill.run();
  const RolloutId later = drill.start(newer({.waves = {1}}));
  drill.run();
  EXPECT_THAT(drill.fleet.still_brought(drill.rollout(older), 0), IsEmpty());
  EXPECT_THAT(drill.fleet.still_brought(drill.rollout(later), 0), ElementsAre(0));
  drill.ask(Verb::roll_back, later);
  drill.run();
  EXPECT_THAT(drill.fleet.still_brought(drill.rollout(older), 0), ElementsAre(0));
  drill.ask(Verb::roll_back, older);
  drill.run();
  EXPECT_EQ(drill.state("n0", older), State::rolled_back);
}

TEST_F(Runs, no_two_of_them_work_on_a_host_at_once) {
  const RolloutId bios = drill.start(plan_of({.waves = {2}}));
  drill.run();
  const RolloutId nic = drill.start(other_device({.waves = {2}}));
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0", nic) == State::checking; }));
  drill.on_record = [&](const Recorded&) {
    for (const char* host : {"n0", "n1"}) {
      EXPECT_LE(is_in_flight(drill.state(host, bios)) + is_in_flight(drill.state(host, nic)), 1) << host;
    }
  };
  drill.ask(Verb::roll_back, bios);
  drill.decide_all();
  EXPECT_THAT(drill.brought_back(bios), IsEmpty());
  drill.run();
  EXPECT_THAT(drill.in(State::rolled_back, bios), SizeIs(2));
  EXPECT_THAT(drill.in(State::updated, nic), SizeIs(2));
  EXPECT_TRUE(drill.rollout(bios).finished);
  EXPECT_TRUE(drill.rollout(nic).finished);
}

/// A recall waits neither for the soak of another rollout nor for its starts.
TEST_F(Runs, a_way_back_goes_before_the_starts_and_the_soak_of_another_run) {
  const RolloutId bios = drill.start(plan_of({.waves = {2}}));
  drill.run();
  const RolloutId nic = drill.start(other_device({.waves = {1, 1}, .soak = std::chrono::hours(2)}));
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0", nic) == State::updated; }));
  const Instant asked = drill.now.steady;
  drill.ask(Verb::roll_back, bios);
  EXPECT_EQ(drill.fleet.owner("n1")->id, bios);
  ASSERT_TRUE(drill.run_until([&] { return drill.in(State::rolled_back, bios).size() == 2; }));
  EXPECT_LT(drill.now.steady, asked + std::chrono::minutes(1));
  EXPECT_EQ(drill.fleet.owner("n1")->id, nic) << "it is back, and the other run goes on with it";
  drill.run();
  EXPECT_THAT(drill.in(State::updated, nic), SizeIs(2));
}

TEST_F(Runs, a_start_waits_for_the_way_back_of_its_host_and_says_so) {
  const RolloutId bios = drill.start(plan_of({.waves = {2}}));
  drill.run();
  const RolloutId nic = drill.start(other_device({.waves = {2}}));
  drill.ask(Verb::roll_back, bios, "n1");
  const auto blocker = may_start({drill.fleet, drill.rollout(nic), drill.index("n1", nic), drill.now});
  ASSERT_TRUE(blocker);
  EXPECT_EQ(blocker->text, "rollout bios rolls it back first");
  EXPECT_FALSE(may_start({drill.fleet, drill.rollout(nic), drill.index("n0", nic), drill.now}));
  drill.decide_all();
  EXPECT_EQ(drill.state("n1", bios), State::rolling_back);
  EXPECT_EQ(drill.state("n1", nic), State::waiting);
  drill.run();
  EXPECT_EQ(drill.state("n1", nic), State::updated);
}

/// Whoever waits is told which rollout has the machine, that it is held, and what to type.
TEST_F(Runs, a_way_back_behind_a_rollout_that_is_held_half_way_names_the_way_out) {
  const RolloutId older = drill.start(plan_of({.waves = {1}, .per_rack = 1}));
  drill.run();
  ResolvedPlan two = other_device({.waves = {1}, .updates = 2, .per_rack = 1});
  two.components[1].kind = ComponentKind::bmc;
  const RolloutId nic = drill.start(two);
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0", nic) == State::checking; }));
  drill.ask(Verb::pause, nic);
  drill.run();
  drill.ask(Verb::roll_back, older);
  drill.decide_all();
  const std::string resume = "breakwater resume nic, or breakwater abandon nic --reason \"...\"";
  const auto blocker = may_start({drill.fleet, drill.rollout(older), 0, drill.now});
  ASSERT_TRUE(blocker);
  EXPECT_EQ(blocker->text,
            "the same machine is in flight as n0 in rollout nic, which is held half way: omar paused the rollout: "
            "as the test says");
  EXPECT_EQ(what_to_type(*blocker, "bios"), resume);
  EXPECT_THAT(drill.waits, Contains(Field(&Blocker::text, HasSubstr("in rollout nic, which is held half way"))));
  EXPECT_THAT(drill.waits, Contains(Field(&Blocker::text, HasSubstr(resume))));
  const Explanation told = explain(drill.fleet, "n0", drill.present());
  EXPECT_THAT(told.reasons, Contains(Field(&Reason::command, resume)));
}

TEST_F(Runs, a_host_that_is_quarantined_in_one_run_is_started_by_none) {
  const RolloutId bios = drill.start(plan_of({.waves = {2}}));
  drill.run();
  drill.table[{"n1", Action::roll_back}] = {ends(Outcome::Verdict::lost, Cause::lost)};
  const RolloutId nic = drill.start(other_device({.waves = {2}}));
  drill.ask(Verb::roll_back, bios, "n1");
  drill.run();
  ASSERT_EQ(drill.state("n1", bios), State::quarantined);
  EXPECT_THAT(drill.commands_of("n1", nic), IsEmpty());
  drill.ask(Verb::release, 0, "n1");
  drill.run();
  EXPECT_EQ(drill.state("n1", nic), State::updated);
}

/// It was to go back, and then another run brought something newer there: that is not flashed over.
TEST_F(Runs, what_another_run_brings_in_the_meantime_is_left_alone) {
  const RolloutId older = drill.start(plan_of({.waves = {1}}));
  drill.run();
  const RolloutId later = drill.start(newer({.waves = {1}}));
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0", later) == State::staging; }));
  drill.ask(Verb::roll_back, older);
  drill.run();
  EXPECT_THAT(drill.brought_back(older), IsEmpty());
  EXPECT_EQ(drill.state("n0", later), State::updated);
  EXPECT_TRUE(drill.rollout(older).finished);
}

TEST_F(Runs, some_hosts_are_brought_back_and_the_others_stay) {
  const RolloutId id = drill.start(plan_of({.waves = {4}}));
  drill.run();
  OperatorAsked asked{Verb::roll_back, id, "omar", "", {}, ""};
  asked.hosts = {"n1", "n3", "n9"};
  drill.record(asked);
  drill.run();
  EXPECT_THAT(drill.in(State::rolled_back), ElementsAre("n1", "n3"));
  EXPECT_THAT(drill.in(State::updated), ElementsAre("n0", "n2"));
  EXPECT_FALSE(drill.rollout().halted);
}

TEST_F(Runs, a_roll_back_keeps_the_reason_of_the_halt_before_it) {
  drill.table[{"n0", Action::check}] = {ends(Outcome::Verdict::failed, Cause::unhealthy)};
  ResolvedPlan plan = plan_of({.waves = {2}, .global = 1});
  const RolloutId id = drill.start(plan);
  drill.run();
  const std::string reason = drill.rollout().halt_reason;
  ASSERT_THAT(reason, HasSubstr("w0"));
  drill.ask(Verb::roll_back, id);
  EXPECT_EQ(drill.rollout().halt_reason, reason);
}

TEST_F(Runs, a_way_back_that_fails_does_not_hide_why_it_was_taken) {
  drill.table[{"n0", Action::check}] = {ends(Outcome::Verdict::failed, Cause::unhealthy)};
  drill.table[{"n0", Action::roll_back}] = {ends(Outcome::Verdict::failed, Cause::roll_back_failed)};
  drill.start(plan_of({.waves = {1}}));
  drill.run();
  EXPECT_EQ(drill.trip("n0").cause, Cause::roll_back_failed);
  EXPECT_THAT(drill.trip("n0").detail, HasSubstr("it went back because of unhealthy"));
}

}  // namespace
}  // namespace breakwater::runs_test
