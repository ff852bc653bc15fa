// The way back that a failure brings, of a host and of a wave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::rollback_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Outcome kIll = ends(Outcome::Verdict::failed, Cause::unhealthy);

TEST(RollBack, a_wave_comes_back_newest_first) {
  Drill drill;
  drill.folds_again = true;
  drill.table[{"n4", Action::check}] = {kIll};
  drill.start(plan_of({.waves = {1, 4}, .global = 1}));
  drill.run();
  EXPECT_THAT(drill.brought_back(), ElementsAre("n4", "n3", "n2", "n1"));
  EXPECT_EQ(drill.state("n0"), State::updated);
  EXPECT_THAT(drill.in(State::rolled_back), SizeIs(4));
  EXPECT_EQ(drill.trip("n1").cause, Cause::halted);
  EXPECT_TRUE(drill.rollout().finished);
}

TEST(RollBack, holds_the_limits) {
  Drill drill;
  drill.folds_again = true;
  drill.table[{"n11", Action::check}] = {kIll};
  int most = 0;
  int most_in_all = 0;
  drill.on_record = [&](const Recorded&) {
    for (const Domain& domain : drill.fleet.domains()) most = std::max(most, domain.away);
    most_in_all = std::max(most_in_all, drill.fleet.in_flight());
  };
  drill.start(plan_of({.waves = {12}, .racks = 3, .per_rack = 1, .global = 2}));
  drill.run();
  EXPECT_THAT(drill.in(State::rolled_back), SizeIs(12));
  EXPECT_EQ(most, 1);
  EXPECT_EQ(most_in_all, 2);
}

TEST(RollBack, undo_none_leaves_the_good_ones) {
  Drill drill;
  drill.table[{"n3", Action::check}] = {kIll};
  ResolvedPlan plan = plan_of({.waves = {4, 2}, .global = 1});
  plan.wave_failure.undo_wave = false;
  drill.start(plan);
  drill.run();
  EXPECT_THAT(drill.in(State::updated), ElementsAre("n0", "n1", "n2"));
  EXPECT_THAT(drill.in(State::rolled_back), ElementsAre("n3"));
  EXPECT_THAT(drill.in(State::not_started), ElementsAre("n4", "n5"));
}

TEST(RollBack, a_host_that_was_not_touched_halts_and_undoes_nobody) {
  for (const Action action : {Action::prepare, Action::stage}) {
    Drill drill;
    drill.folds_again = true;
    drill.table[{"n3", action}] = {ends(Outcome::Verdict::untouched, Cause::login_refused)};
    drill.start(plan_of({.waves = {1, 4}, .global = 1}));
    drill.run();
    EXPECT_TRUE(drill.rollout().halted);
    EXPECT_EQ(drill.state("n3"), State::refused);
    EXPECT_THAT(drill.brought_back(), IsEmpty());
    EXPECT_THAT(drill.in(State::updated), ElementsAre("n0", "n1", "n2"));
    EXPECT_EQ(drill.all<RolloutHalted>().at(0).undo, kUndoNone);
    EXPECT_TRUE(drill.rollout().finished);
  }
}

TEST(RollBack, a_refused_host_that_completes_a_limit_undoes_nobody) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {kIll};
  drill.table[{"n2", Action::prepare}] = {ends(Outcome::Verdict::untouched, Cause::drifted)};
  ResolvedPlan plan = plan_of({.waves = {5}, .global = 1, .gate = {Share{0}, 1}});
  plan.wave_failure.failed_hosts = 2;
  drill.start(plan);
  drill.run();
  EXPECT_TRUE(drill.rollout().halted);
  EXPECT_EQ(drill.state("n1"), State::updated);
  EXPECT_THAT(drill.brought_back(), ElementsAre("n0"));
}

/// The rollout halted by a host that was not touched; what is in flight then fails by the image.
TEST(RollBack, a_failure_after_such_a_halt_undoes_the_wave) {
  Drill drill;
  drill.folds_again = true;
  drill.table[{"n2", Action::check}] = {kIll};
  drill.table[{"n3", Action::stage}] = {ends(Outcome::Verdict::untouched, Cause::login_refused)};
  drill.start(plan_of({.waves = {4}, .racks = 4, .global = 2}));
  drill.run();
  EXPECT_EQ(drill.state("n3"), State::refused);
  EXPECT_THAT(drill.in(State::rolled_back), ElementsAre("n0", "n1", "n2"));
  const auto halts = drill.all<RolloutHalted>();
  ASSERT_THAT(halts, SizeIs(2));
  EXPECT_EQ(halts[0].undo, kUndoNone);
  EXPECT_EQ(halts[1].undo, Undo::of_wave(0));
  EXPECT_TRUE(drill.rollout().finished);
}

/// Found by the simulation: what the halt itself rolled back counted as failed, and undid the well ones.
TEST(RollBack, what_such_a_halt_rolls_back_is_no_failure_of_the_image) {
  Drill drill;
  drill.folds_again = true;
  drill.table[{"n2", Action::prepare}] = {ends(Outcome::Verdict::untouched, Cause::unreachable)};
  ResolvedPlan plan = plan_of({.waves = {3}, .racks = 3, .updates = 3, .global = 2});
  plan.hosts[1].updates.resize(1);
  drill.start(plan);
  drill.run();
  EXPECT_EQ(drill.state("n2"), State::refused);
  EXPECT_EQ(drill.state("n0"), State::rolled_back) << "half updated, and halted";
  EXPECT_EQ(drill.state("n1"), State::updated);
}

TEST(RollBack, a_host_is_brought_back_once) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {kIll};
  drill.table[{"n0", Action::check_back}] = {kIll};
  drill.start(plan_of({.waves = {1}}));
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_THAT(drill.brought_back(), SizeIs(1));
}

TEST(RollBack, without_it_a_failed_host_is_quarantined) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {kIll};
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.roll_back_host = false;
  drill.start(plan);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_EQ(drill.fleet.quarantines().find("n0")->second.cause, Cause::unhealthy);
}

TEST(RollBack, an_irreversible_host_that_fails_is_quarantined) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {kIll};
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.hosts[0].updates[0].way_back = WayBack::none;
  drill.start(plan);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined);
}

TEST(RollBack, an_irreversible_host_that_is_well_stays_updated) {
  Drill drill;
  drill.table[{"n1", Action::check}] = {kIll};
  ResolvedPlan plan = plan_of({.waves = {2}, .global = 1});
  plan.hosts[0].updates[0].way_back = WayBack::none;
  drill.start(plan);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::updated);
  EXPECT_EQ(drill.trip("n0").cause, Cause::no_way_back);
  EXPECT_TRUE(drill.rollout().finished);
}

TEST(RollBack, several_components_go_one_after_the_other) {
  Drill drill;
  drill.start(plan_of({.waves = {1}, .updates = 2}));
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"),
              ElementsAre("prepare", "stage 0", "activate 0", "check", "stage 1", "activate 1", "check"));
  EXPECT_EQ(drill.state("n0"), State::updated);
}

TEST(RollBack, several_components_come_back_in_reverse) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {done(), kIll};
  drill.start(plan_of({.waves = {1}, .updates = 2}));
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"), ElementsAre("prepare", "stage 0", "activate 0", "check", "stage 1", "activate 1",
                                                   "check", "roll_back 1", "roll_back 0", "check_back"));
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
}

TEST(RollBack, only_what_was_touched_comes_back) {
  Drill drill;
  drill.table[{"n0", Action::stage}] = {done(), ends(Outcome::Verdict::untouched, Cause::image_refused)};
  drill.start(plan_of({.waves = {1}, .updates = 2}));
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"),
              ElementsAre("prepare", "stage 0", "activate 0", "check", "stage 1", "roll_back 0", "check_back"));
}

/// What our own side refuses to send says nothing of what was sent.
TEST(RollBack, a_half_updated_host_whose_next_image_our_own_side_refuses_undoes_nobody_else) {
  Drill drill;
  drill.table[{"n1", Action::stage}] = {done(), ends(Outcome::Verdict::untouched, Cause::image_refused)};
  drill.start(plan_of({.waves = {2}, .updates = 2, .global = 1, .gate = {Share{10'000}, 1}}));
  drill.run();
  EXPECT_EQ(drill.state("n1"), State::rolled_back);
  EXPECT_TRUE(drill.rollout().halted);
  EXPECT_EQ(drill.state("n0"), State::updated);
}

TEST(RollBack, an_activation_that_changed_nothing_is_only_checked) {
  Drill drill;
  drill.table[{"n0", Action::activate}] = {ends(Outcome::Verdict::untouched, Cause::unchanged)};
  drill.start(plan_of({.waves = {1}}));
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"), ElementsAre("prepare", "stage 0", "activate 0", "check_back"));
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
  EXPECT_EQ(drill.trip("n0").cause, Cause::unchanged);
}

TEST(RollBack, a_halt_cancels_what_is_staged) {
  Drill drill;
  drill.table[{"n1", Action::prepare}] = {ends(Outcome::Verdict::untouched, Cause::drifted)};
  drill.start(plan_of({.waves = {2}, .gate = {Share{10'000}, 1}}));
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"), testing::Contains("cancel 0"));
  EXPECT_EQ(drill.state("n0"), State::not_started);
  EXPECT_EQ(drill.trip("n0").cause, Cause::halted);
}

TEST(RollBack, an_armed_host_is_quarantined) {
  Drill drill;
  drill.table[{"n1", Action::prepare}] = {ends(Outcome::Verdict::untouched, Cause::drifted)};
  drill.table[{"n0", Action::cancel}] = {ends(Outcome::Verdict::failed, Cause::armed)};
  drill.start(plan_of({.waves = {2}}));
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_EQ(drill.fleet.quarantines().find("n0")->second.cause, Cause::armed);
}

/// Without a conductor a back-off stands still: an upload comes as late after the resume as it would have come.
TEST(BackOff, what_passed_without_a_conductor_does_not_count) {
  Drill drill;
  drill.folds_again = true;
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.attempts = {.upload = 2, .backoff_first = std::chrono::minutes(10), .backoff_most = std::chrono::minutes(10)};
  drill.table[{"n0", Action::stage}] = {ends(Outcome::Verdict::untouched, Cause::upload_failed), done()};
  const RolloutId id = drill.start(plan);
  const HostTrip& trip = drill.trip("n0");
  ASSERT_TRUE(drill.run_until([&] { return trip.not_before > drill.now.steady; }));
  drill.now = {drill.now.steady + std::chrono::hours(5), drill.now.wall + std::chrono::hours(5)};
  drill.record(ConductorStarted{id, 7});
  const Instant resumed = drill.now.steady;
  ASSERT_TRUE(drill.run_until([&] { return trip.state == State::staged; }));
  EXPECT_EQ(drill.now.steady, resumed + std::chrono::minutes(10) + drill.each);
}

TEST(BackOff, is_twice_as_long_each_time_up_to_its_most) {
  Drill drill;
  ResolvedPlan plan = plan_of({.waves = {1}});
  using std::chrono::minutes;
  plan.attempts = {.upload = 5, .backoff_first = minutes(10), .backoff_most = minutes(35)};
  drill.table[{"n0", Action::stage}] = {ends(Outcome::Verdict::untouched, Cause::upload_failed)};
  std::vector<Duration> waits;
  drill.on_record = [&drill, &waits](const Recorded& record) {
    if (!std::holds_alternative<CommandEnded>(record.event)) return;
    const Duration wait = drill.trip("n0").not_before - record.at;
    if (wait > Duration(0)) waits.push_back(wait);
  };
  drill.start(plan);
  drill.run();
  EXPECT_EQ(waits, (std::vector<Duration>{minutes(10), minutes(20), minutes(35), minutes(35)}));
  EXPECT_EQ(drill.state("n0"), State::refused);
}

TEST(RollBack, a_halt_sends_no_further_image_to_a_half_updated_host) {
  Drill drill;
  drill.folds_again = true;
  ResolvedPlan plan = plan_of({.waves = {2}, .updates = 2});
  plan.attempts.upload = 3;
  drill.table[{"n0", Action::stage}] = {done(), ends(Outcome::Verdict::untouched, Cause::upload_failed)};
  drill.start(plan);
  const HostTrip& trip = drill.trip("n0");
  ASSERT_TRUE(drill.run_until([&] { return trip.touched == 1 && trip.not_before > drill.now.steady; }));
  const std::size_t before = drill.commands_of("n0").size();
  drill.ask(Verb::roll_back, 1);
  drill.run();
  std::vector<std::string> after = drill.commands_of("n0");
  after.erase(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(before));
  EXPECT_THAT(after, ElementsAre("roll_back 0", "check_back"));
}

/// `rollback.host` speaks of a host that fails: one that did not, and is held half updated, is no failure.
TEST(RollBack, without_it_a_half_updated_host_that_did_not_fail_comes_back) {
  struct Held {
    State state;  ///< with the first component updated
    bool undo_wave;
    std::vector<std::string> after;
  };
  const std::vector<Held> all = {
      {State::staging, true, {"cancel 1", "roll_back 0", "check_back"}},
      {State::staging, false, {"cancel 1", "roll_back 0", "check_back"}},
      {State::checking, true, {"roll_back 0", "check_back"}},
      {State::checking, false, {"roll_back 0", "check_back"}},
  };
  for (const Held& held : all) {
    Drill drill;
    drill.folds_again = true;
    ResolvedPlan plan = plan_of({.waves = {2}, .updates = 2});
    plan.roll_back_host = false;
    drill.start(plan);
    const HostTrip& trip = drill.trip("n0");
    ASSERT_TRUE(drill.run_until([&] { return trip.touched == 1 && trip.open && trip.state == held.state; }));
    const std::size_t before = drill.commands_of("n0").size();
    drill.record(RolloutHalted{1, "as a test says", held.undo_wave ? Undo::of_wave(0) : kUndoNone});
    drill.run();
    std::vector<std::string> after = drill.commands_of("n0");
    after.erase(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(before));
    EXPECT_EQ(after, held.after);
    EXPECT_EQ(drill.state("n0"), State::rolled_back);
    EXPECT_EQ(trip.cause, Cause::halted);
  }
}

TEST(Uploads, are_tried_again_later_each_time) {
  Drill drill;
  drill.folds_again = true;
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.attempts = {4, std::chrono::seconds(30), std::chrono::seconds(50)};
  const Outcome cut = ends(Outcome::Verdict::untouched, Cause::upload_failed);
  drill.table[{"n0", Action::stage}] = {cut, cut, cut, done()};
  drill.start(plan);
  drill.run();
  std::vector<Instant> sent;
  for (const Recorded& one : drill.records) {
    const auto* issued = std::get_if<CommandIssued>(&one.event);
    if (issued && issued->command.action == Action::stage) sent.push_back(one.at);
  }
  ASSERT_THAT(sent, SizeIs(4));
  EXPECT_EQ(sent[1] - sent[0], drill.each + std::chrono::seconds(30));
  EXPECT_EQ(sent[2] - sent[1], drill.each + std::chrono::seconds(50));
  EXPECT_EQ(sent[3] - sent[2], drill.each + std::chrono::seconds(50));
  EXPECT_EQ(drill.state("n0"), State::updated);
  EXPECT_EQ(drill.trip("n0").cause, Cause::none);
  EXPECT_EQ(drill.trip("n0").detail, "");
}

TEST(Uploads, are_given_up_after_the_last_attempt) {
  Drill drill;
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.attempts.upload = 2;
  drill.table[{"n0", Action::stage}] = {ends(Outcome::Verdict::untouched, Cause::upload_failed)};
  drill.start(plan);
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"), ElementsAre("prepare", "stage 0", "stage 0"));
  EXPECT_EQ(drill.state("n0"), State::refused);
}

}  // namespace
}  // namespace breakwater::rollback_test
