// How many hosts may be away at once: in all, in a domain, with hosts that are down and hosts in quarantine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::limits_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

int away(const Drill& drill, const std::string& value) {
  for (const Domain& domain : drill.fleet.domains()) {
    if (domain.value == value) return domain.away;
  }
  return -1;
}

TEST(Limits, the_global_limit_holds) {
  Drill drill;
  int most = 0;
  drill.on_record = [&](const Recorded&) { most = std::max(most, drill.fleet.in_flight()); };
  drill.start(plan_of({.waves = {30}, .racks = 30, .global = 7}));
  drill.run();
  EXPECT_EQ(most, 7);
  EXPECT_THAT(drill.in(State::updated), SizeIs(30));
}

TEST(Limits, a_domains_limit_holds_and_others_go_on) {
  Drill drill;
  drill.folds_again = true;
  int most = 0;
  drill.on_record = [&](const Recorded&) {
    for (const Domain& domain : drill.fleet.domains()) most = std::max(most, domain.away);
  };
  drill.start(plan_of({.waves = {24}, .racks = 3, .per_rack = 2}));
  drill.decide_all();
  EXPECT_THAT(drill.in(State::preparing), ElementsAre("n0", "n1", "n2", "n3", "n4", "n5"));
  drill.run();
  EXPECT_EQ(most, 2);
  EXPECT_THAT(drill.in(State::updated), SizeIs(24));
}

TEST(Limits, a_host_stands_in_several_domains) {
  Drill drill;
  drill.folds_again = true;
  ResolvedPlan plan = plan_of({.waves = {12}, .racks = 6, .per_rack = 1});
  for (std::size_t i = 0; i < plan.hosts.size(); ++i) plan.hosts[i].labels["pdu"] = "p" + std::to_string(i % 2);
  plan.domain_limits.push_back({"pdu", "p0", 1});
  plan.domain_limits.push_back({"pdu", "p1", 2});
  drill.start(plan);
  drill.decide_all();
  EXPECT_THAT(drill.in(State::preparing), UnorderedElementsAre("n0", "n1", "n3"));
  drill.run();
  EXPECT_THAT(drill.in(State::updated), SizeIs(12));
}

TEST(Limits, hosts_that_are_down_take_room) {
  Drill drill;
  ResolvedPlan plan = plan_of({.waves = {4}, .racks = 1, .per_rack = 2});
  plan.left_out.push_back({"x0", {{"rack", "r0"}}, "unreachable", "", true});
  plan.left_out.push_back({"x1", {{"rack", "r0"}}, "held", "", false});
  plan.left_out.push_back({"x2", {{"rack", "r9"}}, "unreachable", "", true});
  drill.start(plan);
  drill.decide_all();
  EXPECT_THAT(drill.in(State::preparing), ElementsAre("n0"));
  drill.run();
  EXPECT_TRUE(drill.rollout().finished);
  EXPECT_EQ(away(drill, "r0"), 0);
}

TEST(Limits, with_every_place_taken_by_down_hosts_nothing_starts) {
  Drill drill;
  ResolvedPlan plan = plan_of({.waves = {1}, .racks = 1, .per_rack = 1});
  plan.left_out.push_back({"x0", {{"rack", "r0"}}, "unreachable", "", true});
  drill.start(plan);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::waiting);
  ASSERT_THAT(drill.waits, SizeIs(1));
  EXPECT_EQ(drill.waits[0].rule, StartRule::domain_full);
}

TEST(Limits, a_quarantined_host_takes_room_until_it_is_released) {
  Drill drill;
  drill.folds_again = true;
  drill.table[{"n0", Action::check}] = {ends(Outcome::Verdict::lost, Cause::lost)};
  drill.start(plan_of({.waves = {3}, .racks = 1, .per_rack = 1, .gate = {Share{0}, 1}}));
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_EQ(away(drill, "r0"), 1);
  EXPECT_THAT(drill.in(State::waiting), ElementsAre("n1", "n2"));
  ASSERT_EQ(drill.fleet.quarantines().count("n0"), 1u);
  EXPECT_EQ(drill.fleet.quarantines().find("n0")->second.cause, Cause::lost);
  drill.ask(Verb::release, 0, "n0");
  EXPECT_THAT(drill.fleet.quarantines(), IsEmpty());
  EXPECT_EQ(away(drill, "r0"), 0);
  drill.run();
  EXPECT_THAT(drill.in(State::updated), ElementsAre("n1", "n2"));
  drill.ask(Verb::release, 0, "n0");
  EXPECT_EQ(away(drill, "r0"), 0);
}

TEST(Limits, no_decision_acts_more_than_it_may) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {600}, .racks = 600, .global = 1'000}));
  EXPECT_EQ(decide(drill.fleet, id, drill.now).acts.size(), kActsMost);
}

/// With thousands of hosts in few racks, a decision looks at those that may go and not at those that wait.
TEST(Limits, work_is_bounded_by_what_may_go) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {2'000}, .racks = 4, .per_rack = 2}));
  drill.decide_all();
  std::size_t visited = 0;
  std::size_t turns = 0;
  std::size_t most = 0;
  while (!drill.rollout().finished && turns < 600) {
    const std::size_t now = drill.rollout(id).starts[0].ready().size();
    visited += now;
    most = std::max(most, now);
    ASSERT_TRUE(drill.turn());
    ++turns;
  }
  EXPECT_LE(most, 8u);
  EXPECT_LE(visited, 2 * turns);
}

TEST(Limits, room_that_a_finished_rollout_leaves_is_taken) {
  Drill drill;
  drill.folds_again = true;
  ResolvedPlan first = plan_of({.waves = {1}, .racks = 1, .per_rack = 2});
  first.hosts[0].name = "m0";
  first.left_out.push_back({"x0", {{"rack", "r0"}}, "unreachable", "", true});
  ResolvedPlan second = plan_of({.waves = {2}, .racks = 1, .per_rack = 2});
  drill.start(first);
  const RolloutId id = drill.start(second);
  drill.run();
  EXPECT_THAT(drill.in(State::updated, id), SizeIs(2));
  EXPECT_TRUE(drill.rollout(id).finished);
}

TEST(Limits, a_host_that_two_rollouts_found_down_counts_once) {
  Drill drill;
  ResolvedPlan plans[2] = {plan_of({.waves = {1}, .racks = 1, .per_rack = 2}),
                           plan_of({.waves = {1}, .racks = 1, .per_rack = 2})};
  plans[0].hosts[0].name = "m0";
  for (ResolvedPlan& plan : plans) plan.left_out.push_back({"x0", {{"rack", "r0"}}, "unreachable", "", true});
  drill.start(plans[0]);
  drill.start(plans[1]);
  EXPECT_EQ(away(drill, "r0"), 1);
  drill.run();
  EXPECT_EQ(away(drill, "r0"), 0);
}

/// Whoever is in a plan was read for it: a host that an earlier plan found down is up by then.
TEST(Limits, a_host_that_a_later_plan_has_read_is_down_no_more) {
  Drill drill;
  drill.folds_again = true;
  ResolvedPlan first = plan_of({.waves = {2}, .racks = 1, .per_rack = 1});
  first.left_out.push_back({"x0", {{"rack", "r0"}}, "unreachable", "", true});
  const RolloutId blocked = drill.start(first);
  drill.run();
  EXPECT_THAT(drill.in(State::waiting), SizeIs(2));
  ResolvedPlan second = plan_of({.waves = {1}, .racks = 1, .per_rack = 1});
  second.hosts[0].name = "x0";
  const RolloutId later = drill.start(second);
  EXPECT_EQ(away(drill, "r0"), 0);
  drill.run();
  EXPECT_TRUE(drill.rollout(blocked).finished);
  EXPECT_TRUE(drill.rollout(later).finished);
  EXPECT_EQ(away(drill, "r0"), 0);
  drill.ask(Verb::roll_back, blocked);
  EXPECT_EQ(away(drill, "r0"), 0);
  drill.run();
  EXPECT_THAT(drill.in(State::rolled_back), SizeIs(2));
  EXPECT_EQ(away(drill, "r0"), 0);
}

TEST(Limits, of_two_rollouts_the_tighter_limit_holds) {
  Drill drill;
  drill.folds_again = true;
  ResolvedPlan tight = plan_of({.waves = {3}, .racks = 1, .per_rack = 1});
  for (PlannedHost& host : tight.hosts) host.name = "m" + host.name;
  int most_beside = 0;
  int most_alone = 0;
  drill.on_record = [&](const Recorded&) {
    int& most = drill.rollout(1).finished ? most_alone : most_beside;
    most = std::max(most, away(drill, "r0"));
  };
  drill.start(tight);
  const RolloutId loose = drill.start(plan_of({.waves = {6}, .racks = 1, .per_rack = 3}));
  drill.run();
  EXPECT_TRUE(drill.rollout(loose).finished);
  EXPECT_EQ(most_beside, 1);
  EXPECT_EQ(most_alone, 3);
}

TEST(Limits, a_host_away_in_a_rollout_without_that_limit_takes_room_too) {
  Drill drill;
  drill.folds_again = true;
  ResolvedPlan free = plan_of({.waves = {1}, .racks = 1});
  free.hosts[0].name = "m0";
  free.domain_limits.clear();
  drill.start(free);
  drill.decide_all();
  drill.start(plan_of({.waves = {2}, .racks = 1, .per_rack = 1}));
  drill.decide_all();
  EXPECT_EQ(drill.fleet.in_flight(), 1);
  drill.run();
  EXPECT_THAT(drill.in(State::updated, 1), SizeIs(1));
}

/// Its turn had come when an operator took it out: whoever waits behind it for the same rack may go.
TEST(Limits, a_host_taken_out_before_its_start_leaves_its_room_to_the_next) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {3}, .racks = 1, .per_rack = 1}));
  drill.run_until([&] { return drill.state("n0") == State::activating; });
  drill.ask(Verb::pause, id);
  drill.run();
  ASSERT_EQ(drill.state("n0"), State::updated);
  drill.ask(Verb::roll_back, id, "n1");
  drill.ask(Verb::resume, id);
  drill.run();
  EXPECT_EQ(drill.state("n1"), State::not_started);
  EXPECT_EQ(drill.state("n2"), State::updated);
}

}  // namespace
}  // namespace breakwater::limits_test
