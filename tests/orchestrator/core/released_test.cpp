// A host that was quarantined and released may run what its rollout brought: a roll back reaches it again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/recall.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::released_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Verdict = Outcome::Verdict;

struct Released : testing::Test {
  void SetUp() override { drill.folds_again = true; }

  RolloutId start(ResolvedPlan plan = plan_of({.waves = {3}, .racks = 1, .per_rack = 2})) {
    plan.images[0].reported_as = {plan.images[0].version};
    return drill.start(std::move(plan));
  }
  /// Updated, and then n0 is quarantined by a way back that fails.
  RolloutId with_n0_quarantined() {
    const RolloutId id = start();
    drill.run();
    drill.table[{"n0", Action::roll_back}] = {ends(Verdict::failed, Cause::roll_back_failed), done()};
    drill.ask(Verb::roll_back, id, "n0");
    drill.run();
    EXPECT_EQ(drill.state("n0"), State::quarantined);
    return id;
  }
  std::vector<std::string> fates() const {
    RecallScope scope;
    scope.host = [](const RolloutState&, const PlannedHost&) { return true; };
    scope.update = [](const RolloutState&, const PlannedUpdate&) { return true; };
    std::vector<std::string> lines;
    for (const Recalled& one : recall(drill.fleet, scope)) {
      const PlannedHost& host = drill.rollout(one.rollout).plan->hosts[one.host];
      lines.push_back(host.name + ' ' + std::string(to_string(one.fate)));
    }
    return lines;
  }
  int away() const {
    int most = 0;
    for (const DomainId id : drill.trip("n0").domains) most = std::max(most, drill.fleet.domains()[id].away);
    return most;
  }

  Drill drill;
};

/// It is in a person's hands, who may have mended it.
TEST_F(Released, no_halt_of_its_wave_takes_a_host_back) {
  drill.table[{"n0", Action::check}] = {ends(Verdict::failed, Cause::unhealthy)};
  drill.table[{"n0", Action::roll_back}] = {ends(Verdict::failed, Cause::roll_back_failed), done()};
  drill.table[{"n2", Action::check}] = {ends(Verdict::failed, Cause::unhealthy)};
  ResolvedPlan plan = plan_of({.waves = {3}, .racks = 1, .per_rack = 1, .gate = {Share{1'000}, 1}});
  plan.wave_failure.failed_hosts = 2;
  const RolloutId id = start(std::move(plan));
  drill.run();
  ASSERT_EQ(drill.state("n0"), State::quarantined);
  ASSERT_FALSE(drill.rollout().halted);
  drill.ask(Verb::release, id, "n0");
  drill.run();
  EXPECT_TRUE(drill.rollout().halted);
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_THAT(drill.in(State::rolled_back), ElementsAre("n1", "n2"));
}

TEST_F(Released, a_host_goes_back_when_that_is_asked_for_again) {
  const RolloutId id = with_n0_quarantined();
  EXPECT_THAT(fates(), Contains("n0 quarantined"));
  drill.ask(Verb::roll_back, id, "n0");
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined) << "nobody released it";
  drill.ask(Verb::release, id, "n0");
  EXPECT_EQ(drill.state("n0"), State::quarantined) << "nobody asked since";
  EXPECT_THAT(fates(), Contains("n0 goes_back"));
  const Reason why = explain(drill.fleet, "n0", drill.present()).reasons.at(0);
  EXPECT_EQ(why.word, "Released");
  EXPECT_EQ(why.command, "breakwater rollback bios --host n0");
  drill.ask(Verb::roll_back, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
  EXPECT_THAT(drill.in(State::rolled_back), ElementsAre("n0", "n1", "n2"));
  EXPECT_TRUE(drill.rollout().finished);
  EXPECT_THAT(fates(), IsEmpty());
  EXPECT_EQ(away(), 0);
}

TEST_F(Released, what_is_read_there_decides_and_nothing_says_that_it_is_well) {
  const RolloutId id = with_n0_quarantined();
  drill.ask(Verb::release, id, "n0");
  drill.ask(Verb::roll_back, id, "n0");
  drill.decide_all();
  ASSERT_EQ(drill.state("n0"), State::rolling_back);
  EXPECT_FALSE(drill.trip("n0").open->well);
  EXPECT_TRUE(drill.trip("n0").open->ran) << "another version is somebody else's";
  EXPECT_EQ(away(), 1);
}

TEST_F(Released, a_host_that_runs_something_else_is_quarantined_as_drifted_and_asked_back_no_more) {
  const RolloutId id = with_n0_quarantined();
  drill.ask(Verb::release, id, "n0");
  Outcome drifted = ends(Verdict::untouched, Cause::drifted);
  drifted.versions = {"9.9"};
  drill.script = [drifted](const Command& command) {
    return command.action == Action::roll_back ? std::optional(drifted) : std::nullopt;
  };
  drill.ask(Verb::roll_back, id, "n0");
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_EQ(drill.trip("n0").cause, Cause::drifted);
  EXPECT_EQ(away(), 1);
  EXPECT_THAT(fates(), ElementsAre("n1 goes_back", "n2 goes_back"));
  drill.ask(Verb::release, id, "n0");
  EXPECT_EQ(away(), 0);
  drill.ask(Verb::roll_back, id, "n0");
  EXPECT_FALSE(drill.rollout().has_undos());
}

/// Its board was replaced, or its cable leads elsewhere: nothing was sent, and nothing of ours is there.
TEST_F(Released, a_host_whose_name_leads_to_another_machine_stays_released) {
  const RolloutId id = with_n0_quarantined();
  drill.ask(Verb::release, id, "n0");
  const std::string cause_before = std::string(to_string(drill.trip("n0").cause));
  Outcome another = ends(Verdict::lost, Cause::identity_mismatch);
  another.detail = "serial S9 answers";
  drill.script = [&](const Command& command) {
    const bool ours = drill.index("n0") == command.host && command.action == Action::roll_back;
    return ours ? std::optional(another) : std::nullopt;
  };
  drill.ask(Verb::roll_back, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_TRUE(drill.trip("n0").released);
  EXPECT_FALSE(drill.trip("n0").undo);
  EXPECT_TRUE(drill.fleet.quarantines().empty());
  EXPECT_EQ(to_string(drill.trip("n0").cause), cause_before);
  EXPECT_EQ(away(), 0);
  EXPECT_THAT(drill.in(State::rolled_back), ElementsAre("n1", "n2")) << "it holds no other rollback";
  EXPECT_TRUE(drill.rollout().finished);
  const Reason why = explain(drill.fleet, "n0", drill.present()).reasons.at(0);
  EXPECT_EQ(why.word, "Released");
  EXPECT_THAT(why.text, HasSubstr("its last rollback did nothing: identity_mismatch: serial S9 answers"));
  EXPECT_THAT(fates(), Contains("n0 goes_back"));
  drill.script = nullptr;
  drill.ask(Verb::roll_back, id, "n0");
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolled_back) << "the machine is back at its name";
}

TEST_F(Released, a_host_to_which_its_way_back_sent_something_is_quarantined_again) {
  for (const auto kind : {Evidence::Kind::sending, Evidence::Kind::start_asked, Evidence::Kind::reset_asked,
                          Evidence::Kind::cancel_asked}) {
    Drill one;
    ResolvedPlan plan = plan_of({.waves = {1}, .racks = 1, .per_rack = 1});
    const RolloutId id = one.start(std::move(plan));
    one.run();
    one.table[{"n0", Action::roll_back}] = {ends(Verdict::failed, Cause::roll_back_failed),
                                            ends(Verdict::lost, Cause::identity_mismatch)};
    one.ask(Verb::roll_back, id, "n0");
    one.run();
    one.ask(Verb::release, id, "n0");
    one.ask(Verb::roll_back, id, "n0");
    one.decide_all();
    ASSERT_TRUE(one.trip("n0").open);
    one.record(EvidenceSeen{one.trip("n0").open->id, id, 0, Evidence{kind, "d"}});
    one.run();
    EXPECT_EQ(one.state("n0"), State::quarantined);
    EXPECT_FALSE(one.trip("n0").released) << to_string(kind);
  }
}

TEST_F(Released, its_way_back_waits_for_its_rack) {
  const RolloutId id = with_n0_quarantined();
  drill.ask(Verb::release, id, "n0");
  drill.ask(Verb::roll_back, id);
  drill.decide_all();
  EXPECT_THAT(drill.in(State::rolling_back).size(), 2U);
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  const Explanation why = explain(drill.fleet, "n0", drill.present());
  EXPECT_THAT(why.reasons.at(0).word, testing::AnyOf("FirstRollbacks", "DomainFull"));
  EXPECT_THAT(why.reasons.back().word, "Released");
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
}

TEST_F(Released, an_abandon_leaves_a_host_that_waits_as_it_was) {
  const RolloutId id = with_n0_quarantined();
  drill.ask(Verb::release, id, "n0");
  drill.ask(Verb::roll_back, id, "n0");
  drill.ask(Verb::abandon, id);
  EXPECT_TRUE(drill.rollout().finished);
  EXPECT_FALSE(drill.rollout().has_undos());
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_TRUE(drill.trip("n0").released);
  EXPECT_THAT(fates(), Contains("n0 goes_back"));
}

/// It failed by itself, and counts so in its wave before, on and after its way back.
TEST_F(Released, a_failure_stays_one_of_its_wave) {
  const ResolvedPlan plan = plan_of({.waves = {3}, .gate = {Share{0}, 1}});
  drill.table[{"n0", Action::check}] = {ends(Verdict::lost, Cause::lost), done()};
  const RolloutId id = start(plan);
  drill.run();
  ASSERT_EQ(drill.rollout().waves[0].failed, 1U);
  drill.ask(Verb::release, id, "n0");
  drill.ask(Verb::roll_back, id);
  drill.decide_all();
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
  EXPECT_EQ(drill.rollout().waves[0].failed, 1U);
  EXPECT_EQ(drill.rollout().waves[0].in_flight, 0U);
}

TEST_F(Released, a_pause_binds_its_way_back_and_a_resume_lets_it_go) {
  const RolloutId id = with_n0_quarantined();
  drill.ask(Verb::release, id, "n0");
  drill.ask(Verb::roll_back, id, "n0");
  drill.decide_all();
  drill.ask(Verb::pause, id);
  drill.withdraw_bound(id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolling_back);
  drill.ask(Verb::resume, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
}

/// Its image was sent or waits there when its quarantine begins: a restart runs it.
class ReleasedArmed : public Released, public testing::WithParamInterface<Action> {
 protected:
  RolloutId with_n0_armed(std::uint32_t updates = 1) {
    const Action last = GetParam();
    ResolvedPlan plan = plan_of({.waves = {1}, .updates = updates});
    if (updates > 1) plan.components[1].kind = ComponentKind::nic;
    const RolloutId id = start(std::move(plan));
    drill.script = [this, last](const Command& command) -> std::optional<Outcome> {
      if (command.action != last) return std::nullopt;
      if (last == Action::stage) {
        drill.record(EvidenceSeen{command.id, command.rollout, command.host, {Evidence::Kind::sending, "d1"}});
      }
      return ends(Verdict::lost, Cause::armed);
    };
    if (last == Action::cancel) {
      EXPECT_TRUE(drill.run_until([&] { return drill.state("n0", id) == State::staged; }));
      drill.ask(Verb::stop, id);
    }
    drill.run();
    drill.script = {};
    EXPECT_EQ(drill.state("n0", id), State::quarantined);
    return id;
  }
};
INSTANTIATE_TEST_SUITE_P(After, ReleasedArmed, testing::Values(Action::stage, Action::cancel, Action::activate),
                         [](const auto& one) { return std::string(to_string(one.param)); });

TEST_P(ReleasedArmed, a_host_is_covered_before_and_after_and_what_is_read_there_decides) {
  const RolloutId id = with_n0_armed();
  EXPECT_THAT(fates(), ElementsAre("n0 quarantined"));
  drill.ask(Verb::resume, id);
  drill.ask(Verb::roll_back, id);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::quarantined) << "nobody released it";
  drill.ask(Verb::release, id, "n0");
  EXPECT_THAT(fates(), ElementsAre("n0 goes_back"));
  EXPECT_THAT(explain(drill.fleet, "n0", drill.present()).reasons.at(0).text, HasSubstr("a rollback reaches it"));
  drill.ask(Verb::roll_back, id);
  drill.decide_all();
  ASSERT_EQ(drill.state("n0"), State::rolling_back);
  EXPECT_EQ(drill.trip("n0").open->action, Action::roll_back);
  EXPECT_FALSE(drill.trip("n0").open->well);
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
  EXPECT_THAT(fates(), IsEmpty());
  EXPECT_EQ(away(), 0);
}

/// It runs the older version, or the newer one: either recall covers it, until somebody has read which.
TEST_P(ReleasedArmed, the_image_of_an_older_run_is_covered_beside_it) {
  ResolvedPlan older = plan_of({.waves = {1}});
  older.rollout = "older";
  older.images[0].version = "3.3";
  const RolloutId before = start(older);
  drill.run();
  const RolloutId id = with_n0_armed();
  EXPECT_THAT(fates(), ElementsAre("n0 quarantined", "n0 quarantined"));
  drill.ask(Verb::release, id, "n0");
  EXPECT_THAT(fates(), ElementsAre("n0 goes_back", "n0 goes_back"));
  drill.ask(Verb::roll_back, before, "n0");
  drill.run();
  EXPECT_EQ(drill.state("n0", before), State::rolled_back);
  EXPECT_THAT(fates(), ElementsAre("n0 goes_back")) << "of the newer run nobody has seen that nothing waits";
}

/// Then nobody else flashed it, and what the older run brought is what the newer one's way back brings again.
TEST_P(ReleasedArmed, what_a_restart_ran_there_is_the_newer_runs_and_hides_no_older_one) {
  ResolvedPlan older = plan_of({.waves = {1}});
  older.rollout = "older";
  older.images[0].version = "3.3";
  const RolloutId before = start(older);
  drill.run();
  const RolloutId id = with_n0_armed();
  drill.ask(Verb::release, id, "n0");
  Outcome drifted = ends(Verdict::untouched, Cause::drifted);
  drifted.versions = {drill.rollout(id).plan->images[0].version};
  drill.table[{"n0", Action::roll_back}] = {drifted};
  drill.ask(Verb::roll_back, before, "n0");
  drill.run();
  EXPECT_THAT(drill.fleet.still_brought(drill.rollout(before), 0), IsEmpty()) << "it was read running the newer one";
  EXPECT_THAT(fates(), ElementsAre("n0 goes_back"));
  drill.table.clear();
  drill.ask(Verb::roll_back, id, "n0");
  drill.run();
  ASSERT_EQ(drill.state("n0", id), State::rolled_back);
  EXPECT_THAT(drill.fleet.still_brought(drill.rollout(before), 0), ElementsAre(0U));
  EXPECT_THAT(fates(), ElementsAre("n0 goes_back")) << "the older one";
}

/// The way back of the first component demands nothing of the second one.
TEST_P(ReleasedArmed, what_it_had_not_reached_and_a_later_run_brought_since_stays) {
  const RolloutId id = with_n0_armed(2);
  drill.ask(Verb::release, id, "n0");
  ResolvedPlan nic = plan_of({.waves = {1}});
  nic.rollout = "newer";
  nic.components[0].kind = ComponentKind::nic;
  drill.start(nic);
  drill.run();
  drill.ask(Verb::roll_back, id, "n0");
  drill.run();
  const Command last = drill.all<CommandIssued>().back().command;
  EXPECT_EQ(last.action, Action::check_back);
  EXPECT_THAT(last.stays, ElementsAre(1U));
  EXPECT_EQ(drill.state("n0", id), State::rolled_back);
}

TEST_F(Released, an_upload_of_which_nothing_arrived_leaves_nothing) {
  const RolloutId id = start(plan_of({.waves = {1}, .updates = 2}));
  drill.script = [this](const Command& command) -> std::optional<Outcome> {
    if (command.action == Action::roll_back) return ends(Verdict::failed, Cause::roll_back_failed);
    if (command.action != Action::stage || command.update == 0) return std::nullopt;
    drill.record(EvidenceSeen{command.id, command.rollout, command.host, {Evidence::Kind::sending, "d1"}});
    return ends(Verdict::untouched, Cause::image_refused);
  };
  drill.run();
  ASSERT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_EQ(drill.fleet.still_brought(drill.rollout(id), 0), std::vector<std::uint32_t>{0});
}

TEST_F(Released, another_run_that_brings_something_anew_ends_what_waits) {
  const RolloutId id = with_n0_quarantined();
  drill.ask(Verb::release, id, "n0");
  ResolvedPlan newer = plan_of({.waves = {1}});
  newer.rollout = "newer";
  newer.images[0].version = "3.6";
  drill.start(newer);
  drill.run();
  EXPECT_THAT(fates(), Contains("n0 goes_back")) << "by the newer run";
  drill.ask(Verb::roll_back, id, "n0");
  EXPECT_FALSE(drill.rollout(id).has_undos());
}

}  // namespace
}  // namespace breakwater::released_test
