// The brakes of ways back: a few first, a failure limit of their own, refusals that stop the rest, and drift.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/binding.hpp"
#include "orchestrator/core/explain.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::ways_back_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Verdict = Outcome::Verdict;

/// Hosts that are updated; the newest goes back first.
class WaysBack : public testing::Test {
 protected:
  void SetUp() override { drill_.folds_again = true; }

  RolloutId update_all(std::uint32_t hosts = 6, std::uint32_t updates = 1) {
    ResolvedPlan plan = plan_of({.waves = {hosts}, .updates = updates});
    for (PlannedImage& image : plan.images) image.reported_as = {image.version};
    for (PlannedComponent& component : plan.components) component.select.software_id = component.id;
    const RolloutId id = drill_.start(plan);
    drill_.run();
    EXPECT_TRUE(drill_.rollout(id).finished);
    EXPECT_THAT(drill_.in(State::updated, id), SizeIs(hosts));
    return id;
  }
  /// The way back of a host ends so, its first time.
  void goes(const std::string& host, Verdict verdict, Cause cause = Cause::roll_back_failed) {
    drill_.table[{host, Action::roll_back}] = {ends(verdict, cause), done()};
  }
  std::vector<std::string> waits() const {
    std::vector<std::string> words;
    for (const Blocker& wait : drill_.waits) words.emplace_back(row_of(wait.rule).word);
    return words;
  }

  Drill drill_;
};

TEST_F(WaysBack, a_few_go_first_and_the_rest_once_they_ended_well) {
  const RolloutId id = update_all();
  drill_.ask(Verb::roll_back, id);
  drill_.decide_all();
  EXPECT_THAT(drill_.in(State::rolling_back), ElementsAre("n4", "n5"));
  EXPECT_THAT(waits(), Contains("FirstRollbacks"));
  EXPECT_THAT(explain(drill_.fleet, "n0", drill_.present()).reasons.at(0).word, "FirstRollbacks");
  ASSERT_TRUE(drill_.run_until([&] { return drill_.rollout().ways_back.well == 2; }));
  drill_.decide_all();
  EXPECT_THAT(drill_.in(State::rolling_back), SizeIs(4));
  drill_.run();
  EXPECT_THAT(drill_.in(State::rolled_back), SizeIs(6));
  EXPECT_TRUE(drill_.rollout().finished);
}

TEST_F(WaysBack, that_fail_stop_the_rest_until_a_resume) {
  const RolloutId id = update_all();
  goes("n5", Verdict::failed);
  goes("n4", Verdict::lost, Cause::lost);
  drill_.ask(Verb::roll_back, id);
  drill_.run();
  EXPECT_THAT(drill_.in(State::quarantined), ElementsAre("n4", "n5"));
  EXPECT_THAT(drill_.in(State::rolled_back), ElementsAre("n3")) << "it took the place of the first that failed";
  EXPECT_THAT(drill_.in(State::updated), SizeIs(3));
  EXPECT_FALSE(drill_.rollout().finished);
  ASSERT_THAT(waits(), ElementsAre("RollbacksHeld"));
  EXPECT_THAT(drill_.waits[0].text, HasSubstr("2 rollbacks failed, the last one of n4"));
  EXPECT_THAT(drill_.waits[0].text, HasSubstr("3 hosts wait to be rolled back until a resume"));
  const Explanation why = explain(drill_.fleet, "n0", drill_.present());
  EXPECT_EQ(why.reasons.at(0).word, "RollbacksHeld");
  EXPECT_EQ(why.reasons.at(0).command, "breakwater resume bios");
  drill_.ask(Verb::resume, id);
  drill_.run();
  EXPECT_THAT(drill_.in(State::rolled_back), SizeIs(4));
  EXPECT_TRUE(drill_.rollout().finished);
}

TEST_F(WaysBack, the_rollout_says_how_many_may_fail) {
  ResolvedPlan plan = plan_of({.waves = {6}});
  plan.way_back_failures = 1;
  const RolloutId id = drill_.start(plan);
  drill_.run();
  goes("n5", Verdict::failed);
  drill_.ask(Verb::roll_back, id);
  drill_.run();
  EXPECT_THAT(drill_.brought_back(), ElementsAre("n5"));
}

TEST_F(WaysBack, one_that_was_refused_leaves_its_host_updated_and_stops_the_rest) {
  const RolloutId id = update_all();
  goes("n5", Verdict::untouched, Cause::image_refused);
  drill_.ask(Verb::roll_back, id);
  drill_.run();
  EXPECT_EQ(drill_.state("n5"), State::updated);
  EXPECT_EQ(drill_.trip("n5").cause, Cause::image_refused);
  EXPECT_THAT(drill_.in(State::rolled_back), ElementsAre("n4")) << "it was under way";
  ASSERT_THAT(waits(), ElementsAre("RollbacksHeld"));
  EXPECT_THAT(drill_.waits[0].text, HasSubstr("the rollback of n5 was refused and did nothing (image_refused"));
  EXPECT_THAT(drill_.fleet.quarantines(), IsEmpty());
  drill_.ask(Verb::resume, id);
  drill_.run();
  EXPECT_THAT(drill_.in(State::rolled_back), SizeIs(5));
  EXPECT_EQ(drill_.state("n5"), State::updated) << "it is tried again when somebody asks for it";
  EXPECT_TRUE(drill_.rollout().finished);
  EXPECT_EQ(explain(drill_.fleet, "n5", drill_.present()).reasons.at(0).word, "RollbackRefused");
  drill_.ask(Verb::roll_back, id, "n5");
  drill_.run();
  EXPECT_EQ(drill_.state("n5"), State::rolled_back);
}

TEST_F(WaysBack, that_are_asked_for_later_go_though_the_rest_is_held) {
  const RolloutId id = update_all();
  goes("n5", Verdict::untouched, Cause::request_refused);
  drill_.ask(Verb::roll_back, id);
  drill_.run();
  drill_.ask(Verb::roll_back, id, "n0");
  drill_.run();
  EXPECT_THAT(drill_.in(State::rolled_back), ElementsAre("n0", "n4"));
  EXPECT_THAT(waits(), ElementsAre("RollbacksHeld"));
}

TEST_F(WaysBack, a_host_that_drifted_is_left_alone_and_stops_nobody) {
  const RolloutId id = update_all();
  Outcome drifted = ends(Verdict::untouched, Cause::drifted);
  drifted.versions = {"9.9"};
  drill_.table[{"n5", Action::roll_back}] = {drifted};
  drill_.ask(Verb::roll_back, id);
  drill_.run();
  EXPECT_EQ(drill_.state("n5"), State::updated);
  EXPECT_EQ(drill_.trip("n5").cause, Cause::drifted);
  EXPECT_THAT(drill_.in(State::rolled_back), SizeIs(5));
  EXPECT_TRUE(drill_.rollout().finished);
  EXPECT_THAT(drill_.fleet.still_brought(drill_.rollout(), drill_.index("n5")), IsEmpty());
  EXPECT_THAT(explain(drill_.fleet, "n5", drill_.present()).reasons.at(0).text,
              HasSubstr("this rollout did not put there"));
  const std::size_t ways = drill_.brought_back().size();
  drill_.ask(Verb::roll_back, id);
  drill_.run();
  EXPECT_EQ(drill_.brought_back().size(), ways) << "what this rollout brought there is gone";
}

TEST_F(WaysBack, of_a_host_that_drifted_in_one_component_the_other_goes_back_when_it_is_asked_for) {
  const RolloutId id = update_all(1, 2);
  Outcome drifted = ends(Verdict::untouched, Cause::drifted);
  drifted.versions = {"9.9", "3.4"};
  drill_.table[{"n0", Action::roll_back}] = {drifted, done()};
  drill_.ask(Verb::roll_back, id);
  drill_.run();
  EXPECT_THAT(drill_.fleet.still_brought(drill_.rollout(), 0), ElementsAre(1U));
  drill_.ask(Verb::roll_back, id);
  drill_.run();
  EXPECT_EQ(drill_.state("n0"), State::rolled_back);
  EXPECT_THAT(drill_.commands_of("n0"), Contains("roll_back 1"));
  EXPECT_THAT(drill_.commands_of("n0"), Not(Contains("roll_back 0")));
}

/// A failed host has nothing to lose: it is brought back without waiting for others, unless theirs failed.
TEST_F(WaysBack, of_failed_hosts_wait_where_the_ones_before_failed) {
  const ResolvedPlan plan = plan_of({.waves = {4}, .global = 1, .gate = {Share{0}, 1}});
  for (const char* host : {"n0", "n1", "n2"}) {
    drill_.table[{host, Action::check}] = {ends(Verdict::failed, Cause::unhealthy)};
    drill_.table[{host, Action::roll_back}] = {ends(Verdict::failed, Cause::roll_back_failed)};
  }
  const RolloutId id = drill_.start(plan);
  drill_.run();
  EXPECT_THAT(drill_.in(State::quarantined), ElementsAre("n0", "n1"));
  EXPECT_EQ(drill_.state("n2"), State::rolling_back);
  EXPECT_FALSE(moves(drill_.rollout())) << "one Ctrl-C leaves";
  EXPECT_THAT(waits(), Contains("RollbacksHeld"));
  EXPECT_THAT(explain(drill_.fleet, "n2", drill_.present()).reasons.at(0).command, "breakwater resume bios");
  drill_.ask(Verb::resume, id);
  drill_.run();
  EXPECT_EQ(drill_.state("n3"), State::updated);
  EXPECT_TRUE(drill_.rollout().finished);
}

TEST_F(WaysBack, a_halt_does_not_bind_its_own) {
  const ResolvedPlan plan = plan_of({.waves = {6}, .gate = {Share{10'000}, 1}});
  drill_.table[{"n5", Action::check}] = {ends(Verdict::failed, Cause::unhealthy)};
  drill_.start(plan);
  drill_.run();
  EXPECT_THAT(drill_.in(State::rolled_back), SizeIs(6));
  EXPECT_TRUE(drill_.rollout().finished);
}

TEST_F(WaysBack, what_was_read_running_goes_with_the_order) {
  const RolloutId id = update_all(1, 2);
  drill_.ask(Verb::roll_back, id);
  drill_.decide_all();
  const Command first = *drill_.trip("n0").open;
  EXPECT_TRUE(first.ran);
  EXPECT_TRUE(first.well);
  ASSERT_TRUE(drill_.run_until([&] { return drill_.trip("n0").open && drill_.trip("n0").touched == 1; }));
  EXPECT_TRUE(drill_.trip("n0").open->ran);
  EXPECT_FALSE(drill_.trip("n0").open->well);
}

TEST_F(WaysBack, of_an_activation_that_failed_no_version_is_proved) {
  drill_.table[{"n0", Action::activate}] = {ends(Verdict::failed, Cause::version_mismatch)};
  drill_.start(plan_of({.waves = {1}}));
  ASSERT_TRUE(drill_.run_until([&] { return drill_.state("n0") == State::rolling_back && drill_.trip("n0").open; }));
  EXPECT_FALSE(drill_.trip("n0").open->ran);
}

TEST_F(WaysBack, an_abandoned_rollout_leaves_no_brake_behind) {
  const RolloutId id = update_all(3);
  drill_.ask(Verb::roll_back, id);
  drill_.decide_all();
  drill_.record(OperatorAsked{Verb::abandon, id, "omar", "the test says so", {}, {}});
  EXPECT_EQ(drill_.rollout().ways_back.under_way, 0U);
}

}  // namespace
}  // namespace breakwater::ways_back_test
