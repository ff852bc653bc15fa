#include "orchestrator/core/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::report_test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::SizeIs;

Report report_of(const Drill& drill, RolloutId id = 1) {
  ReportBuilder builder;
  for (const Recorded& record : drill.records) builder.take(record);
  return builder.report(id).value();
}

TEST(Report, nothing_for_an_unknown_rollout) {
  EXPECT_FALSE(ReportBuilder().report(1));
}

TEST(Report, tells_a_good_rollout) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {done()};
  drill.table[{"n0", Action::check}][0].versions = {"3.4"};
  ResolvedPlan plan = plan_of({.waves = {1, 2}, .soak = hours(1)});
  plan.left_out.push_back({"h0", {}, "held", "fan", false});
  drill.start(plan);
  drill.run();
  const Report report = report_of(drill);
  EXPECT_EQ(report.rollout, "bios");
  EXPECT_EQ(report.by, "lena");
  EXPECT_EQ(report.outcome, RolloutOutcome::updated);
  EXPECT_EQ(report.ended, drill.records.back().at);
  ASSERT_THAT(report.waves, SizeIs(2));
  EXPECT_EQ(report.waves[0].gate->verdict, GateVerdict::pass);
  EXPECT_EQ(report.waves[1].hosts.at(State::updated), 2u);
  ASSERT_THAT(report.hosts, SizeIs(3));
  EXPECT_EQ(report.hosts[0].updates[0].from, "3.2");
  EXPECT_EQ(report.hosts[0].updates[0].wanted, "3.4");
  EXPECT_EQ(report.hosts[0].updates[0].read, "3.4");
  EXPECT_EQ(report.hosts[0].spent.at(State::checking), seconds(1));
  EXPECT_EQ(report.hosts[1].spent.at(State::waiting), hours(1) + seconds(5));
  EXPECT_EQ(report.left_out[0].host, "h0");
}

TEST(Report, a_wave_that_was_asked_back_is_undone_once_nobody_of_it_is_updated) {
  Drill drill;
  ResolvedPlan plan = plan_of({.waves = {2}});
  plan.hosts[1].updates[0].way_back = WayBack::none;
  const RolloutId id = drill.start(plan);
  drill.run();
  EXPECT_FALSE(report_of(drill).waves[0].asked_back);
  drill.ask(Verb::roll_back, id);
  drill.run();
  ASSERT_EQ(drill.state("n1"), State::updated);
  EXPECT_TRUE(report_of(drill).waves[0].asked_back);
  EXPECT_FALSE(report_of(drill).waves[0].undone);
}

TEST(Report, a_wave_of_which_nothing_was_brought_back_is_not_undone) {
  Drill drill;
  drill.table[{"n1", Action::roll_back}] = {ends(Outcome::Verdict::failed, Cause::roll_back_failed)};
  const RolloutId id = drill.start(plan_of({.waves = {2, 2}}));
  drill.run_until([&] { return drill.in(State::updated).size() == 2; });
  drill.ask(Verb::roll_back, id);
  drill.run();
  ASSERT_EQ(drill.in(State::not_started).size(), 2U);
  const Report report = report_of(drill);
  EXPECT_FALSE(report.waves[0].undone) << "n1 is quarantined";
  EXPECT_TRUE(report.waves[1].asked_back);
  EXPECT_FALSE(report.waves[1].undone) << "nothing was there to roll back";
}

TEST(Report, a_recall_has_its_image_and_its_hosts) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {2}}));
  drill.run();
  OperatorAsked recall{Verb::roll_back, id, "omar", "CVE", {}, "", {"n1"}, "bios-3.4@sha256:ab", "rack=r1"};
  drill.record(recall);
  const AskedReport asked = report_of(drill).asked.back();
  EXPECT_EQ(asked.recalls, "bios-3.4@sha256:ab");
  EXPECT_EQ(asked.selector, "rack=r1");
  EXPECT_EQ(asked.hosts, std::vector<std::string>{"n1"});
}

TEST(Report, tells_a_halt_and_who_is_quarantined) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {ends(Outcome::Verdict::lost, Cause::lost)};
  drill.start(plan_of({.waves = {1, 2}}));
  drill.run_until([&] { return drill.state("n0") == State::checking && drill.trip("n0").open; });
  drill.record(EvidenceSeen{drill.trip("n0").open->id, 1, 0, {Evidence::Kind::reset_asked, "2026"}});
  drill.run();
  drill.ask(Verb::release, 0, "n0");
  const Report report = report_of(drill);
  EXPECT_EQ(report.outcome, RolloutOutcome::halted);
  EXPECT_THAT(report.halt_reason, HasSubstr("cannot be reached"));
  EXPECT_EQ(report.hosts[0].state, State::quarantined);
  EXPECT_TRUE(report.hosts[0].released);
  ASSERT_THAT(report.hosts[0].evidence, SizeIs(1));
  EXPECT_EQ(report.hosts[2].state, State::not_started);
  ASSERT_THAT(report.asked, SizeIs(1));
  EXPECT_EQ(report.asked[0].by, "omar");
  EXPECT_EQ(report.asked[0].what, "n0");
}

TEST(Report, counts_what_was_sent) {
  Drill drill;
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.images[0].image.digest.bytes.fill(7);
  drill.start(plan);
  drill.run_until([&] { return drill.state("n0") == State::staging && drill.trip("n0").open; });
  drill.record(
      EvidenceSeen{drill.trip("n0").open->id, 1, 0, {Evidence::Kind::sending, to_hex(plan.images[0].image.digest)}});
  drill.run();
  const Report report = report_of(drill);
  EXPECT_EQ(report.images[0].sendings, 1u);
  EXPECT_EQ(report.images[1].sendings, 0u);
}

TEST(Report, a_reopened_rollout_is_not_ended) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {2}}));
  drill.run();
  drill.ask(Verb::roll_back, id, "", 0);
  EXPECT_FALSE(report_of(drill).ended);
  EXPECT_EQ(report_of(drill).outcome, RolloutOutcome::halting);
  drill.run();
  EXPECT_EQ(report_of(drill).ended, drill.records.back().at);
  EXPECT_EQ(report_of(drill).outcome, RolloutOutcome::halted);
  EXPECT_TRUE(report_of(drill).waves[0].undone);
  EXPECT_EQ(report_of(drill).asked[0].what, "wave w0");
  EXPECT_EQ(report_of(drill).hosts[0].spent.at(State::rolling_back), seconds(1));
}

struct OutcomeRow {
  const char* name;
  std::vector<State> states;
  bool finished = true;
  bool halted = false;
  RolloutOutcome outcome = RolloutOutcome::running;
};

TEST(RolloutOutcome, follows_its_table) {
  using enum State;
  using Is = RolloutOutcome;
  const OutcomeRow kRows[] = {
      {"all well", {updated, current}, true, false, Is::updated},
      {"waits", {waiting, updated}, false, false, Is::running},
      {"halted on its way back", {updated, not_started}, false, true, Is::halting},
      {"halted", {updated, not_started}, true, true, Is::halted},
      {"rolled back", {updated, rolled_back}, true, false, Is::rolled_back},
      {"quarantined", {updated, quarantined}, true, false, Is::quarantined},
      {"both", {rolled_back, quarantined}, true, false, Is::rolled_back},
      {"halted and quarantined", {quarantined}, true, true, Is::halted},
      {"refused", {updated, refused}, true, false, Is::incomplete},
      {"taken out", {updated, not_started}, true, false, Is::incomplete},
  };
  for (const OutcomeRow& row : kRows) {
    RolloutState rollout;
    rollout.finished = row.finished;
    rollout.halted = row.halted;
    for (const State state : row.states) {
      HostTrip trip;
      trip.state = state;
      rollout.hosts.push_back(trip);
    }
    EXPECT_EQ(outcome_of(rollout), row.outcome) << row.name;
  }
}

}  // namespace
}  // namespace breakwater::report_test
