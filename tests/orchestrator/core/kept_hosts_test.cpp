// What a person is told of hosts that wait while others may go on: who keeps each, and a command that helps.
#include "orchestrator/core/kept_hosts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/decide.hpp"
#include "orchestrator/core/explain.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::kept_hosts_test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

const std::string kRelease = "breakwater quarantine release n0 --reason \"...\"";
const std::string kDiscount = "breakwater quarantine discount n0 --reason \"...\"";

std::vector<std::string> words(const Explanation& explanation) {
  std::vector<std::string> list;
  for (const Reason& reason : explanation.reasons) list.push_back(reason.word);
  return list;
}

/// `bios` has updated its hosts, then `nic` quarantines the first of them, and the rollback of `bios` is asked for.
class KeptWaysBack : public testing::Test {
 protected:
  KeptWaysBack() { drill_.folds_again = true; }

  static ResolvedPlan plan(const std::string& rollout, std::uint32_t hosts) {
    ResolvedPlan made = plan_of({.waves = {hosts}, .racks = 1, .per_rack = 1, .gate = {Share{0}, 1}});
    made.domain_limits[0].ceiling = 3;
    made.rollout = rollout;
    if (rollout == "nic") made.components[0].kind = ComponentKind::nic;
    return made;
  }
  void quarantine_by_nic(std::uint32_t hosts_of_bios, std::uint32_t hosts_of_nic = 1) {
    bios_ = drill_.start(plan("bios", hosts_of_bios));
    drill_.run();
    ASSERT_THAT(drill_.in(State::updated), SizeIs(hosts_of_bios));
    ResolvedPlan nic = plan("nic", hosts_of_nic);
    nic.domain_limits[0] = {"rack", "r0", 100, 100};  // each of them is tried
    drill_.script = [this](const Command& command) -> std::optional<Outcome> {
      if (command.rollout == bios_ || command.action != Action::stage) return std::nullopt;
      return ends(Outcome::Verdict::lost, Cause::lost);
    };
    nic_ = drill_.start(nic);
    drill_.run();
    ASSERT_THAT(drill_.in(State::quarantined, nic_), SizeIs(hosts_of_nic));
  }
  void roll_back() {
    drill_.ask(Verb::roll_back, bios_);
    drill_.run();
  }
  std::vector<std::string> waits() const {
    std::vector<std::string> texts;
    for (const Blocker& wait : drill_.waits) texts.push_back(wait.text);
    return texts;
  }

  Drill drill_;
  RolloutId bios_ = 0;
  RolloutId nic_ = 0;
};

TEST_F(KeptWaysBack, a_host_that_another_rollout_quarantined_is_named_with_its_release) {
  quarantine_by_nic(1);
  roll_back();
  const std::string kept = "n0: it is quarantined, by rollout nic  → " + kRelease;
  EXPECT_THAT(waits(), ElementsAre(kept)) << "and nothing is said of a domain: no room would help";
  drill_.ask(Verb::discount, 0, "n0");
  drill_.run();
  EXPECT_THAT(waits(), ElementsAre(kept)) << "a discount lets the others go, and never the host itself";
  drill_.ask(Verb::release, 0, "n0");
  drill_.run();
  EXPECT_EQ(drill_.state("n0", bios_), State::rolled_back) << "what was named helps";
}

TEST_F(KeptWaysBack, the_others_of_its_rack_are_told_of_the_discount) {
  quarantine_by_nic(2);
  roll_back();
  EXPECT_THAT(waits(),
              ElementsAre("n0: it is quarantined, by rollout nic  → " + kRelease,
                          AllOf(HasSubstr("in rack r0 1/1 n0 is quarantined and counts"), HasSubstr(kDiscount))));
  drill_.ask(Verb::discount, 0, "n0");
  drill_.run();
  EXPECT_EQ(drill_.state("n1", bios_), State::rolled_back) << "what was named helps";
  EXPECT_THAT(waits(), ElementsAre(HasSubstr(kRelease)));
}

TEST_F(KeptWaysBack, no_host_waits_behind_itself) {
  quarantine_by_nic(2);
  roll_back();
  const Explanation own = explain(drill_.fleet, "n0", drill_.present());
  EXPECT_THAT(words(own), ElementsAre("Quarantined", "WaitsForRollback"));
  EXPECT_EQ(own.reasons[0].command, kRelease);
  EXPECT_THAT(own.reasons[0].text, HasSubstr("by rollout nic"));
  const Explanation other = explain(drill_.fleet, "n1", drill_.present());
  ASSERT_THAT(words(other), ElementsAre("DomainFull", "WaitsForRollback"));
  EXPECT_THAT(other.reasons[0].text, HasSubstr("rack r0 1/1: n0 (quarantined"));
  EXPECT_EQ(other.reasons[0].command, kDiscount);
}

TEST_F(KeptWaysBack, a_released_host_that_waits_for_its_rack_waits_for_the_others_alone) {
  quarantine_by_nic(2, 2);
  drill_.ask(Verb::release, 0, "n0");
  drill_.ask(Verb::roll_back, nic_, "n0");
  drill_.ask(Verb::roll_back, bios_, "n0");
  drill_.run();
  const Explanation own = explain(drill_.fleet, "n0", drill_.present());
  for (const Reason& reason : own.reasons) {
    EXPECT_THAT(reason.text, Not(HasSubstr("it is rolled back first"))) << reason.word;
    EXPECT_THAT(reason.text, Not(HasSubstr("n0 ("))) << reason.word;
  }
}

TEST_F(KeptWaysBack, of_many_the_first_are_named_and_the_others_counted) {
  quarantine_by_nic(8, 8);
  roll_back();
  ASSERT_THAT(drill_.waits, SizeIs(5));
  EXPECT_THAT(drill_.waits, Each(Field(&Blocker::rule, StartRule::quarantined)));
  EXPECT_THAT(waits().back(), HasSubstr("; and 3 more hosts, of which breakwater explain HOST tells"));
}

/// A start waits for a rollback that was asked for while its own rollout had the host waiting.
TEST_F(KeptWaysBack, a_start_behind_a_rollback_names_who_owes_it_and_what_holds_that) {
  bios_ = drill_.start(plan("bios", 1));
  drill_.run();
  nic_ = drill_.start(plan("nic", 1));
  drill_.ask(Verb::pause, nic_);
  drill_.ask(Verb::roll_back, bios_);
  drill_.ask(Verb::pause, bios_);
  drill_.ask(Verb::resume, nic_);
  drill_.decide_all();
  const auto blocker = may_start({drill_.fleet, drill_.rollout(nic_), 0, drill_.now});
  ASSERT_TRUE(blocker);
  EXPECT_EQ(blocker->text,
            "rollout bios rolls it back first, and that is held: omar paused the rollout: as the test says");
  EXPECT_EQ(what_to_type(*blocker, "nic"), "breakwater resume bios, or breakwater abandon bios --reason \"...\"");
  const Decision decision = decide(drill_.fleet, nic_, drill_.now);
  EXPECT_THAT(decision.waits, Contains(Field(&Blocker::text, HasSubstr("n0: rollout bios rolls it back first"))));
  drill_.ask(Verb::resume, bios_);
  EXPECT_EQ(may_start({drill_.fleet, drill_.rollout(nic_), 0, drill_.now})->text, "rollout bios rolls it back first");
}

}  // namespace
}  // namespace breakwater::kept_hosts_test
