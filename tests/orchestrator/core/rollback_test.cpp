// The way back: of a host, of a wave, of a rollout; by itself and asked for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Outcome kIll = ends(Outcome::Verdict::failed, Cause::unhealthy);
const Outcome kLost = ends(Outcome::Verdict::lost, Cause::lost);

/// Names of the hosts in the order in which their way back was ordered.
std::vector<std::string> brought_back(const Drill& drill, RolloutId id = 1) {
  std::vector<std::string> names;
  for (const std::string& command : drill.commands(id)) {
    const std::size_t at = command.find(" roll_back");
    if (at != std::string::npos) names.push_back(command.substr(0, at));
  }
  return names;
}

TEST(RollBack, AWaveComesBackNewestFirst) {
  Drill drill;
  drill.folds_again = true;
  drill.table[{"n4", Action::check}] = {kIll};
  drill.start(plan_of({.waves = {1, 4}, .global = 1}));
  drill.run();
  EXPECT_THAT(brought_back(drill), ElementsAre("n4", "n3", "n2", "n1"));
  EXPECT_EQ(drill.state("n0"), State::updated);
  EXPECT_THAT(drill.in(State::rolled_back), SizeIs(4));
  EXPECT_EQ(drill.trip("n1").cause, Cause::halted);
  EXPECT_TRUE(drill.rollout().finished);
}

TEST(RollBack, HoldsTheLimits) {
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

TEST(RollBack, UndoNoneLeavesTheGoodOnes) {
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

TEST(RollBack, AHostIsBroughtBackOnce) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {kIll};
  drill.table[{"n0", Action::check_back}] = {kIll};
  drill.start(plan_of({.waves = {1}}));
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_THAT(brought_back(drill), SizeIs(1));
}

TEST(RollBack, WithoutItAFailedHostIsQuarantined) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {kIll};
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.roll_back_host = false;
  drill.start(plan);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_EQ(drill.fleet.quarantines().at("n0").cause, Cause::unhealthy);
}

TEST(RollBack, AnIrreversibleHostThatFailsIsQuarantined) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {kIll};
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.hosts[0].updates[0].way_back = WayBack::none;
  drill.start(plan);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined);
}

TEST(RollBack, AnIrreversibleHostThatIsWellStaysUpdated) {
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

TEST(RollBack, SeveralComponentsGoOneAfterTheOther) {
  Drill drill;
  drill.start(plan_of({.waves = {1}, .updates = 2}));
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"),
              ElementsAre("prepare", "stage 0", "activate 0", "check", "stage 1", "activate 1", "check"));
  EXPECT_EQ(drill.state("n0"), State::updated);
}

TEST(RollBack, SeveralComponentsComeBackInReverse) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {done(), kIll};
  drill.start(plan_of({.waves = {1}, .updates = 2}));
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"), ElementsAre("prepare", "stage 0", "activate 0", "check", "stage 1", "activate 1",
                                                   "check", "roll_back 1", "roll_back 0", "check_back"));
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
}

TEST(RollBack, OnlyWhatWasTouchedComesBack) {
  Drill drill;
  drill.table[{"n0", Action::stage}] = {done(), ends(Outcome::Verdict::untouched, Cause::image_refused)};
  drill.start(plan_of({.waves = {1}, .updates = 2}));
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"),
              ElementsAre("prepare", "stage 0", "activate 0", "check", "stage 1", "roll_back 0", "check_back"));
}

TEST(RollBack, AnActivationThatChangedNothingIsOnlyChecked) {
  Drill drill;
  drill.table[{"n0", Action::activate}] = {ends(Outcome::Verdict::untouched, Cause::unchanged)};
  drill.start(plan_of({.waves = {1}}));
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"), ElementsAre("prepare", "stage 0", "activate 0", "check_back"));
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
  EXPECT_EQ(drill.trip("n0").cause, Cause::unchanged);
}

TEST(RollBack, AHaltCancelsWhatIsStaged) {
  Drill drill;
  drill.table[{"n1", Action::prepare}] = {ends(Outcome::Verdict::untouched, Cause::drifted)};
  drill.start(plan_of({.waves = {2}, .gate = {Share{10'000}, 1}}));
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"), testing::Contains("cancel 0"));
  EXPECT_EQ(drill.state("n0"), State::not_started);
  EXPECT_EQ(drill.trip("n0").cause, Cause::halted);
}

TEST(RollBack, AnArmedHostIsQuarantined) {
  Drill drill;
  drill.table[{"n1", Action::prepare}] = {ends(Outcome::Verdict::untouched, Cause::drifted)};
  drill.table[{"n0", Action::cancel}] = {ends(Outcome::Verdict::failed, Cause::armed)};
  drill.start(plan_of({.waves = {2}}));
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_EQ(drill.fleet.quarantines().at("n0").cause, Cause::armed);
}

TEST(RollBack, AHaltSendsNoFurtherImageToAHalfUpdatedHost) {
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
TEST(RollBack, WithoutItAHalfUpdatedHostThatDidNotFailComesBack) {
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
    drill.record(RolloutHalted{1, "as a test says", held.undo_wave ? 0 : kUndoNone});
    drill.run();
    std::vector<std::string> after = drill.commands_of("n0");
    after.erase(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(before));
    EXPECT_EQ(after, held.after);
    EXPECT_EQ(drill.state("n0"), State::rolled_back);
    EXPECT_EQ(trip.cause, Cause::halted);
  }
}

TEST(Uploads, AreTriedAgainLaterEachTime) {
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

TEST(Uploads, AreGivenUpAfterTheLastAttempt) {
  Drill drill;
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.attempts.upload = 2;
  drill.table[{"n0", Action::stage}] = {ends(Outcome::Verdict::untouched, Cause::upload_failed)};
  drill.start(plan);
  drill.run();
  EXPECT_THAT(drill.commands_of("n0"), ElementsAre("prepare", "stage 0", "stage 0"));
  EXPECT_EQ(drill.state("n0"), State::refused);
}

TEST(AskedBack, TheWholeRolloutAfterItFinished) {
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

TEST(AskedBack, OneWave) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {1, 2}}));
  drill.run();
  drill.ask(Verb::roll_back, id, "", 1);
  drill.run();
  EXPECT_THAT(drill.in(State::updated), ElementsAre("n0"));
  EXPECT_THAT(drill.in(State::rolled_back), ElementsAre("n1", "n2"));
}

TEST(AskedBack, OneHost) {
  Drill drill;
  drill.folds_again = true;
  const RolloutId id = drill.start(plan_of({.waves = {1, 2}}));
  drill.run();
  drill.ask(Verb::roll_back, id, "n2");
  drill.run();
  EXPECT_THAT(brought_back(drill), ElementsAre("n2"));
  EXPECT_EQ(drill.trip("n2").cause, Cause::asked);
  EXPECT_TRUE(drill.rollout().finished);
  EXPECT_FALSE(drill.rollout().halted);
}

TEST(AskedBack, AHostThatWaitsIsNotStarted) {
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

TEST(AskedBack, AHostInFlightGoesNoFurther) {
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

TEST(AskedBack, AStagedHostIsTakenBack) {
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
TEST(AskedBack, AHostOfTheOpenWaveDoesNotCountForItsGate) {
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

TEST(AskedBack, TheLastHostOfAWaveIsGoneBeforeTheGateCounts) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {2, 1}, .gate = {Share{10'000}, 2}}));
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n1") == State::checking; }));
  drill.ask(Verb::roll_back, id, "n1");
  drill.run();
  ASSERT_THAT(drill.all<GateJudged>(), SizeIs(1));
  EXPECT_FALSE(drill.all<GateJudged>()[0].passed);
  EXPECT_THAT(drill.all<GateJudged>()[0].reason, testing::HasSubstr("1 of 1 hosts are well"));
}

TEST(AskedBack, AHostThatFailsOnItsOwnStillCountsForItsGate) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {ends(Outcome::Verdict::failed, Cause::unhealthy)};
  const RolloutId id = drill.start(plan_of({.waves = {3, 1}, .global = 1}));
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0") == State::checking; }));
  drill.ask(Verb::roll_back, id, "n0");
  drill.run();
  EXPECT_EQ(drill.trip("n0").cause, Cause::unhealthy);
  EXPECT_TRUE(drill.rollout().halted);
}

TEST(AskedBack, AHostThatCannotBeBroughtBackCountsForItsGate) {
  Drill drill;
  drill.table[{"n0", Action::roll_back}] = {ends(Outcome::Verdict::failed, Cause::roll_back_failed)};
  const RolloutId id = drill.start(plan_of({.waves = {3, 1}, .global = 1}));
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0") == State::updated; }));
  drill.ask(Verb::roll_back, id, "n0");
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_TRUE(drill.rollout().halted);
}

TEST(AskedBack, AHostThatALaterRolloutTouchedStays) {
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
  EXPECT_THAT(brought_back(drill, older), ElementsAre("n1"));
  EXPECT_EQ(drill.state("n0", older), State::updated);
  drill.ask(Verb::roll_back, later);
  drill.run();
  EXPECT_EQ(drill.state("n0", later), State::rolled_back);
}

TEST(AskedBack, AHostOfAnotherUnfinishedRolloutStays) {
  Drill drill;
  drill.folds_again = true;
  const RolloutId older = drill.start(plan_of({.waves = {2}}));
  drill.run();
  const RolloutId later = drill.start(plan_of({.waves = {1}}));
  drill.ask(Verb::roll_back, older);
  EXPECT_EQ(drill.fleet.owner("n0")->id, later);
  drill.run();
  EXPECT_THAT(brought_back(drill, older), ElementsAre("n1"));
  EXPECT_EQ(drill.state("n0", later), State::updated);
}

TEST(AskedBack, AHostInFlightThatAnOlderRolloutTouchedIsHeldBackToo) {
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

TEST(AskedBack, TwiceIsOnce) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {2}}));
  drill.run();
  drill.ask(Verb::roll_back, id);
  drill.ask(Verb::roll_back, id);
  drill.run();
  drill.ask(Verb::roll_back, id);
  drill.run();
  EXPECT_THAT(brought_back(drill), SizeIs(2));
  EXPECT_TRUE(drill.rollout().finished);
}

TEST(AskedBack, AQuarantinedHostIsLeftAlone) {
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
}  // namespace breakwater
