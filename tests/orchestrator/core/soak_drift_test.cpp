// A host that somebody else flashed while its wave soaks: it is left alone, and is no evidence.
#include <gmock/gmock.h>

#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/report.hpp"
#include "tests/orchestrator/core/soaking.hpp"

namespace breakwater::soak_drift_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// Somebody flashed it by hand: it is left alone, and is not read again for this wave.
TEST_F(SoakLooks, a_host_that_drifts_in_its_soak_is_left_alone_and_the_wave_goes_on) {
  drill_.table[{"n0", Action::watch}] = {kIll};
  drill_.table[{"n0", Action::roll_back}] = {
      {Outcome::Verdict::untouched, Cause::drifted, "it reports 9.9", {}, {}, {}}};
  drill_.start(plan_of({.waves = {2, 1}, .soak = hours(8)}));
  drill_.run();
  EXPECT_EQ(drill_.state("n0"), State::updated);
  EXPECT_EQ(drill_.trip("n0").cause, Cause::drifted);
  EXPECT_THAT(looks_at("n0"), SizeIs(1));
  EXPECT_TRUE(drill_.rollout().finished);
  EXPECT_EQ(drill_.all<GateJudged>()[0].reason,
            "1 of 1 hosts are well, without 1 that drifted (no evidence), gate strict asks for 100% of at least 1");
}

/// The soak reads it, and that is all: no way back begins for what somebody else put there.
TEST_F(SoakLooks, a_canary_that_drifts_is_no_evidence_and_the_gate_fails_for_lack_of_it) {
  drill_.table[{"n0", Action::watch}] = {kDrifted};
  drill_.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
  drill_.run();
  EXPECT_EQ(drill_.state("n1"), State::not_started);
  EXPECT_THAT(drill_.rollout().halt_reason, HasSubstr("0 hosts are left in it, without 1 that drifted (no evidence)"));
  EXPECT_EQ(drill_.state("n0"), State::updated) << "it is left alone";
  EXPECT_THAT(drill_.commands_of("n0"), ElementsAre("prepare", "stage 0", "activate 0", "check", "watch"));
  const Explanation drifted = explain(drill_.fleet, "n0", drill_.present());
  EXPECT_EQ(drifted.reasons.at(0).word, "Drifted");
  EXPECT_THAT(drifted.reasons.at(0).text, HasSubstr("this rollout did not put there"));
  EXPECT_NE(outcome_of(drill_.rollout()), RolloutOutcome::updated);
}

TEST_F(SoakLooks, hosts_that_drift_count_neither_as_well_nor_as_failed) {
  drill_.table[{"n0", Action::watch}] = {done(), kDrifted};
  drill_.table[{"n1", Action::watch}] = {kIll};
  drill_.start(plan_of({.waves = {4, 3}, .soak = hours(8), .gate = {Share{6'600}, 3}}));
  drill_.run();
  EXPECT_EQ(drill_.state("n1"), State::rolled_back);
  EXPECT_EQ(drill_.state("n4"), State::updated) << drill_.rollout().halt_reason;
  EXPECT_THAT(drill_.all<GateJudged>()[0].reason, HasSubstr("2 of 3 hosts are well, without 1 that drifted"));
  EXPECT_EQ(drill_.rollout().waves[0].updated, 2U);
}

/// The host is in an end state, and its trip is counted with it, whichever way its drift was found.
TEST_F(SoakLooks, a_drift_that_a_way_back_finds_is_no_evidence_either) {
  drill_.table[{"n0", Action::roll_back}] = {kDrifted};
  const RolloutId id = drill_.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
  ASSERT_TRUE(drill_.run_until([&] { return drill_.state("n0") == State::updated; }));
  drill_.ask(Verb::roll_back, id, "n0");
  drill_.run();
  EXPECT_EQ(drill_.state("n0"), State::updated);
  EXPECT_EQ(drill_.state("n1"), State::not_started);
}

TEST_F(SoakLooks, a_host_that_drifted_and_is_asked_back_is_read_by_its_way_back) {
  drill_.each = minutes(5);
  drill_.table[{"n0", Action::watch}] = {kDrifted};
  const RolloutId id = drill_.start(plan_of({.waves = {2, 1}, .soak = hours(8)}));
  ASSERT_TRUE(drill_.run_until([&] { return drill_.rollout().waves[0].looks == 2; }));
  drill_.ask(Verb::roll_back, id, "n0");
  drill_.run();
  EXPECT_THAT(drill_.commands_of("n0"), testing::Contains("roll_back 0"));
  for (const CommandIssued& issued : drill_.all<CommandIssued>()) {
    EXPECT_TRUE(issued.command.action != Action::roll_back || issued.command.well);
  }
  EXPECT_EQ(drill_.state("n0"), State::rolled_back) << "somebody had put our version there again";
}

}  // namespace
}  // namespace breakwater::soak_drift_test
