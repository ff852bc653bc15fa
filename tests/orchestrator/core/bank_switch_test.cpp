// Over IPMI a bank switch restores what was updated last, by whatever run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/recall.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::bank_switch_test {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class BankSwitch : public testing::Test {
 protected:
  BankSwitch() {
    drill.folds_again = true;
    drill.script = [this](const Command& command) -> std::optional<Outcome> {
      const bool sends = command.action == Action::stage;
      const bool switches = command.action == Action::roll_back;
      if (!sends && !switches) return std::nullopt;
      const Evidence seen{sends ? Evidence::Kind::sending : Evidence::Kind::start_asked, ""};
      drill.record(EvidenceSeen{command.id, command.rollout, command.host, seen});
      return std::nullopt;
    };
  }

  static ResolvedPlan plan(const std::string& name, ComponentKind kind, WayBack way_back, const char* driver) {
    ResolvedPlan made = plan_of({.waves = {1}});
    made.rollout = name;
    made.components[0].id = name == "one" ? "bmc" : "bios";
    made.components[0].kind = kind;
    made.components[0].way_back = way_back;
    made.hosts[0].updates[0].way_back = way_back;
    made.hosts[0].done_by = {DoneBy{"update", driver}};
    return made;
  }
  void bring_both(const char* driver = "ipmi (HPM.1)") {
    one = drill.start(plan("one", ComponentKind::bmc, WayBack::bank_switch, driver));
    drill.run();
    two = drill.start(plan("two", ComponentKind::bios, WayBack::bank_switch, driver));
    drill.run();
  }

  Drill drill;
  RolloutId one = 0;
  RolloutId two = 0;
};

TEST_F(BankSwitch, after_a_later_run_of_another_device_it_is_no_way_back_and_the_host_stays) {
  bring_both();
  EXPECT_THAT(drill.fleet.bank_switch_lost(drill.rollout(two), 0), IsEmpty());
  drill.ask(Verb::roll_back, one);
  drill.run();
  EXPECT_THAT(drill.brought_back(one), IsEmpty());
  EXPECT_EQ(drill.state("n0", one), State::updated);
  EXPECT_EQ(drill.trip("n0", one).cause, Cause::no_way_back);
  EXPECT_THAT(drill.trip("n0", one).detail, HasSubstr("restores what was updated last: bios, by rollout two"));
  EXPECT_TRUE(drill.rollout(one).finished);
}

TEST_F(BankSwitch, the_later_run_goes_back_and_even_then_the_older_one_does_not) {
  bring_both();
  drill.ask(Verb::roll_back, two);
  drill.run();
  EXPECT_EQ(drill.state("n0", two), State::rolled_back);
  EXPECT_THAT(drill.fleet.bank_switch_lost(drill.rollout(one), 0), HasSubstr("bios, by rollout two, which rolled it"));
}

TEST_F(BankSwitch, over_redfish_it_names_its_component) {
  bring_both("redfish");
  drill.ask(Verb::roll_back, one);
  drill.run();
  EXPECT_EQ(drill.state("n0", one), State::rolled_back);
}

/// It is asked for before the later run sends anything.
TEST_F(BankSwitch, a_way_back_that_waits_is_lost_to_what_the_later_run_sends) {
  one = drill.start(plan("one", ComponentKind::bmc, WayBack::bank_switch, "ipmi (HPM.1)"));
  drill.run();
  EXPECT_EQ(drill.fleet.bank_switch_at("n0")->what, "bmc of rollout one");
  two = drill.start(plan("two", ComponentKind::bios, WayBack::reflash, "ipmi (HPM.1)"));
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0", two) == State::staging; }));
  drill.ask(Verb::roll_back, one);
  drill.run();
  EXPECT_THAT(drill.brought_back(one), IsEmpty());
  EXPECT_EQ(drill.state("n0", two), State::updated);
  EXPECT_EQ(drill.trip("n0", one).cause, Cause::no_way_back);
  EXPECT_FALSE(drill.fleet.bank_switch_at("n0"));
}

/// Nothing was done, so what was updated last is what it was.
TEST_F(BankSwitch, one_that_was_refused_can_be_asked_again) {
  one = drill.start(plan("one", ComponentKind::bmc, WayBack::bank_switch, "ipmi (HPM.1)"));
  drill.run();
  drill.table[{"n0", Action::roll_back}] = {ends(Outcome::Verdict::untouched, Cause::request_refused), done()};
  drill.ask(Verb::roll_back, one);
  drill.run();
  EXPECT_EQ(drill.state("n0", one), State::updated);
  drill.ask(Verb::roll_back, one);
  drill.run();
  EXPECT_EQ(drill.state("n0", one), State::rolled_back);
}

TEST_F(BankSwitch, a_recall_and_explain_say_so) {
  bring_both();
  RecallScope scope;
  scope.host = [](const RolloutState&, const PlannedHost&) { return true; };
  scope.update = [&](const RolloutState& run, const PlannedUpdate&) { return run.id == one; };
  const auto covered = recall(drill.fleet, scope);
  ASSERT_THAT(covered, SizeIs(1));
  EXPECT_EQ(covered[0].fate, RecallFate::no_way_back);
  drill.ask(Verb::roll_back, one);
  const Explanation told = explain(drill.fleet, "n0", drill.present());
  EXPECT_THAT(told.reasons, Contains(Field(&Reason::text, HasSubstr("bios, by rollout two"))));
}

}  // namespace
}  // namespace breakwater::bank_switch_test
