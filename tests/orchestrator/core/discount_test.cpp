// A quarantined host that an operator takes out of the count of its domains: never beyond the Policy's ceiling.
#include "orchestrator/core/discount.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/explain.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::discount_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

/// n0 is quarantined in a rack whose limit is one; n1 and n2 wait behind it.
ResolvedPlan one_rack(int ceiling) {
  ResolvedPlan plan = plan_of({.waves = {3}, .racks = 1, .per_rack = 1, .gate = {Share{0}, 1}});
  plan.domain_limits[0].ceiling = ceiling;
  return plan;
}

class Discount : public testing::Test {
 protected:
  void quarantine_n0(int ceiling) {
    drill_.folds_again = true;
    drill_.table[{"n0", Action::check}] = {ends(Outcome::Verdict::lost, Cause::lost)};
    drill_.start(one_rack(ceiling));
    drill_.run();
    ASSERT_EQ(drill_.state("n0"), State::quarantined);
    ASSERT_THAT(drill_.in(State::waiting), ElementsAre("n1", "n2"));
  }
  const Domain& rack() const {
    for (const Domain& domain : drill_.fleet.domains()) {
      if (domain.label == "rack") return domain;
    }
    throw std::out_of_range("rack");
  }

  Drill drill_;
};

TEST_F(Discount, lets_the_others_of_its_rack_go_on_and_keeps_the_host_quarantined) {
  quarantine_n0(2);
  EXPECT_FALSE(discount_refusal(drill_.fleet, "n0"));
  drill_.ask(Verb::discount, 0, "n0");
  int most = 0;
  drill_.on_record = [&](const Recorded&) { most = std::max(most, rack().away); };
  drill_.run();
  EXPECT_THAT(drill_.in(State::updated), ElementsAre("n1", "n2"));
  EXPECT_EQ(most, 2);
  EXPECT_TRUE(drill_.fleet.quarantines().find("n0")->second.discounted);
  EXPECT_THAT(explain(drill_.fleet, "n0", drill_.present()).reasons.at(0).text,
              HasSubstr("; discounted: it counts against the Policy's ceilings alone"));
  EXPECT_THAT(discount_refusal(drill_.fleet, "n0").value(), HasSubstr("discounted already"));
}

TEST_F(Discount, has_no_effect_at_the_policys_ceiling_and_the_refusal_names_the_figures) {
  quarantine_n0(1);
  EXPECT_THAT(discount_refusal(drill_.fleet, "n0").value(),
              HasSubstr("1 host of rack r0 is away where the Policy's ceiling is 1"));
  drill_.ask(Verb::discount, 0, "n0");  // by whoever writes it all the same
  drill_.run();
  EXPECT_THAT(drill_.in(State::waiting), ElementsAre("n1", "n2"));
}

/// Three are quarantined where the limit is one and the ceiling three: no discount makes room for a fourth.
TEST_F(Discount, is_refused_where_the_quarantined_alone_fill_the_ceiling) {
  for (const char* host : {"n0", "n1", "n2"}) {
    drill_.table[{host, Action::check}] = {ends(Outcome::Verdict::lost, Cause::lost)};
  }
  ResolvedPlan first = plan_of({.waves = {3}, .racks = 1, .gate = {Share{0}, 1}});
  drill_.start(first);
  drill_.run();
  ResolvedPlan second = plan_of({.waves = {4}, .racks = 1, .per_rack = 1, .gate = {Share{0}, 1}});
  second.domain_limits[0].ceiling = 3;
  second.rollout = "nic";
  drill_.start(second);
  drill_.run();
  EXPECT_THAT(discount_refusal(drill_.fleet, "n0").value(), HasSubstr("3 hosts of rack r0 are away where the Policy"));
  EXPECT_THAT(drill_.waits.back().text, HasSubstr("breakwater quarantine release n"));
  EXPECT_THAT(drill_.waits.back().text, Not(HasSubstr("discount")));
}

TEST_F(Discount, ends_with_the_release) {
  quarantine_n0(2);
  drill_.ask(Verb::discount, 0, "n0");
  EXPECT_EQ(rack().counted(), 0);
  drill_.ask(Verb::release, 0, "n0");
  EXPECT_EQ(rack().away, 0);
  EXPECT_EQ(rack().discounted, 0);
  drill_.ask(Verb::release, 0, "n0");
  EXPECT_EQ(rack().discounted, 0);
}

TEST_F(Discount, of_a_host_that_is_not_quarantined_is_refused) {
  quarantine_n0(2);
  EXPECT_THAT(discount_refusal(drill_.fleet, "n1").value(), HasSubstr("'n1' is not quarantined"));
  drill_.ask(Verb::discount, 0, "n1");
  EXPECT_EQ(rack().counted(), 1);
}

TEST_F(Discount, does_not_let_the_machine_itself_start_anywhere) {
  quarantine_n0(2);
  drill_.ask(Verb::discount, 0, "n0");
  drill_.run();
  ResolvedPlan again = one_rack(2);
  again.hosts.resize(1);
  again.waves[0].hosts = 1;
  const RolloutId id = drill_.start(again);
  drill_.run();
  EXPECT_EQ(drill_.state("n0", id), State::waiting);
}

TEST_F(Discount, is_named_where_a_quarantined_host_keeps_a_rack_for_ever) {
  quarantine_n0(2);
  const std::string command = "breakwater quarantine discount n0 --reason \"...\"";
  ASSERT_THAT(drill_.waits, SizeIs(1));
  EXPECT_THAT(drill_.waits[0].text, HasSubstr("rack r0 1/1 n0 is quarantined and counts: " + command));
  EXPECT_EQ(explain(drill_.fleet, "n1", drill_.present()).reasons.at(0).command, command);
}

TEST_F(Discount, the_release_is_named_where_the_ceiling_is_reached) {
  quarantine_n0(1);
  const std::string command = "breakwater quarantine release n0 --reason \"...\"";
  EXPECT_THAT(drill_.waits[0].text, HasSubstr(command));
  EXPECT_EQ(explain(drill_.fleet, "n1", drill_.present()).reasons.at(0).command, command);
}

}  // namespace
}  // namespace breakwater::discount_test
