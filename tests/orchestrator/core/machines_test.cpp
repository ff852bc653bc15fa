// Hosts are machines: what is known of one holds under every name that it gets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/start_rules.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::machines_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// So many hosts in one wave, each a machine of its own.
ResolvedPlan machines(std::uint32_t count, const std::string& rollout = "bios") {
  ResolvedPlan plan = plan_of({.waves = {count}, .gate = Gate{Share{0}, 1}});
  plan.rollout = rollout;
  for (PlannedHost& host : plan.hosts) host.identity = {"V", "M", "S-" + host.name, "U-" + host.name};
  return plan;
}

/// The plan of another day, for machine S-n0 under the name x0.
ResolvedPlan renamed(const std::string& rollout) {
  ResolvedPlan plan = machines(1, rollout);
  plan.hosts[0].name = "x0";
  return plan;
}

class Machines : public testing::Test {
 protected:
  std::vector<std::string> in_flight(RolloutId id = 1) const {
    std::vector<std::string> names;
    const RolloutState& rollout = drill_.rollout(id);
    for (HostIndex i = 0; i < rollout.hosts.size(); ++i) {
      if (is_in_flight(rollout.hosts[i].state)) names.push_back(rollout.plan->hosts[i].name);
    }
    return names;
  }
  std::vector<StartRule> rules_of_last_decision() const {
    std::vector<StartRule> rules;
    for (const Blocker& one : drill_.waits) rules.push_back(one.rule);
    return rules;
  }
  void quarantine(const std::string& host) {
    drill_.table[{host, Action::stage}] = {ends(Outcome::Verdict::lost, Cause::armed)};
  }

  Drill drill_;
};

TEST_F(Machines, one_machine_under_two_names_is_in_flight_once) {
  ResolvedPlan plan = machines(3);
  plan.hosts[1].identity = plan.hosts[0].identity;
  drill_.folds_again = true;
  drill_.start(plan);
  drill_.decide_all();
  EXPECT_THAT(in_flight(), ElementsAre("n0", "n2")) << "n1 holds up nobody behind it";
  EXPECT_THAT(rules_of_last_decision(), Contains(StartRule::same_machine));
  const Explanation why = explain(drill_.fleet, "n1", drill_.present());
  EXPECT_THAT(why.reasons.front().text, HasSubstr("the same machine is in flight as n0"));
  EXPECT_EQ(why.reasons.front().command, "breakwater explain n0");
  drill_.on_record = [&](const Recorded&) { EXPECT_LE(in_flight().size(), 2U); };
  drill_.run();
  EXPECT_EQ(drill_.state("n1"), State::updated) << "its turn comes once the other one is at its end";
}

TEST_F(Machines, a_quarantine_holds_under_another_name_of_the_same_plan_until_it_is_released) {
  ResolvedPlan plan = machines(2);
  plan.hosts[1].identity = plan.hosts[0].identity;
  quarantine("n0");
  drill_.start(plan);
  drill_.run();
  EXPECT_EQ(drill_.state("n0"), State::quarantined);
  EXPECT_THAT(drill_.commands_of("n1"), IsEmpty());
  ASSERT_THAT(rules_of_last_decision(), Contains(StartRule::quarantined));
  EXPECT_THAT(drill_.waits.front().text, HasSubstr("n1: it is quarantined as n0, by rollout bios"));
  const Explanation why = explain(drill_.fleet, "n1", drill_.present());
  EXPECT_EQ(why.headline, "n1 is quarantined and is not touched");
  EXPECT_THAT(why.reasons.front().command, HasSubstr("breakwater quarantine release n0 --reason \"...\""));
  drill_.ask(Verb::release, 0, "n0");
  drill_.run();
  EXPECT_EQ(drill_.state("n1"), State::updated);
}

/// The hole that a rename tore: the rollout of an earlier day rolled back a host that a later one had quarantined.
TEST_F(Machines, no_rollout_reaches_a_machine_that_another_one_quarantined) {
  const RolloutId first = drill_.start(machines(2));
  drill_.run();
  ASSERT_THAT(drill_.in(State::updated), ElementsAre("n0", "n1"));
  quarantine("x0");
  const RolloutId second = drill_.start(renamed("nic"));
  drill_.run();
  ASSERT_EQ(drill_.state("x0", second), State::quarantined);
  drill_.ask(Verb::roll_back, first);
  drill_.run();
  EXPECT_EQ(drill_.state("n1", first), State::rolled_back);
  EXPECT_THAT(drill_.commands_of("n0", first), Not(Contains(HasSubstr("roll_back"))));
  EXPECT_FALSE(drill_.rollout(first).finished) << "it waits, and says for whom";
  drill_.ask(Verb::release, 0, "x0");
  drill_.run();
  EXPECT_EQ(drill_.state("n0", first), State::rolled_back);
  EXPECT_TRUE(drill_.rollout(first).finished);
}

/// A plan of one host in rack r1, one of which may be away; it leaves the quarantined machine out, by that label.
ResolvedPlan beside(const std::string& left_out, const std::string& kept_as) {
  ResolvedPlan plan = machines(1, "beside");
  plan.hosts[0].name = "b0";
  plan.hosts[0].identity = {"V", "M", "S-b0", "U-b0"};
  plan.hosts[0].labels = {{"rack", "r1"}};
  plan.domain_limits = {{"rack", "r0", 1}, {"rack", "r1", 1}};
  plan.left_out = {LeftOut{left_out, {{"rack", "r1"}}, "quarantined", "it is", false, {}, kept_as}};
  return plan;
}

// Somebody labels it anew, or it was moved: the rack it stands in by now had room for one more.
TEST_F(Machines, one_that_is_quarantined_counts_where_a_later_plan_has_it_and_where_it_was) {
  for (const std::string name : {"n0", "x0"}) {
    Drill drill;
    drill.folds_again = true;
    drill.table[{"n0", Action::stage}] = {ends(Outcome::Verdict::lost, Cause::armed)};
    drill.start(machines(1));
    drill.run();
    ASSERT_EQ(drill.state("n0"), State::quarantined);
    const RolloutId id = drill.start(beside(name, name == "n0" ? "" : "n0"));
    drill.run();
    EXPECT_EQ(drill.state("b0", id), State::waiting);
    const auto away = [&](const std::string& rack) {
      const auto& all = drill.fleet.domains();
      return std::find_if(all.begin(), all.end(), [&](const Domain& one) { return one.value == rack; })->away;
    };
    EXPECT_EQ(away("r0"), 1);
    EXPECT_EQ(away("r1"), 1);
    const Reason why = explain(drill.fleet, "b0", drill.present()).reasons.at(0);
    EXPECT_EQ(why.word, "DomainFull");
    EXPECT_THAT(why.text, HasSubstr("rack r1 1/1: n0 (quarantined, and a later plan has it here)"));
    EXPECT_EQ(why.command, "breakwater quarantine discount n0 --reason \"...\"");
    EXPECT_EQ(drill.fleet.quarantines().begin()->second.labels, (Labels{{"rack", "r1"}}));
    drill.ask(Verb::discount, 0, "n0");
    drill.ask(Verb::release, 0, "n0");
    EXPECT_EQ(away("r0"), 0);
    EXPECT_EQ(away("r1"), 0);
    drill.run();
    EXPECT_EQ(drill.state("b0", id), State::updated);
  }
}

TEST_F(Machines, a_discount_gives_room_where_a_later_plan_has_it_too) {
  quarantine("n0");
  drill_.start(machines(1));
  drill_.run();
  const RolloutId id = drill_.start(beside("n0", ""));
  drill_.run();
  ASSERT_EQ(drill_.state("b0", id), State::waiting);
  drill_.ask(Verb::discount, 0, "n0");
  drill_.run();
  EXPECT_EQ(drill_.state("b0", id), State::updated);
}

/// A later run has it under another label, and an older one quarantines it.
TEST_F(Machines, one_that_an_older_run_quarantines_counts_where_the_later_one_has_it) {
  const RolloutId first = drill_.start(machines(1));
  drill_.run();
  ResolvedPlan later = renamed("nic");
  later.components[0].select.name = "NIC";
  later.hosts[0].labels = {{"rack", "r1"}};
  drill_.start(later);
  drill_.run();
  drill_.table[{"n0", Action::roll_back}] = {ends(Outcome::Verdict::lost, Cause::armed)};
  drill_.ask(Verb::roll_back, first);
  drill_.run();
  ASSERT_EQ(drill_.state("n0", first), State::quarantined);
  const RolloutId id = drill_.start(beside("n0", ""));
  drill_.run();
  EXPECT_EQ(drill_.state("b0", id), State::waiting);
  EXPECT_EQ(drill_.fleet.quarantines().begin()->second.also.size(), 1U) << "once";
}

TEST_F(Machines, who_touched_a_machine_last_is_known_under_its_new_name) {
  const RolloutId first = drill_.start(machines(1));
  drill_.run();
  const RolloutId second = drill_.start(renamed("nic"));
  drill_.run();
  ASSERT_EQ(drill_.state("x0", second), State::updated);
  drill_.ask(Verb::roll_back, first);
  drill_.run();
  EXPECT_EQ(drill_.state("n0", first), State::updated) << "it runs what the later rollout brought";
}

TEST_F(Machines, an_unfinished_rollout_owns_its_machines_whatever_their_names) {
  const RolloutId first = drill_.start(machines(1));
  const std::string machine = machine_of(renamed("nic").hosts[0]);
  ASSERT_TRUE(drill_.fleet.owner(machine));
  EXPECT_EQ(drill_.fleet.owner(machine)->id, first);
  drill_.decide_all();
  const PlannedHost* held = drill_.fleet.in_hand(machine);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->name, "n0");
  drill_.run();
  EXPECT_FALSE(drill_.fleet.owner(machine));
  EXPECT_FALSE(drill_.fleet.in_hand(machine));
}

/// A board is swapped and keeps the serial number, or a BIOS forgets its UUID; and the host gets a new name.
TEST_F(Machines, one_half_of_an_identity_is_enough_to_stay_quarantined) {
  drill_.folds_again = true;
  drill_.table[{"n0", Action::check}] = {ends(Outcome::Verdict::lost, Cause::lost)};
  drill_.start(machines(1));
  drill_.run();
  ASSERT_EQ(drill_.state("n0"), State::quarantined);
  ResolvedPlan board = renamed("board");
  board.hosts[0].identity.uuid = "U-new";
  ResolvedPlan bios = renamed("bios-reset");
  bios.hosts[0].name = "y0";
  bios.hosts[0].identity.serial = "S-newer";
  ResolvedPlan other = renamed("other");
  other.hosts[0].identity = {"V", "M", "S-new", "U-new"};
  const RolloutId ids[] = {drill_.start(board), drill_.start(bios), drill_.start(other)};
  drill_.run();
  EXPECT_EQ(drill_.state("x0", ids[0]), State::waiting);
  EXPECT_EQ(drill_.state("y0", ids[1]), State::waiting);
  EXPECT_EQ(drill_.state("x0", ids[2]), State::updated) << "neither half: another machine";
  const auto blocker = may_start({drill_.fleet, drill_.rollout(ids[0]), 0, drill_.now});
  EXPECT_EQ(blocker->text, "it is quarantined as n0, which reported the same serial S-n0, by rollout bios");
  EXPECT_EQ(what_to_type(*blocker, "board"), "breakwater quarantine release n0 --reason \"...\"");
  const Explanation why = explain(drill_.fleet, "y0", drill_.present());
  EXPECT_THAT(why.reasons.front().text, HasSubstr("as n0, which reported the same uuid u-n0"));
  drill_.ask(Verb::release, 0, "n0");
  drill_.run();
  EXPECT_EQ(drill_.state("x0", ids[0]), State::updated);
  EXPECT_EQ(drill_.state("y0", ids[1]), State::updated);
}

/// Blades that report the serial number of their chassis: what several had at one time tells of none.
TEST_F(Machines, what_several_hosts_of_a_plan_have_quarantines_none_but_the_one) {
  drill_.folds_again = true;
  quarantine("n0");
  ResolvedPlan blades = machines(3);
  for (PlannedHost& host : blades.hosts) host.identity.serial = "CHASSIS-7";
  drill_.start(blades);
  drill_.run();
  EXPECT_THAT(drill_.in(State::updated), ElementsAre("n1", "n2"));
  ResolvedPlan again = blades;
  again.rollout = "nic";
  const RolloutId second = drill_.start(again);
  drill_.run();
  EXPECT_EQ(drill_.state("n0", second), State::waiting) << "the machine itself";
  EXPECT_EQ(drill_.state("n1", second), State::updated);
}

/// Journals of before hold such: each was counted, and only the last was ever released.
TEST_F(Machines, several_quarantines_of_one_machine_stand_beside_each_other_and_are_released_together) {
  const auto stage_lost = [this](RolloutId id) {
    Command command;
    command.rollout = id;
    for (const Action action : {Action::prepare, Action::stage}) {
      command.action = action;
      drill_.record(CommandIssued{command});
      Outcome outcome = action == Action::prepare ? done() : ends(Outcome::Verdict::lost, Cause::armed);
      outcome.stages = true;
      drill_.record(CommandEnded{drill_.records.back().seq, id, 0, outcome});
    }
  };
  const RolloutId first = drill_.start(machines(1));
  const RolloutId second = drill_.start(renamed("nic"));
  stage_lost(first);
  stage_lost(second);
  EXPECT_THAT(drill_.fleet.quarantines(), SizeIs(2));
  ASSERT_EQ(drill_.fleet.domains()[0].away, 2);
  drill_.ask(Verb::release, 0, "x0");
  EXPECT_THAT(drill_.fleet.quarantines(), IsEmpty());
  EXPECT_EQ(drill_.fleet.domains()[0].away, 0) << "the rack has all of its hosts again";
  EXPECT_TRUE(drill_.trip("n0", first).released);
  EXPECT_FALSE(drill_.fleet.quarantine_of(machines(1).hosts[0]));
}

}  // namespace
}  // namespace breakwater::machines_test
