// Waves, soak, gates and failure limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::waves_test {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Outcome kIll = ends(Outcome::Verdict::failed, Cause::unhealthy);

TEST(Waves, a_host_goes_step_by_step) {
  Drill drill;
  drill.start(plan_of({.waves = {1}}));
  drill.run();
  EXPECT_THAT(drill.commands(), ElementsAre("n0 prepare", "n0 stage 0", "n0 activate 0", "n0 check"));
  EXPECT_EQ(drill.state("n0"), State::updated);
  EXPECT_TRUE(drill.rollout().finished);
}

TEST(Waves, where_the_service_cannot_stage_the_upload_activates) {
  Drill drill;
  drill.stages = false;
  drill.start(plan_of({.waves = {1}}));
  drill.run();
  EXPECT_THAT(drill.commands(), ElementsAre("n0 prepare", "n0 activate 0", "n0 check"));
  EXPECT_TRUE(drill.all<CommandIssued>()[1].command.upload);
  EXPECT_EQ(drill.all<CommandIssued>()[2].command.update, 1u);
}

TEST(Waves, come_in_order_and_only_after_the_gate_record) {
  Drill drill;
  drill.folds_again = true;
  drill.start(plan_of({.waves = {2, 3, 4}}));
  drill.run();
  EXPECT_THAT(drill.in(State::updated), SizeIs(9));
  std::uint32_t open = 0;
  for (const Recorded& one : drill.records) {
    if (const auto* judged = std::get_if<GateJudged>(&one.event)) {
      EXPECT_EQ(judged->verdict, GateVerdict::pass);
      EXPECT_EQ(judged->wave, open++);
    }
    if (const auto* issued = std::get_if<CommandIssued>(&one.event)) {
      EXPECT_LE(drill.rollout().plan->hosts[issued->command.host].wave, open);
    }
  }
  EXPECT_EQ(open, 3u);
  EXPECT_TRUE(std::holds_alternative<RolloutFinished>(drill.records.back().event));
}

TEST(Waves, hosts_that_are_current_count_as_well) {
  Drill drill;
  drill.table[{"n0", Action::prepare}] = {ends(Outcome::Verdict::current, Cause::none)};
  drill.start(plan_of({.waves = {1, 1}}));
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::current);
  EXPECT_EQ(drill.state("n1"), State::updated);
}

TEST(Soak, lasts_its_time_from_the_last_end) {
  Drill drill;
  drill.start(plan_of({.waves = {2, 1}, .soak = hours(24)}));
  drill.run();
  Instant last_end;
  Instant updated;
  Instant judged;
  for (const Recorded& one : drill.records) {
    const auto* ended = std::get_if<CommandEnded>(&one.event);
    if (ended && judged == Instant()) last_end = one.at;
    if (ended && judged == Instant() && ended->input == Input::all_hold) updated = one.at;
    if (std::holds_alternative<GateJudged>(one.event) && judged == Instant()) judged = one.at;
  }
  EXPECT_EQ(judged, last_end) << "right after the last look";
  EXPECT_EQ(judged, updated + hours(24) + drill.each);
}

/// The next process came up five hours later, or its clock runs ahead: nobody conducted in between.
TEST(Soak, what_passed_without_a_conductor_does_not_count) {
  Drill drill;
  drill.folds_again = true;
  const RolloutId id = drill.start(plan_of({.waves = {1, 1}, .soak = hours(24)}));
  drill.run_until([&] { return drill.state("n0") == State::updated; });
  const Instant ended = drill.now.steady;
  drill.now = {drill.now.steady + hours(2), drill.now.wall + hours(2)};
  drill.ask(Verb::pause, id);
  drill.ask(Verb::resume, id);
  drill.now = {drill.now.steady + hours(3), drill.now.wall + hours(3)};
  drill.record(ConductorStarted{id, 7});
  drill.run();
  EXPECT_EQ(drill.trip("n1").started, ended + hours(24 + 5) + drill.each) << "after the last look";
}

TEST(Soak, a_jump_of_the_wall_clock_does_not_shorten_it) {
  Drill drill;
  drill.start(plan_of({.waves = {1, 1}, .soak = hours(24)}));
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0") == State::updated; }));
  drill.now.wall += hours(48);
  EXPECT_EQ(drill.decide_all(), 0u);
  ASSERT_THAT(drill.waits, SizeIs(1));
  EXPECT_EQ(drill.waits[0].rule, StartRule::soak);
  EXPECT_EQ(drill.waits[0].until, drill.now.wall + hours(24));
  const Instant ended = drill.now.steady;
  drill.now.steady += hours(24) - Duration(1);
  drill.decide_all();
  EXPECT_THAT(drill.all<GateJudged>(), IsEmpty());
  drill.run();
  EXPECT_GE(drill.trip("n1").started, ended + hours(24));
}

TEST(Halt, a_failed_canary_leaves_the_rest_untouched) {
  Drill drill;
  drill.folds_again = true;
  drill.table[{"n0", Action::check}] = {kIll};
  drill.start(plan_of({.waves = {1, 3}}));
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
  EXPECT_EQ(drill.trip("n0").cause, Cause::unhealthy);
  EXPECT_THAT(drill.in(State::not_started), ElementsAre("n1", "n2", "n3"));
  EXPECT_TRUE(drill.rollout().halted);
  EXPECT_TRUE(drill.rollout().finished);
  for (const std::string& command : drill.commands()) EXPECT_THAT(command, testing::StartsWith("n0 "));
  EXPECT_THAT(drill.rollout().halt_reason, HasSubstr("cannot be reached any more"));
}

TEST(Halt, the_gate_halts_as_soon_as_it_cannot_be_reached) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {kIll};
  drill.start(plan_of({.waves = {10}, .racks = 10, .global = 2, .gate = {Share{9'500}, 1}}));
  drill.run();
  EXPECT_TRUE(drill.rollout().halted);
  EXPECT_THAT(drill.in(State::not_started), testing::Not(IsEmpty()));
}

TEST(Halt, a_gate_that_allows_a_failure_goes_on) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {kIll};
  drill.start(plan_of({.waves = {10, 1}, .racks = 10, .gate = {Share{9'000}, 1}}));
  drill.run();
  EXPECT_FALSE(drill.rollout().halted);
  EXPECT_THAT(drill.in(State::updated), SizeIs(10));
}

TEST(Halt, a_gate_with_too_few_hosts_fails_before_anybody_is_touched) {
  Drill drill;
  drill.start(plan_of({.waves = {2, 1}, .gate = {Share{5'000}, 3}}));
  drill.run();
  EXPECT_TRUE(drill.rollout().halted);
  EXPECT_THAT(drill.in(State::not_started), SizeIs(3));
}

TEST(Halt, failed_hosts_are_counted) {
  Drill drill;
  for (const char* host : {"n0", "n1"}) drill.table[{host, Action::check}] = {kIll};
  ResolvedPlan plan = plan_of({.waves = {10}, .racks = 10, .global = 1, .gate = {Share{0}, 1}});
  plan.wave_failure.failed_hosts = 2;
  plan.wave_failure.undo_wave = false;
  drill.start(plan);
  drill.run();
  EXPECT_THAT(drill.rollout().halt_reason, HasSubstr("2 of 2 completed hosts failed, the limit is 2"));
  EXPECT_THAT(drill.in(State::not_started), SizeIs(8));
}

TEST(Halt, the_failed_share_counts_from_its_minimum_on) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {kIll};
  ResolvedPlan plan = plan_of({.waves = {10}, .racks = 10, .global = 1, .gate = {Share{0}, 1}});
  plan.wave_failure.failed_share = Share{2'000};
  plan.wave_failure.min_hosts = 5;
  drill.start(plan);
  drill.run();
  EXPECT_THAT(drill.rollout().halt_reason, HasSubstr("1 of 5 completed hosts failed, the limit is 20%"));
}

TEST(Halt, a_gate_judged_failed_before_a_crash_still_halts) {
  Drill drill;
  drill.start(plan_of({.waves = {2, 1}, .gate = {Share{5'000}, 2}}));
  drill.run_until([&] { return drill.in(State::updated).size() == 2; });
  drill.record(GateJudged{1, 0, GateVerdict::fail, "as it was judged"});
  drill.run();
  EXPECT_TRUE(drill.rollout().halted);
  EXPECT_TRUE(drill.rollout().finished);
}

}  // namespace
}  // namespace breakwater::waves_test
