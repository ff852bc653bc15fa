// A soak reads its hosts: when, how many at once, what an ill one comes to, and what a gate makes of silence.
#include "orchestrator/core/soak.hpp"

#include <gmock/gmock.h>

#include "orchestrator/core/explain.hpp"
#include "tests/orchestrator/core/soaking.hpp"

namespace breakwater::soak_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST_F(SoakLooks, a_host_is_read_eight_times_the_last_one_at_the_end) {
  drill_.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
  drill_.run();
  EXPECT_THAT(looks_at("n0"),
              ElementsAre(hours(1), hours(2), hours(3), hours(4), hours(5), hours(6), hours(7), hours(8)));
  EXPECT_THAT(verdicts(), ElementsAre(GateVerdict::pass, GateVerdict::pass));
  EXPECT_EQ(drill_.state("n1"), State::updated);
}

TEST_F(SoakLooks, a_short_soak_is_read_at_its_end_alone) {
  drill_.start(plan_of({.waves = {1, 1}, .soak = seconds(50)}));
  drill_.run();
  EXPECT_THAT(looks_at("n0"), ElementsAre(seconds(50)));
}

TEST_F(SoakLooks, without_a_soak_and_in_the_last_wave_nothing_is_read) {
  drill_.start(plan_of({.waves = {1, 1}}));
  drill_.run();
  EXPECT_THAT(looks_at("n0"), IsEmpty());
  EXPECT_THAT(looks_at("n1"), IsEmpty());
}

TEST_F(SoakLooks, only_so_many_are_under_way_at_once) {
  drill_.folds_again = false;
  std::uint32_t most = 0;
  drill_.on_rest = [&] { most = std::max(most, drill_.rollout().waves[0].looks); };
  drill_.start(plan_of({.waves = {200, 1}, .racks = 200, .global = 200, .soak = minutes(10)}));
  drill_.run();
  EXPECT_EQ(most, kLooksAtOnce);
  EXPECT_TRUE(drill_.rollout().finished);
  EXPECT_THAT(looks_at("n199"), SizeIs(8));
}

TEST_F(SoakLooks, a_host_that_is_ill_goes_back_and_fails_its_wave) {
  drill_.table[{"n1", Action::watch}] = {done(), done(), kIll};
  drill_.start(plan_of({.waves = {3, 2}, .soak = hours(8)}));
  drill_.run();
  EXPECT_EQ(drill_.state("n1"), State::rolled_back);
  EXPECT_EQ(drill_.trip("n1").cause, Cause::unhealthy);
  EXPECT_THAT(drill_.in(State::rolled_back), SizeIs(3)) << "its wave is undone";
  EXPECT_THAT(drill_.in(State::not_started), SizeIs(2));
  EXPECT_TRUE(drill_.rollout().halted);
  EXPECT_THAT(verdicts(), IsEmpty());
  EXPECT_THAT(looks_at("n1"), ElementsAre(hours(1), hours(2), hours(3)));
}

TEST_F(SoakLooks, what_a_look_finds_beside_is_kept) {
  Outcome finds = done();
  finds.detail = "NIC went from 1.0 to 1.1, though nobody asked";
  drill_.table[{"n0", Action::watch}] = {done(), finds, done()};
  drill_.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
  drill_.run_until([&] { return looks_at("n0").size() == 4; });
  EXPECT_EQ(explain(drill_.fleet, "n0", drill_.present()).reasons.back().text, finds.detail);
  for (const CommandIssued& issued : drill_.all<CommandIssued>()) EXPECT_FALSE(issued.command.beside);
}

/// Several that turn ill together go back like others: within the limits.
TEST_F(SoakLooks, ill_hosts_go_back_within_the_limits) {
  int most = 0;
  drill_.on_record = [&](const Recorded&) { most = std::max(most, drill_.fleet.in_flight()); };
  for (const char* host : {"n0", "n1", "n2", "n3"}) drill_.table[{host, Action::watch}] = {kIll};
  drill_.start(plan_of({.waves = {4, 1}, .racks = 1, .per_rack = 1, .soak = hours(8)}));
  drill_.run();
  EXPECT_EQ(most, 1);
  EXPECT_THAT(drill_.in(State::rolled_back), SizeIs(4));
  for (const char* host : {"n0", "n1", "n2", "n3"}) EXPECT_EQ(drill_.trip(host).cause, Cause::unhealthy) << host;
}

TEST_F(SoakLooks, an_ill_host_whose_way_back_is_refused_waits_for_hands) {
  drill_.table[{"n0", Action::watch}] = {kIll};
  drill_.table[{"n0", Action::roll_back}] = {{Outcome::Verdict::untouched, Cause::request_refused, "409", {}, {}, {}}};
  drill_.start(plan_of({.waves = {2, 1}, .soak = hours(8)}));
  drill_.run();
  EXPECT_EQ(drill_.state("n0"), State::quarantined) << "it is not called updated: it is ill";
}

TEST_F(SoakLooks, an_ill_host_without_a_way_back_waits_for_hands) {
  ResolvedPlan plan = plan_of({.waves = {1, 1}, .soak = hours(8)});
  plan.hosts[0].updates[0].way_back = WayBack::none;
  drill_.table[{"n0", Action::watch}] = {kIll};
  drill_.start(plan);
  drill_.run();
  EXPECT_EQ(drill_.state("n0"), State::quarantined);
  EXPECT_TRUE(drill_.rollout().halted);
}

/// A gate that tolerates it goes on after a whole new soak.
TEST_F(SoakLooks, a_wave_that_lost_a_host_soaks_anew) {
  drill_.table[{"n0", Action::watch}] = {done(), kIll};
  drill_.start(plan_of({.waves = {4, 1}, .soak = hours(8), .gate = {Share{7'500}, 1}}));
  drill_.run();
  EXPECT_EQ(drill_.state("n0"), State::rolled_back);
  EXPECT_THAT(drill_.in(State::updated), SizeIs(4));
  EXPECT_GE(drill_.trip("n4").started - drill_.trip("n0").since, hours(8));
}

TEST_F(SoakLooks, silence_holds_the_gate_until_the_host_answers) {
  drill_.table[{"n0", Action::watch}] = std::vector<Outcome>(10, kSilent);
  drill_.table[{"n0", Action::watch}].push_back(done());
  drill_.start(plan_of({.waves = {2, 1}, .soak = hours(8)}));
  drill_.run_until([&] { return waits_for(StartRule::gate_held); });
  EXPECT_THAT(verdicts(), ElementsAre(GateVerdict::hold));
  EXPECT_THAT(drill_.all<GateJudged>()[0].reason,
              HasSubstr("1 of 2 hosts gave no evidence at the end of the soak: n0 (lost: as the script says)"));
  EXPECT_EQ(drill_.state("n0"), State::updated);
  EXPECT_EQ(drill_.state("n2"), State::waiting);
  EXPECT_THAT(drill_.waits.front().text, HasSubstr("breakwater rollback bios --host n0"));
  const Explanation waiting = explain(drill_.fleet, "n2", drill_.present());
  ASSERT_FALSE(waiting.reasons.empty());
  EXPECT_EQ(waiting.reasons[0].word, "GateHeld");
  EXPECT_EQ(waiting.reasons[0].command, "breakwater rollback bios --host n0");
  const Explanation silent = explain(drill_.fleet, "n0", drill_.present());
  EXPECT_THAT(silent.reasons.back().text, HasSubstr("it gave no evidence: lost"));
  drill_.run();
  EXPECT_THAT(verdicts(), ElementsAre(GateVerdict::hold, GateVerdict::pass, GateVerdict::pass));
  EXPECT_EQ(drill_.state("n2"), State::updated);
}

TEST_F(SoakLooks, no_rollback_is_named_where_there_is_no_way_back) {
  drill_.table[{"n0", Action::watch}] = {kSilent};
  ResolvedPlan plan = plan_of({.waves = {1, 1}, .soak = hours(8)});
  plan.hosts[0].updates[0].way_back = WayBack::none;
  drill_.start(plan);
  ASSERT_TRUE(drill_.run_until([&] { return waits_for(StartRule::gate_held); }));
  EXPECT_THAT(drill_.waits.front().text, Not(HasSubstr("breakwater")));
  EXPECT_EQ(explain(drill_.fleet, "n1", drill_.present()).reasons.at(0).command, "");
}

TEST_F(SoakLooks, a_host_that_stays_silent_is_taken_out_by_an_operator) {
  drill_.table[{"n0", Action::watch}] = {kSilent};
  const RolloutId id = drill_.start(plan_of({.waves = {4, 1}, .soak = hours(8), .gate = {Share{7'500}, 1}}));
  ASSERT_TRUE(drill_.run_until([&] { return waits_for(StartRule::gate_held); }));
  drill_.ask(Verb::roll_back, id, "n0");
  drill_.run();
  EXPECT_EQ(drill_.state("n0"), State::rolled_back);
  EXPECT_EQ(drill_.state("n4"), State::updated);
}

/// Another rollout's quarantine keeps the machine: nobody asks it anything.
TEST_F(SoakLooks, a_quarantined_machine_is_not_read_and_holds_the_gate_until_its_release) {
  const RolloutId first = drill_.start(nic_plan());
  drill_.run();
  const RolloutId second = drill_.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
  ASSERT_TRUE(drill_.run_until([&] { return drill_.state("n0", second) == State::updated; }));
  drill_.script = [&](const Command& command) -> std::optional<Outcome> {
    if (command.action != Action::roll_back) return std::nullopt;
    return ends(Outcome::Verdict::lost, Cause::lost);
  };
  drill_.ask(Verb::roll_back, first);
  drill_.run();
  EXPECT_EQ(drill_.state("n0", first), State::quarantined);
  EXPECT_THAT(drill_.commands_of("n0", second), ElementsAre("prepare", "stage 0", "activate 0", "check"));
  ASSERT_TRUE(waits_for(StartRule::gate_held));
  EXPECT_THAT(drill_.waits.front().text, HasSubstr("n0 (quarantined as n0)"));
  EXPECT_THAT(drill_.waits.front().text, HasSubstr("; breakwater quarantine release n0 --reason \"...\" lets it be"));
  EXPECT_THAT(drill_.waits.front().text, Not(HasSubstr("breakwater rollback")))
      << "that would wait for the release too";
  EXPECT_EQ(explain(drill_.fleet, "n1", drill_.present()).reasons[0].command,
            "breakwater quarantine release n0 --reason \"...\"");
  drill_.ask(Verb::release, 0, "n0");
  drill_.run();
  EXPECT_EQ(drill_.state("n1", second), State::updated);
}

TEST_F(SoakLooks, a_pause_binds_no_look_and_the_gate_is_judged_by_what_is_read_after_it) {
  const RolloutId id = drill_.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
  ASSERT_TRUE(drill_.run_until([&] { return drill_.state("n0") == State::updated; }));
  drill_.ask(Verb::pause, id);
  drill_.run();
  EXPECT_THAT(looks_at("n0"), SizeIs(7)) << "the last one waits for the gate";
  EXPECT_TRUE(waits_for(StartRule::paused));
  drill_.now = {drill_.now.steady + hours(30), drill_.now.wall + hours(30)};
  drill_.table[{"n0", Action::watch}] = {kIll};
  drill_.ask(Verb::resume, id);
  drill_.run();
  EXPECT_EQ(drill_.state("n0"), State::rolled_back);
  EXPECT_EQ(drill_.state("n1"), State::not_started);
}

TEST_F(SoakLooks, a_stop_withdraws_looks_and_orders_none) {
  drill_.each = minutes(5);
  const RolloutId id = drill_.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
  ASSERT_TRUE(drill_.run_until([&] { return drill_.rollout().waves[0].looks == 1; }));
  drill_.ask(Verb::stop, id);
  drill_.withdraw_bound();
  drill_.run();
  EXPECT_EQ(drill_.rollout().open_commands, 0u);
  EXPECT_THAT(looks_at("n0"), SizeIs(1));
  drill_.ask(Verb::resume, id);
  drill_.run();
  EXPECT_EQ(drill_.state("n1"), State::updated);
}

TEST_F(SoakLooks, a_process_that_is_to_leave_orders_no_look) {
  drill_.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
  ASSERT_TRUE(drill_.run_until([&] { return drill_.state("n0") == State::updated; }));
  drill_.starts = Starts::none;
  drill_.now = {drill_.now.steady + hours(8), drill_.now.wall + hours(8)};
  EXPECT_EQ(drill_.decide_all(), 0u);
  EXPECT_TRUE(waits_for(StartRule::leaving));
}

/// What was read before nobody conducted is old when somebody does again.
TEST_F(SoakLooks, the_next_process_reads_anew_before_the_gate) {
  const RolloutId id = drill_.start(plan_of({.waves = {2, 1}, .soak = hours(8)}));
  drill_.run_until([&] { return looks_at("n0").size() == 8; });
  drill_.turn();
  drill_.now = {drill_.now.steady + hours(5), drill_.now.wall + hours(5)};
  drill_.record(ConductorStarted{id, 7});
  drill_.adopt_open_commands();
  drill_.run();
  EXPECT_THAT(looks_at("n0"), SizeIs(9));
  EXPECT_EQ(drill_.state("n2"), State::updated);
}

TEST_F(SoakLooks, a_host_that_is_asked_back_while_it_is_read_goes_after_the_look) {
  drill_.each = minutes(5);
  const RolloutId id = drill_.start(plan_of({.waves = {2, 1}, .soak = hours(8)}));
  ASSERT_TRUE(drill_.run_until([&] { return drill_.rollout().waves[0].looks == 2; }));
  drill_.ask(Verb::roll_back, id);
  EXPECT_EQ(drill_.decide_all(), 0u);
  drill_.run();
  EXPECT_THAT(drill_.in(State::rolled_back), SizeIs(2));
  EXPECT_EQ(drill_.trip("n0").cause, Cause::halted);
  EXPECT_TRUE(drill_.rollout().finished);
}

TEST_F(SoakLooks, an_abandoned_rollout_leaves_no_look_open) {
  drill_.each = minutes(5);
  const RolloutId id = drill_.start(plan_of({.waves = {2, 1}, .soak = hours(8)}));
  ASSERT_TRUE(drill_.run_until([&] { return drill_.rollout().waves[0].looks == 2; }));
  drill_.ask(Verb::abandon, id);
  EXPECT_EQ(drill_.rollout().open_commands, 0u);
  EXPECT_EQ(drill_.fleet.in_hand("n0"), nullptr);
  drill_.run();
  EXPECT_EQ(drill_.state("n0"), State::updated);
}

/// A recall by an older rollout goes first; the look does not hold it up for longer than it takes.
TEST_F(SoakLooks, another_rollouts_way_back_goes_before_a_look) {
  const RolloutId first = drill_.start(nic_plan());
  drill_.run();
  const RolloutId second = drill_.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
  ASSERT_TRUE(drill_.run_until([&] { return drill_.state("n0", second) == State::updated; }));
  drill_.now = {drill_.now.steady + hours(1), drill_.now.wall + hours(1)};
  drill_.ask(Verb::roll_back, first);
  drill_.run();
  const auto of = [&](Action action) {
    return drill_.where([action](const Event& event) {
      const auto* issued = std::get_if<CommandIssued>(&event);
      return issued && issued->command.action == action;
    });
  };
  EXPECT_LT(of(Action::check_back).front(), of(Action::watch).front());
  for (const std::size_t at : of(Action::watch)) {
    EXPECT_TRUE(std::get<CommandIssued>(drill_.records[at].event).command.beside) << "what it changed is not ours";
  }
  EXPECT_EQ(drill_.state("n0", first), State::rolled_back);
  EXPECT_EQ(drill_.state("n1", second), State::updated);
}

}  // namespace
}  // namespace breakwater::soak_test
