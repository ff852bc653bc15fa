// A way back that is asked for while a later run is at work on the host: it comes once that one leaves the host on what
// the older run brought, and never where the later one stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/recall.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::left_again_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class LeftAgain : public testing::Test {
 protected:
  LeftAgain() {
    drill.folds_again = true;
    older = drill.start(plan_of({.waves = {1}}));
    drill.run();
  }

  /// The later run of the same device, until it reaches this state.
  void bring_newer(State until, Shape shape = {.waves = {1}}) {
    ResolvedPlan plan = plan_of(shape);
    plan.rollout = "newer";
    plan.images[0].version = "3.6";
    plan.hosts[0].updates[0].from_version = "3.4";
    later = drill.start(plan);
    ASSERT_TRUE(drill.run_until([&] { return drill.state("n0", later) == until; }));
  }

  std::vector<Recalled> covered() const {
    RecallScope scope;
    scope.host = [](const RolloutState&, const PlannedHost&) { return true; };
    scope.update = [](const RolloutState& run, const PlannedUpdate& update) {
      return image_of(*run.plan, update).version == "3.4";
    };
    return recall(drill.fleet, scope);
  }

  void recall_older() {
    const auto all = covered();
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].rollout, older);
    for (const OperatorAsked& wish : wishes_for(drill.fleet, all)) drill.record(wish);
  }

  Drill drill;
  RolloutId older = 0;
  RolloutId later = 0;
};

TEST_F(LeftAgain, a_later_run_whose_activation_is_refused_gives_the_way_back_again) {
  drill.table[{"n0", Action::activate}] = {ends(Outcome::Verdict::untouched, Cause::request_refused)};
  bring_newer(State::staged);
  recall_older();
  drill.run();
  EXPECT_EQ(drill.state("n0", later), State::refused);
  EXPECT_EQ(drill.state("n0", older), State::rolled_back);
  EXPECT_TRUE(drill.rollout(older).finished);
}

TEST_F(LeftAgain, a_later_run_that_fails_and_goes_back_gives_it_again) {
  drill.table[{"n0", Action::check}] = {ends(Outcome::Verdict::failed, Cause::unhealthy)};
  bring_newer(State::staged);
  recall_older();
  drill.run();
  EXPECT_EQ(drill.state("n0", later), State::rolled_back);
  EXPECT_EQ(drill.state("n0", older), State::rolled_back);
}

TEST_F(LeftAgain, a_recall_that_is_asked_after_the_later_activation_is_remembered) {
  drill.table[{"n0", Action::check}] = {ends(Outcome::Verdict::failed, Cause::unhealthy)};
  bring_newer(State::checking);
  EXPECT_EQ(covered().front().fate, RecallFate::goes_back_if_left);
  recall_older();
  drill.decide_all();
  EXPECT_TRUE(drill.rollout(older).finished) << "nothing is to be done yet";
  const Explanation told = explain(drill.fleet, "n0", drill.present());
  EXPECT_THAT(told.reasons, Contains(Field(&Reason::text, HasSubstr("rolled back by bios if newer leaves it on 3.4"))));
  drill.run();
  EXPECT_EQ(drill.state("n0", later), State::rolled_back);
  EXPECT_EQ(drill.state("n0", older), State::rolled_back);
  EXPECT_TRUE(drill.rollout(older).finished);
}

/// One that was abandoned with its image sent, and released: what it left there is not what the later run found.
TEST_F(LeftAgain, a_run_between_them_that_was_quarantined_hides_neither) {
  drill.table[{"n0", Action::activate}] = {ends(Outcome::Verdict::lost, Cause::armed)};
  ResolvedPlan between = plan_of({.waves = {1}});
  between.rollout = "between";
  between.images[0].version = "3.5";
  const RolloutId id = drill.start(between);
  drill.run();
  ASSERT_EQ(drill.state("n0", id), State::quarantined);
  drill.ask(Verb::release, id, "n0");
  drill.table.clear();
  drill.table[{"n0", Action::check}] = {ends(Outcome::Verdict::failed, Cause::unhealthy)};
  bring_newer(State::checking);
  recall_older();
  drill.run();
  EXPECT_EQ(drill.state("n0", later), State::rolled_back);
  EXPECT_EQ(drill.state("n0", older), State::rolled_back);
}

TEST_F(LeftAgain, a_soak_may_still_leave_it) {
  bring_newer(State::updated, {.waves = {1}, .soak = std::chrono::hours(1)});
  recall_older();
  drill.ask(Verb::roll_back, later);
  drill.run();
  EXPECT_EQ(drill.state("n0", later), State::rolled_back);
  EXPECT_EQ(drill.state("n0", older), State::rolled_back);
}

TEST_F(LeftAgain, it_is_void_once_the_later_run_is_over_with_its_own_image_there) {
  bring_newer(State::checking);
  recall_older();
  drill.run();
  EXPECT_EQ(drill.state("n0", later), State::updated);
  EXPECT_EQ(drill.state("n0", older), State::updated);
  EXPECT_THAT(covered(), IsEmpty());
  drill.ask(Verb::roll_back, later);
  drill.run();
  EXPECT_EQ(drill.state("n0", later), State::rolled_back);
  EXPECT_EQ(drill.state("n0", older), State::updated) << "nobody asked for that since";
}

TEST_F(LeftAgain, a_stop_of_the_later_run_leaves_it_too) {
  bring_newer(State::staged);
  recall_older();
  drill.decide_all();
  ASSERT_EQ(drill.state("n0", later), State::activating);
  EXPECT_FALSE(drill.trip("n0", older).undo);
  drill.ask(Verb::stop, later);
  drill.withdraw_bound(later);
  drill.run();
  EXPECT_EQ(drill.state("n0", older), State::rolled_back);
}

/// Its other device goes back at once; the one that the later run had goes with it once it is left again.
TEST_F(LeftAgain, what_is_left_again_before_the_way_back_begins_goes_back_with_the_rest) {
  ResolvedPlan both = plan_of({.waves = {1}, .updates = 2});
  both.components[1].kind = ComponentKind::nic;
  both.hosts[0].name = "m0";
  older = drill.start(both);
  drill.run();
  drill.table[{"m0", Action::activate}] = {ends(Outcome::Verdict::untouched, Cause::request_refused)};
  ResolvedPlan newer = plan_of({.waves = {1}});
  newer.rollout = "newer";
  newer.hosts[0].name = "m0";
  later = drill.start(newer);
  ASSERT_TRUE(drill.run_until([&] { return drill.state("m0", later) == State::activating; }));
  drill.ask(Verb::roll_back, older);
  EXPECT_THAT(drill.trip("m0", older).stays, ElementsAre(0));
  drill.run();
  EXPECT_THAT(drill.trip("m0", older).stays, IsEmpty());
  EXPECT_EQ(drill.state("m0", older), State::rolled_back);
}

}  // namespace
}  // namespace breakwater::left_again_test
