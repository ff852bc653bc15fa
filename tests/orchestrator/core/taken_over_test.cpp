// A later run takes a component of an older one over, and the older one is rolled back meanwhile: what stays there is
// still its own, and goes back too once the later run leaves it again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/recall.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::taken_over_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using Verdict = Outcome::Verdict;

ResolvedPlan nic_plan(const Shape& shape = {.waves = {1}}) {
  ResolvedPlan plan = plan_of(shape);
  plan.rollout = "newer";
  plan.components[0].kind = ComponentKind::nic;
  plan.images[0].version = "20.7";
  return plan;
}

/// The older run brings a BMC and a NIC, the later one that NIC anew.
class TakenOver : public testing::TestWithParam<int> {
 protected:
  TakenOver() {
    drill.folds_again = true;
    ResolvedPlan both = plan_of({.waves = {1}, .updates = 2});
    nic = static_cast<std::uint32_t>(GetParam());
    both.components[nic].kind = ComponentKind::nic;
    both.components[1 - nic].kind = ComponentKind::bmc;
    older = drill.start(std::move(both));
    drill.run();
  }

  void bring_newer(ResolvedPlan plan = nic_plan()) {
    later = drill.start(std::move(plan));
    drill.run();
    ASSERT_EQ(drill.state("n0", later), State::updated);
  }
  void roll_back(RolloutId run) {
    drill.ask(Verb::roll_back, run);
    drill.run();
  }

  void bring_newer_and_take_both_back() {
    bring_newer();
    roll_back(older);
    roll_back(later);
  }
  /// The later run is not over: its canary soaks.
  void begin_newer() {
    later = drill.start(nic_plan({.waves = {1, 1}, .soak = std::chrono::hours(1)}));
    ASSERT_TRUE(drill.run_until([&] { return drill.state("n0", later) == State::updated; }));
  }

  /// `rollout fate: updates`, for what a recall of this component of the older run covers.
  std::vector<std::string> covered(std::uint32_t update) const {
    RecallScope scope;
    scope.host = [](const RolloutState&, const PlannedHost&) { return true; };
    scope.update = [&](const RolloutState& run, const PlannedUpdate& one) {
      return run.id == older && one.component == update;
    };
    std::vector<std::string> lines;
    for (const Recalled& one : recall(drill.fleet, scope)) {
      std::string line = std::to_string(one.rollout) + ' ' + std::string(to_string(one.fate)) + ':';
      for (const std::uint32_t i : one.updates) line += ' ' + std::to_string(i);
      lines.push_back(line);
    }
    return lines;
  }
  std::string goes_back(std::uint32_t update) const {
    return std::to_string(older) + " goes_back: " + std::to_string(update);
  }
  std::vector<std::string> ways_back() const {
    std::vector<std::string> all;
    for (const std::string& command : drill.commands_of("n0", older)) {
      if (command.starts_with("roll_back") || command == "check_back") all.push_back(command);
    }
    return all;
  }

  Drill drill;
  std::uint32_t nic = 0;
  RolloutId older = 0;
  RolloutId later = 0;
};

INSTANTIATE_TEST_SUITE_P(in_both_orders, TakenOver, testing::Values(0, 1));

TEST_P(TakenOver, what_stays_is_covered_again_once_the_later_run_has_left_it) {
  bring_newer();
  EXPECT_THAT(covered(1 - nic), ElementsAre(goes_back(1 - nic))) << "the NIC does not go with it";
  roll_back(older);
  EXPECT_EQ(drill.state("n0", older), State::rolled_back);
  EXPECT_THAT(drill.fleet.still_brought(drill.rollout(older), 0), IsEmpty());
  EXPECT_THAT(covered(nic), IsEmpty()) << "the later one runs there";
  roll_back(later);
  EXPECT_EQ(drill.state("n0", later), State::rolled_back);
  EXPECT_THAT(drill.fleet.still_brought(drill.rollout(older), 0), ElementsAre(nic));
  EXPECT_THAT(covered(nic), ElementsAre(goes_back(nic)));
  EXPECT_THAT(covered(1 - nic), IsEmpty()) << "that is back";
}

/// Of several runs the newest is told, and each older one whose image still runs there in a line.
TEST_P(TakenOver, explain_tells_of_the_older_run_as_long_as_it_matters) {
  const auto told = [&] { return explain(drill.fleet, "n0", drill.present()).reasons; };
  bring_newer();
  const std::string rollback = "breakwater rollback " + drill.rollout(older).name + " --host n0";
  EXPECT_THAT(told(), Contains(testing::AllOf(Field(&Reason::word, "Brought"), Field(&Reason::command, rollback))))
      << "its BMC image runs";
  EXPECT_THAT(told().front(), Field(&Reason::word, "Updated")) << "the newest run comes first";
  roll_back(older);
  EXPECT_THAT(told(), testing::Not(Contains(Field(&Reason::word, "Brought")))) << "nothing of it runs any more";
  roll_back(later);
  EXPECT_THAT(told(), Contains(testing::AllOf(Field(&Reason::word, "Brought"), Field(&Reason::command, rollback))))
      << "its NIC image runs again";
}

TEST_P(TakenOver, it_goes_back_when_the_older_run_is_rolled_back_again) {
  bring_newer_and_take_both_back();
  roll_back(older);
  const std::string first = "roll_back " + std::to_string(1 - nic);
  const std::string second = "roll_back " + std::to_string(nic);
  EXPECT_THAT(ways_back(), ElementsAre(first, "check_back", second, "check_back"));
  const CommandIssued issued = drill.all<CommandIssued>().back();
  EXPECT_THAT(issued.command.stays, ElementsAre(1 - nic)) << "nobody judges what was back before";
  EXPECT_EQ(drill.state("n0", older), State::rolled_back);
  EXPECT_TRUE(drill.rollout(older).finished);
  EXPECT_THAT(covered(nic), IsEmpty());
  roll_back(older);
  EXPECT_EQ(ways_back().size(), 4U) << "nothing of it is left";
}

TEST_P(TakenOver, one_that_is_not_over_and_leaves_it_gives_the_way_back_that_was_asked_for) {
  begin_newer();
  drill.ask(Verb::roll_back, older);
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0", older) == State::rolled_back; }));
  EXPECT_TRUE(drill.trip("n0", older).undo_if_left);
  EXPECT_THAT(covered(nic), ElementsAre(std::to_string(older) + " goes_back_if_left: " + std::to_string(nic)));
  roll_back(later);
  EXPECT_EQ(drill.state("n0", later), State::rolled_back);
  EXPECT_EQ(ways_back().size(), 4U);
  EXPECT_EQ(drill.state("n0", older), State::rolled_back);
  EXPECT_THAT(covered(nic), IsEmpty());
  EXPECT_TRUE(drill.rollout(older).finished);
}

TEST_P(TakenOver, one_that_ends_with_its_own_image_there_owes_nothing) {
  begin_newer();
  roll_back(older);
  EXPECT_TRUE(drill.rollout(later).finished);
  EXPECT_FALSE(drill.trip("n0", older).undo_if_left);
  roll_back(later);
  EXPECT_EQ(ways_back().size(), 2U) << "nobody asked for that since";
}

TEST_P(TakenOver, a_second_way_back_that_is_refused_leaves_the_host_as_it_was) {
  bring_newer_and_take_both_back();
  drill.table[{"n0", Action::roll_back}] = {ends(Verdict::untouched, Cause::request_refused)};
  drill.ask(Verb::roll_back, older);
  drill.decide_all();
  EXPECT_TRUE(drill.all<CommandIssued>().back().command.well);
  EXPECT_TRUE(drill.all<CommandIssued>().back().command.ran);
  drill.run();
  EXPECT_EQ(drill.state("n0", older), State::rolled_back);
  EXPECT_EQ(drill.trip("n0", older).cause, Cause::request_refused);
  EXPECT_EQ(drill.rollout(older).waves[0].failed, 0U);
  EXPECT_THAT(covered(nic), ElementsAre(goes_back(nic)));
  drill.table.clear();
  roll_back(older);
  EXPECT_THAT(covered(nic), IsEmpty());
  EXPECT_EQ(drill.rollout(older).waves[0].in_flight, 0U);
}

TEST_P(TakenOver, one_that_somebody_else_flashed_is_left_alone_and_asked_back_no_more) {
  bring_newer_and_take_both_back();
  Outcome drifted = ends(Verdict::untouched, Cause::drifted);
  drifted.versions = {"9.9", "9.9"};
  drill.table[{"n0", Action::roll_back}] = {drifted};
  roll_back(older);
  EXPECT_EQ(drill.state("n0", older), State::rolled_back);
  EXPECT_EQ(drill.trip("n0", older).cause, Cause::drifted);
  EXPECT_THAT(covered(nic), IsEmpty());
  EXPECT_FALSE(may_go_back(drill.trip("n0", older)));
}

TEST_P(TakenOver, a_pause_holds_a_second_way_back_and_an_abandoned_one_needs_hands) {
  bring_newer_and_take_both_back();
  drill.ask(Verb::roll_back, older);
  drill.ask(Verb::pause, older);
  drill.run();
  EXPECT_EQ(ways_back().size(), 2U);
  drill.ask(Verb::abandon, older);
  EXPECT_EQ(drill.state("n0", older), State::quarantined);
  EXPECT_THAT(covered(nic), ElementsAre(std::to_string(older) + " quarantined: " + std::to_string(nic)));
}

TEST_P(TakenOver, a_host_that_is_quarantined_on_its_way_back_keeps_it_too) {
  bring_newer();
  drill.table[{"n0", Action::check_back}] = {ends(Verdict::failed, Cause::unhealthy)};
  roll_back(older);
  EXPECT_EQ(drill.state("n0", older), State::quarantined);
  drill.table.clear();
  drill.ask(Verb::release, 0, "n0");
  roll_back(later);
  EXPECT_THAT(covered(nic), ElementsAre(goes_back(nic)));
  EXPECT_THAT(covered(1 - nic), IsEmpty());
}

TEST_P(TakenOver, what_a_third_run_brings_while_it_waits_stays) {
  bring_newer_and_take_both_back();
  drill.starts = Starts::allowed;
  ResolvedPlan third = nic_plan();
  third.rollout = "third";
  const RolloutId id = drill.start(third);
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0", id) == State::staging; }));
  drill.ask(Verb::roll_back, older);
  drill.run();
  EXPECT_EQ(drill.state("n0", id), State::updated);
  EXPECT_EQ(ways_back().size(), 2U);
  EXPECT_EQ(drill.state("n0", older), State::rolled_back);
  EXPECT_TRUE(drill.rollout(older).finished);
}

TEST_P(TakenOver, the_host_says_what_it_kept_and_what_runs_again) {
  bring_newer_and_take_both_back();
  drill.ask(Verb::roll_back, older);
  const Explanation told = explain(drill.fleet, "n0", drill.present());
  EXPECT_THAT(told.reasons, Contains(Field(&Reason::word, "WaitsForRollback")));
  EXPECT_THAT(told.reasons, Contains(Field(&Reason::text, HasSubstr("it runs what this one brought again: c" +
                                                                    std::to_string(nic) + " 3.2 -> "))));
}

/// A journal of an earlier version ended the older run at once when it was asked to go back again.
TEST_P(TakenOver, a_run_that_ended_while_it_waited_claims_no_host) {
  bring_newer_and_take_both_back();
  drill.ask(Verb::roll_back, older);
  drill.record(Event(RolloutFinished{older}));
  EXPECT_FALSE(drill.rollout(older).has_undos());
  EXPECT_EQ(drill.fleet.domains()[drill.trip("n0", older).domains.back()].claims, 0);
  roll_back(older);
  EXPECT_THAT(covered(nic), IsEmpty());
}

}  // namespace
}  // namespace breakwater::taken_over_test
