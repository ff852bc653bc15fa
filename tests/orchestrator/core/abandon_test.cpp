// An operator gives a rollout up: it is over at once, no host is touched, and nothing that may be armed is forgotten.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/explain.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::abandon_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// Four hosts, one at work at a time.
struct Abandon : testing::Test {
  RolloutId start(Shape shape = {.waves = {4}, .per_rack = 1, .global = 1}) { return drill.start(plan_of(shape)); }
  bool open(const std::string& host, Action action) {
    return drill.run_until([&] {
      const auto& command = drill.trip(host).open;
      return command && command->action == action;
    });
  }
  int away(const std::string& host) const {
    int most = 0;
    for (const DomainId id : drill.trip(host).domains) most = std::max(most, drill.fleet.domains()[id].away);
    return most;
  }
  Drill drill;
};

TEST_F(Abandon, what_did_not_start_never_does_and_what_is_in_flight_waits_for_a_person) {
  const RolloutId id = start();
  ASSERT_TRUE(open("n1", Action::stage));
  drill.ask(Verb::abandon, id);
  EXPECT_TRUE(drill.rollout().finished);
  EXPECT_EQ(drill.state("n0"), State::updated) << "what is well stays";
  EXPECT_EQ(drill.state("n1"), State::quarantined);
  EXPECT_EQ(drill.trip("n1").cause, Cause::abandoned);
  EXPECT_EQ(drill.state("n2"), State::not_started);
  EXPECT_EQ(drill.fleet.in_flight(), 0);
  EXPECT_EQ(away("n1"), 1) << "it counts until it is released";
  EXPECT_THAT(drill.rollout().halt_reason, HasSubstr("abandoned by"));
  const std::size_t before = drill.records.size();
  drill.run();
  EXPECT_EQ(drill.records.size(), before + 1) << "the end of the command that was open, and nothing more";
  drill.ask(Verb::release, id, "n1");
  EXPECT_EQ(away("n1"), 0);
}

TEST_F(Abandon, a_host_that_was_only_read_was_not_reached) {
  const RolloutId id = start();
  drill.decide_all();
  ASSERT_EQ(drill.state("n0"), State::preparing);
  drill.ask(Verb::abandon, id);
  EXPECT_EQ(drill.state("n0"), State::not_started);
  EXPECT_THAT(drill.fleet.quarantines(), IsEmpty());
}

TEST_F(Abandon, an_image_that_waits_is_armed_until_a_person_saw_to_it) {
  const RolloutId id = start();
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0") == State::staged; }));
  drill.ask(Verb::abandon, id);
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_EQ(drill.trip("n0").cause, Cause::armed);
  EXPECT_EQ(drill.trip("n0").detail,
            "c0 3.4 was sent to it, and the rollout was abandoned before it ran: its next reset may flash it");
  const Reason kept = explain(drill.fleet, "n0", drill.present()).reasons.at(0);
  EXPECT_THAT(kept.text, HasSubstr("armed: c0 3.4 was sent"));
  EXPECT_THAT(kept.command, HasSubstr("cancel the image at its BMC"));
  EXPECT_THAT(kept.command, HasSubstr("breakwater quarantine release n0"));
  drill.ask(Verb::release, id, "n0");
  const Reason after = explain(drill.fleet, "n0", drill.present()).reasons.at(0);
  EXPECT_EQ(after.word, "Released");
  EXPECT_THAT(after.text, HasSubstr("its next reset may flash it"));
  EXPECT_THAT(after.command, HasSubstr("cancel the image at its BMC")) << "nobody has seen that it is gone";
}

TEST_F(Abandon, an_image_that_may_have_left_us_counts_as_sent_and_its_task_is_named) {
  const RolloutId id = start();
  ASSERT_TRUE(open("n0", Action::stage));
  const Command stage = *drill.trip("n0").open;
  drill.record(EvidenceSeen{stage.id, id, stage.host, {Evidence::Kind::sending, "d1"}});
  drill.record(EvidenceSeen{stage.id, id, stage.host, {Evidence::Kind::task, "/tasks/7 2026-11-22T00:00:05Z"}});
  drill.ask(Verb::abandon, id);
  EXPECT_EQ(drill.trip("n0").cause, Cause::armed);
  EXPECT_THAT(drill.trip("n0").detail, HasSubstr("(task /tasks/7)"));
}

TEST_F(Abandon, an_upload_that_runs_by_itself_is_armed_once_it_was_sent) {
  drill.stages = false;
  const RolloutId id = start();
  ASSERT_TRUE(open("n0", Action::activate));
  const Command activate = *drill.trip("n0").open;
  drill.record(EvidenceSeen{activate.id, id, activate.host, {Evidence::Kind::sending, "d1"}});
  drill.ask(Verb::abandon, id);
  EXPECT_EQ(drill.trip("n0").cause, Cause::armed);
}

TEST_F(Abandon, an_older_image_that_was_sent_back_is_armed_too) {
  const RolloutId id = start({.waves = {1}});
  drill.run();
  drill.ask(Verb::roll_back, id);
  drill.decide_all();
  ASSERT_EQ(drill.state("n0"), State::rolling_back);
  const Command back = *drill.trip("n0").open;
  drill.record(EvidenceSeen{back.id, id, back.host, {Evidence::Kind::sending, "d0"}});
  drill.ask(Verb::abandon, id);
  EXPECT_EQ(drill.trip("n0").cause, Cause::armed);
  EXPECT_THAT(drill.trip("n0").detail, HasSubstr("c0 3.2 was sent to it"));
}

TEST_F(Abandon, a_host_that_is_owed_its_way_back_is_quarantined_and_one_that_is_well_is_not) {
  const RolloutId id = start({.waves = {4}, .per_rack = 100, .global = 100});
  drill.run_until([&] { return drill.in(State::updated).size() == 4; });
  drill.ask(Verb::pause, id);
  drill.ask(Verb::roll_back, id, "n2");
  ASSERT_TRUE(drill.rollout().has_undos());
  drill.ask(Verb::abandon, id);
  EXPECT_EQ(drill.state("n2"), State::quarantined);
  EXPECT_EQ(drill.state("n1"), State::updated);
  EXPECT_FALSE(drill.rollout().has_undos());
}

TEST_F(Abandon, what_was_updated_can_still_be_rolled_back) {
  const RolloutId id = start();
  ASSERT_TRUE(open("n1", Action::stage));
  drill.ask(Verb::abandon, id);
  drill.run();
  drill.ask(Verb::roll_back, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
  EXPECT_EQ(drill.state("n1"), State::quarantined) << "no command reaches it";
  EXPECT_TRUE(drill.rollout().finished);
}

TEST_F(Abandon, its_hosts_are_free_for_another_rollout) {
  const RolloutId id = start();
  ASSERT_TRUE(open("n1", Action::stage));
  drill.ask(Verb::abandon, id);
  EXPECT_EQ(drill.fleet.owner(machine_of(drill.rollout().plan->hosts[3])), nullptr);
}

}  // namespace
}  // namespace breakwater::abandon_test
