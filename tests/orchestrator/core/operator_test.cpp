// Pause, resume, stop, leaving, windows: what an operator and the calendar hold back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "orchestrator/core/trip_time.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::operator_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

bool waits_for(const Drill& drill, StartRule reason) {
  return std::any_of(drill.waits.begin(), drill.waits.end(), [&](const Blocker& wait) { return wait.rule == reason; });
}

TEST(Pause, nothing_new_starts_and_what_is_in_flight_finishes) {
  Drill drill;
  drill.folds_again = true;
  const RolloutId id = drill.start(plan_of({.waves = {4}, .global = 1}));
  drill.run_until([&] { return drill.state("n0") == State::staged; });
  drill.ask(Verb::pause, id);
  drill.run();
  EXPECT_THAT(drill.in(State::updated), ElementsAre("n0"));
  EXPECT_THAT(drill.in(State::waiting), SizeIs(3));
  EXPECT_TRUE(waits_for(drill, StartRule::paused));
  drill.ask(Verb::resume, id);
  drill.run();
  EXPECT_THAT(drill.in(State::updated), SizeIs(4));
}

TEST(Pause, no_gate_is_judged) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {1, 1}}));
  drill.run_until([&] { return drill.state("n0") == State::checking; });
  drill.ask(Verb::pause, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::updated);
  EXPECT_THAT(drill.all<GateJudged>(), IsEmpty());
  EXPECT_TRUE(waits_for(drill, StartRule::paused));
}

TEST(Pause, what_fails_goes_back_once_that_is_resumed) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {ends(Outcome::Verdict::failed, Cause::unhealthy)};
  const RolloutId id = drill.start(plan_of({.waves = {1, 1}}));
  drill.run_until([&] { return drill.state("n0") == State::checking; });
  drill.ask(Verb::pause, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolling_back);
  EXPECT_FALSE(drill.trip("n0").open);
  EXPECT_TRUE(waits_for(drill, StartRule::paused));
  drill.ask(Verb::resume, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
  EXPECT_TRUE(drill.rollout().finished);
}

TEST(Stop, a_staged_image_is_taken_back_and_the_host_may_start_again) {
  Drill drill;
  drill.folds_again = true;
  const RolloutId id = drill.start(plan_of({.waves = {2}}));
  drill.run_until([&] { return drill.state("n0") == State::staged || drill.state("n1") == State::staged; });
  drill.ask(Verb::stop, id);
  drill.run();
  EXPECT_THAT(drill.in(State::waiting), ElementsAre("n0", "n1"));
  EXPECT_EQ(drill.rollout().in_flight, 0u);
  EXPECT_THAT(drill.commands(), testing::Contains("n0 cancel 0"));
  EXPECT_TRUE(waits_for(drill, StartRule::stopped));
  drill.ask(Verb::resume, id);
  drill.run();
  EXPECT_THAT(drill.in(State::updated), SizeIs(2));
}

TEST(Stop, an_image_that_cannot_be_taken_back_leaves_the_host_quarantined) {
  Drill drill;
  drill.table[{"n0", Action::cancel}] = {ends(Outcome::Verdict::failed, Cause::armed)};
  const RolloutId id = drill.start(plan_of({.waves = {1}}));
  drill.run_until([&] { return drill.state("n0") == State::staging && drill.trip("n0").open; });
  drill.ask(Verb::stop, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_EQ(drill.trip("n0").cause, Cause::armed);
}

TEST(Stop, in_preparing_nothing_is_sent) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {1}}));
  drill.decide_all();
  drill.ask(Verb::stop, id);
  drill.run();
  EXPECT_THAT(drill.commands(), ElementsAre("n0 prepare"));
  EXPECT_EQ(drill.state("n0"), State::waiting);
}

TEST(Stop, between_two_commands_the_host_is_free_at_once) {
  for (const bool stages : {true, false}) {
    Drill drill;
    drill.stages = stages;
    const RolloutId id = drill.start(plan_of({.waves = {1}}));
    drill.run_until([&] { return drill.state("n0") == (stages ? State::staging : State::activating); });
    ASSERT_FALSE(drill.trip("n0").open);
    drill.ask(Verb::stop, id);
    EXPECT_EQ(drill.state("n0"), State::waiting);
    drill.run();
    EXPECT_THAT(drill.commands(), ElementsAre("n0 prepare"));
    drill.ask(Verb::resume, id);
    drill.run();
    EXPECT_EQ(drill.state("n0"), State::updated);
  }
}

TEST(Stop, while_an_upload_backs_off) {
  Drill drill;
  drill.folds_again = true;
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.attempts.upload = 3;
  drill.table[{"n0", Action::stage}] = {ends(Outcome::Verdict::untouched, Cause::upload_failed), done()};
  const RolloutId id = drill.start(plan);
  drill.run_until([&] { return drill.trip("n0").uploads == 1 && !drill.trip("n0").open; });
  drill.ask(Verb::stop, id);
  EXPECT_EQ(drill.state("n0"), State::waiting);
  drill.run();
  drill.ask(Verb::resume, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::updated);
  EXPECT_EQ(drill.trip("n0").cause, Cause::none);
}

TEST(Stop, an_activation_is_finished) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {1, 1}}));
  drill.run_until([&] { return drill.state("n0") == State::activating; });
  drill.ask(Verb::stop, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::updated);
  EXPECT_EQ(drill.state("n1"), State::waiting);
}

TEST(Leaving, nothing_new_starts) {
  Drill drill;
  drill.start(plan_of({.waves = {4}, .global = 1}));
  drill.run_until([&] { return drill.state("n0") == State::staging; });
  drill.starts = Starts::none;
  drill.run();
  EXPECT_THAT(drill.in(State::updated), ElementsAre("n0"));
  EXPECT_EQ(drill.rollout().in_flight, 0u);
}

// Those that wait for room are out of the way, and are not asked one by one what keeps them.
TEST(Leaving, is_told_where_every_host_that_waits_is_in_a_full_domain_and_an_operators_word_before_it) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {3}, .racks = 1, .per_rack = 1}));
  drill.run_until([&] { return drill.state("n0") == State::staging; });
  const auto rules = [&](Starts starts) {
    std::vector<std::string> words;
    for (const Blocker& wait : decide(drill.fleet, id, drill.now, starts).waits) {
      words.emplace_back(row_of(wait.rule).word);
    }
    return words;
  };
  ASSERT_TRUE(drill.rollout().starts[0].ready().empty());
  EXPECT_EQ(rules(Starts::allowed).front(), "DomainFull");
  EXPECT_EQ(rules(Starts::none).front(), "Leaving");
  drill.ask(Verb::pause, id);
  EXPECT_EQ(rules(Starts::none).front(), "Paused");
}

TEST(Leaving, a_halt_starts_no_way_back_and_the_host_in_flight_finishes_its_own) {
  Drill drill;
  drill.folds_again = true;
  drill.table[{"n1", Action::check}] = {ends(Outcome::Verdict::failed, Cause::unhealthy)};
  drill.start(plan_of({.waves = {3}, .global = 1}));
  drill.run_until([&] { return drill.state("n1") == State::checking; });
  drill.starts = Starts::none;
  drill.run();
  EXPECT_TRUE(drill.rollout().halted);
  EXPECT_EQ(drill.state("n1"), State::rolled_back);
  EXPECT_EQ(drill.state("n0"), State::updated);
  EXPECT_TRUE(waits_for(drill, StartRule::leaving));
  EXPECT_FALSE(drill.rollout().finished);
  drill.starts = Starts::allowed;
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
  EXPECT_TRUE(drill.rollout().finished);
}

struct Windows : testing::Test {
  Windows() {
    plan = plan_of({.waves = {2}, .global = 1});
    plan.calendar.always_open = false;
    plan.calendar.windows = {{kBegin + hours(2), kBegin + hours(4), "night"},
                             {kBegin + hours(26), kBegin + hours(28), "night"}};
    plan.calendar.horizon = kBegin + hours(100);
  }
  ResolvedPlan plan;
  Drill drill;
};

TEST_F(Windows, nothing_starts_outside) {
  drill.start(plan);
  EXPECT_EQ(drill.decide_all(), 0u);
  ASSERT_TRUE(waits_for(drill, StartRule::window));
  EXPECT_EQ(drill.waits[0].until, kBegin + hours(2));
  drill.run();
  EXPECT_EQ(drill.trip("n0").started, kBegin + hours(2));
  EXPECT_THAT(drill.in(State::updated), SizeIs(2));
}

/// An earlier process ran eight hours ahead: the steady clock stays there, and no window is closed for that.
TEST_F(Windows, a_lead_that_was_put_right_closes_no_window) {
  drill.start(plan);
  drill.now = {kBegin + hours(10), kBegin + hours(2)};
  EXPECT_GT(drill.decide_all(), 0u);
}

TEST_F(Windows, the_steady_clock_opens_no_window) {
  drill.start(plan);
  drill.now = {kBegin + hours(2), kBegin};
  EXPECT_EQ(drill.decide_all(), 0u);
  ASSERT_TRUE(waits_for(drill, StartRule::window));
  EXPECT_EQ(drill.waits[0].wake, kBegin + hours(4)) << "two hours from now";
}

TEST_F(Windows, no_host_starts_too_late_for_its_whole_update) {
  const Instant last = kBegin + hours(4) - update_time(plan, plan.hosts[0]);
  drill.start(plan);
  drill.now = {last + Duration(1), last + Duration(1)};
  EXPECT_EQ(drill.decide_all(), 0u);
  drill.now = {last, last};
  EXPECT_EQ(drill.decide_all(), 1u);
  drill.run();
  EXPECT_EQ(drill.trip("n0").started, last);
  EXPECT_EQ(drill.trip("n1").started, kBegin + hours(26));
}

/// A pause, a restart or a slow upload held it up: it is not reset in a window that is about to close.
TEST_F(Windows, a_staged_host_whose_window_has_no_room_left_goes_back_into_the_line) {
  drill.folds_again = true;
  drill.start(plan);
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0") == State::staging; }));
  drill.now = {kBegin + hours(4) - minutes(34), kBegin + hours(4) - minutes(34)};
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"),
              ElementsAre("prepare", "stage 0", "cancel 0", "prepare", "stage 0", "activate 0", "check"));
  EXPECT_EQ(drill.trip("n0").started, kBegin + hours(26));
}

/// Between its components it neither goes on in a freeze, nor back: it waits where it is, and says for what.
TEST_F(Windows, a_half_updated_host_waits_for_the_next_window) {
  ResolvedPlan two = plan_of({.waves = {1}, .updates = 2});
  two.calendar = plan.calendar;
  drill.folds_again = true;
  drill.start(two);
  const HostTrip& trip = drill.trip("n0");
  ASSERT_TRUE(drill.run_until([&] { return trip.state == State::checking; }));
  drill.now = {kBegin + hours(5), kBegin + hours(5)};
  ASSERT_TRUE(drill.run_until([&] { return trip.state == State::staging && !trip.open; }));
  drill.decide_all();
  EXPECT_TRUE(waits_for(drill, StartRule::window));
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"),
              ElementsAre("prepare", "stage 0", "activate 0", "check", "stage 1", "activate 1", "check"));
  EXPECT_EQ(drill.state("n0"), State::updated);
  EXPECT_GE(drill.now.wall, kBegin + hours(26));
}

TEST_F(Windows, every_hosts_own_trip_must_fit) {
  plan = plan_of({.waves = {3}, .updates = 2, .global = 10});
  plan.calendar.always_open = false;
  plan.calendar.windows = {{kBegin, kBegin + hours(1), "short"}, {kBegin + hours(26), kBegin + hours(28), "night"}};
  plan.hosts[0].updates.pop_back();
  drill.start(plan);
  drill.decide_all();
  EXPECT_THAT(drill.in(State::preparing), ElementsAre("n0"));
  EXPECT_TRUE(waits_for(drill, StartRule::too_late));
  drill.run();
  EXPECT_EQ(drill.trip("n1").started, kBegin + hours(26));
}

TEST_F(Windows, what_is_in_flight_and_what_goes_back_is_exempt) {
  plan.waves[0].gate = Gate{Share{0}, 1};
  plan.hosts.resize(1);
  plan.waves[0].hosts = 1;
  const RolloutId id = drill.start(plan);
  drill.now = {kBegin + hours(3), kBegin + hours(3)};
  drill.on_act = [&](const Event& event) {
    const auto* issued = std::get_if<CommandIssued>(&event);
    if (issued && issued->command.action == Action::activate) drill.each = hours(1);
  };
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::updated);
  EXPECT_GT(drill.now.steady, kBegin + hours(4));
  drill.ask(Verb::roll_back, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
  EXPECT_LT(drill.now.steady, kBegin + hours(26));
}

TEST_F(Windows, a_freeze_holds_starts_back) {
  plan.calendar.always_open = true;
  plan.calendar.windows.clear();
  plan.calendar.freezes = {{kBegin - hours(1), kBegin + hours(9), "black-friday"}};
  drill.start(plan);
  EXPECT_EQ(drill.decide_all(), 0u);
  ASSERT_TRUE(waits_for(drill, StartRule::freeze));
  EXPECT_THAT(drill.waits[0].text, HasSubstr("freeze black-friday"));
  drill.run();
  EXPECT_EQ(drill.trip("n0").started, kBegin + hours(9));
}

TEST_F(Windows, without_any_window_left_there_is_no_wake) {
  plan.calendar.windows = {{kBegin + hours(2), kBegin + hours(2) + minutes(10), "tiny"}};
  drill.start(plan);
  const Decision decision = decide(drill.fleet, 1, drill.now);
  EXPECT_THAT(decision.acts, IsEmpty());
  EXPECT_FALSE(decision.wake);
  ASSERT_THAT(decision.waits, SizeIs(1));
  EXPECT_THAT(decision.waits[0].text, HasSubstr("no maintenance window of the plan is long enough"));
}

TEST(Evidence, belongs_to_the_open_command) {
  Drill drill;
  drill.start(plan_of({.waves = {1}}));
  drill.decide_all();
  const CommandId command = drill.trip("n0").open->id;
  drill.record(EvidenceSeen{command, 1, 0, {Evidence::Kind::session, "/s/1"}});
  drill.record(EvidenceSeen{command + 100, 1, 0, {Evidence::Kind::session, "/s/2"}});
  ASSERT_THAT(drill.trip("n0").evidence, SizeIs(1));
  EXPECT_EQ(drill.trip("n0").evidence[0].text, "/s/1");
}

TEST(Evidence, an_end_of_another_command_changes_nothing) {
  Drill drill;
  drill.start(plan_of({.waves = {1}}));
  drill.decide_all();
  const std::string before = facts(drill.fleet);
  const CommandId command = drill.trip("n0").open->id;
  drill.record(CommandEnded{command + 7, 1, 0, done()});
  EXPECT_EQ(drill.trip("n0").open->id, command);
  EXPECT_EQ(drill.state("n0"), State::preparing);
}

}  // namespace
}  // namespace breakwater::operator_test
