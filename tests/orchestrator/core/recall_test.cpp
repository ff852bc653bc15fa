// What a roll back reaches, over several runs.
#include "orchestrator/core/recall.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::recall_test {
namespace {

using testing::ElementsAre;
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

}  // namespace
}  // namespace breakwater::recall_test
