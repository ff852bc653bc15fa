// What a roll back reaches, over several runs.
#include "orchestrator/core/recall.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/explain.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::recall_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ResolvedPlan nic_plan(const Shape& shape) {
  ResolvedPlan plan = plan_of(shape);
  plan.rollout = "nic";
  for (PlannedComponent& component : plan.components) component.kind = ComponentKind::nic;
  plan.images[0].version = "20.5";
  return plan;
}

struct RecallTest : testing::Test {
  /// Everything of this version: `host run fate`.
  std::vector<std::string> covered(const std::string& version) const {
    RecallScope scope;
    scope.host = [](const RolloutState&, const PlannedHost&) { return true; };
    scope.update = [&](const RolloutState& run, const PlannedUpdate& update) {
      return image_of(*run.plan, update).version == version;
    };
    std::vector<std::string> lines;
    for (const Recalled& one : recall(drill.fleet, scope)) {
      const RolloutState& run = drill.rollout(one.rollout);
      lines.push_back(run.plan->hosts[one.host].name + ' ' + run.name + ' ' + std::string(to_string(one.fate)));
    }
    return lines;
  }

  Drill drill;
};

TEST_F(RecallTest, it_reaches_every_run_and_a_later_one_for_another_device_hides_nothing) {
  drill.start(plan_of({.waves = {2}}));
  drill.run();
  ResolvedPlan stragglers = plan_of({.waves = {3}});
  stragglers.hosts.erase(stragglers.hosts.begin(), stragglers.hosts.begin() + 2);
  stragglers.waves[0].hosts = 1;
  drill.start(stragglers);
  drill.run();
  drill.start(nic_plan({.waves = {3}}));
  drill.run();
  EXPECT_THAT(covered("3.4"), ElementsAre("n0 bios#1 goes_back", "n1 bios#1 goes_back", "n2 bios#2 goes_back"));
  EXPECT_THAT(covered("20.5"), ElementsAre("n0 nic goes_back", "n1 nic goes_back", "n2 nic goes_back"));
  EXPECT_THAT(covered("3.2"), IsEmpty());
}

TEST_F(RecallTest, a_host_that_runs_something_else_by_now_is_not_reached) {
  drill.start(plan_of({.waves = {2}}));
  drill.run();
  ResolvedPlan newer = plan_of({.waves = {1}});
  newer.rollout = "newer";
  newer.images[0].version = "3.6";
  const RolloutId later = drill.start(newer);
  drill.run();
  EXPECT_THAT(covered("3.4"), ElementsAre("n1 bios goes_back"));
  drill.ask(Verb::roll_back, later);
  drill.run();
  EXPECT_THAT(covered("3.4"), ElementsAre("n0 bios goes_back", "n1 bios goes_back")) << "it runs that again";
  EXPECT_THAT(covered("3.6"), IsEmpty());
}

TEST_F(RecallTest, hosts_that_wait_are_in_flight_cannot_go_back_or_are_quarantined_are_told_apart) {
  drill.table[{"n1", Action::check}] = {ends(Outcome::Verdict::lost, Cause::lost)};
  ResolvedPlan plan = plan_of({.waves = {5}, .global = 1, .gate = {Share{0}, 1}});
  plan.hosts[0].updates[0].way_back = WayBack::none;
  drill.start(plan);
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n3") == State::staging; }));
  EXPECT_THAT(covered("3.4"), ElementsAre("n0 bios no_way_back", "n1 bios quarantined", "n2 bios goes_back",
                                          "n3 bios goes_back", "n4 bios not_started"));
}

/// n0 and n1 run 3.6, which replaced 3.4; n2 runs 3.4 still, which is recalled.
class RecalledBefore : public RecallTest {
 protected:
  RecalledBefore() {
    ResolvedPlan older = plan_of({.waves = {3}});
    older.images[0].reported_as = {"3.4"};
    older_ = drill.start(std::move(older));
    drill.run();
    ResolvedPlan newer = plan_of({.waves = {2}});
    newer.rollout = "newer";
    newer.images[0].release.name = "bios-3.6";
    newer.images[0].release.digest.bytes.fill(0x36);
    newer.images[0].version = "3.6";
    newer.images[0].reported_as = {"3.6"};
    for (PlannedHost& host : newer.hosts) {
      host.updates[0].from_version = "3.4";
      host.updates[0].way_back = WayBack::bank_switch;
    }
    newer_ = drill.start(std::move(newer));
  }
  void recall_older() {
    OperatorAsked asked{Verb::roll_back, older_, "omar", "CVE", {}, ""};
    asked.hosts = {"n2"};
    asked.recalls = to_string(drill.rollout(older_).plan->images[0].release);
    drill.record(asked);
  }

  RolloutId older_ = 0;
  RolloutId newer_ = 0;
};

TEST_F(RecalledBefore, a_way_back_that_would_bring_it_back_does_not_begin) {
  drill.run();
  recall_older();
  drill.run();
  EXPECT_EQ(drill.state("n2", older_), State::rolled_back);
  EXPECT_THAT(covered("3.6"), ElementsAre("n0 newer no_way_back", "n1 newer no_way_back"));
  drill.ask(Verb::roll_back, newer_);
  drill.run();
  EXPECT_EQ(drill.state("n0", newer_), State::updated);
  EXPECT_EQ(drill.trip("n0", newer_).cause, Cause::no_way_back);
  EXPECT_THAT(drill.trip("n0", newer_).detail,
              testing::AllOf(HasSubstr("bring back c0 3.4, which was recalled as bios-3.4@"), HasSubstr("apply a")));
  EXPECT_THAT(explain(drill.fleet, "n0", drill.present()).reasons.at(0).text, HasSubstr("recalled as bios-3.4"));
  EXPECT_TRUE(drill.rollout(newer_).finished);
}

// The recalled image came by another Release, too, and a rollback brought it back to that.
TEST_F(RecalledBefore, an_image_is_known_by_its_digest_whatever_release_brought_it) {
  drill.run();
  ReleaseRef other = drill.rollout(older_).plan->images[0].release;
  other.name = "bios-3.4-of-another-site";
  OperatorAsked asked{Verb::roll_back, older_, "omar", "CVE", {}, ""};
  asked.hosts = {"n2"};
  asked.recalls = to_string(other);
  drill.record(asked);
  drill.ask(Verb::roll_back, newer_);
  drill.run();
  EXPECT_EQ(drill.state("n0", newer_), State::updated);
  EXPECT_EQ(drill.trip("n0", newer_).cause, Cause::no_way_back);
}

TEST_F(RecalledBefore, one_that_waits_when_it_is_recalled_does_not_begin_either) {
  drill.run();
  drill.ask(Verb::roll_back, newer_);
  recall_older();
  drill.run();
  EXPECT_EQ(drill.state("n0", newer_), State::updated);
  EXPECT_EQ(drill.trip("n0", newer_).cause, Cause::no_way_back);
}

/// The recall found the newer run at work: what that leaves on the recalled version goes on back.
TEST_F(RecalledBefore, one_that_goes_on_past_it_begins) {
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0", newer_) == State::updated; }));
  OperatorAsked asked{Verb::roll_back, older_, "omar", "CVE", {}, ""};
  asked.recalls = to_string(drill.rollout(older_).plan->images[0].release);
  drill.record(asked);
  drill.ask(Verb::roll_back, newer_);
  drill.run();
  EXPECT_EQ(drill.state("n0", newer_), State::rolled_back);
  EXPECT_EQ(drill.state("n0", older_), State::rolled_back);
}

}  // namespace
}  // namespace breakwater::recall_test
