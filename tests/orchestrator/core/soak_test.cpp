// A soak reads its hosts: when, how many at once, what an ill one comes to, and what a gate makes of silence.
#include "orchestrator/core/soak.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/binding.hpp"
#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/report.hpp"
#include "tests/orchestrator/core/drill.hpp"

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

const Outcome kIll = ends(Outcome::Verdict::failed, Cause::unhealthy);
const Outcome kSilent = ends(Outcome::Verdict::untouched, Cause::lost);
const Outcome kDrifted = ends(Outcome::Verdict::untouched, Cause::drifted);

/// An earlier rollout of another component of the first host.
ResolvedPlan nic_plan() {
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.components[0].id = "nic";
  plan.components[0].select.software_id = "NIC";
  return plan;
}

class SoakLooks : public testing::Test {
 protected:
  SoakLooks() { drill_.folds_again = true; }

  std::vector<Duration> looks_at(const std::string& host) const {
    std::vector<Duration> after;
    Instant updated;
    for (const Recorded& one : drill_.records) {
      if (const auto* ended = std::get_if<CommandEnded>(&one.event)) {
        if (ended->input == Input::all_hold) updated = one.at;
      }
      const auto* issued = std::get_if<CommandIssued>(&one.event);
      if (issued && issued->command.action == Action::watch && issued->command.host == drill_.index(host)) {
        after.push_back(one.at - updated);
      }
    }
    return after;
  }
  std::vector<GateVerdict> verdicts() const {
    std::vector<GateVerdict> list;
    for (const GateJudged& judged : drill_.all<GateJudged>()) list.push_back(judged.verdict);
    return list;
  }
  bool waits_for(StartRule rule) const {
    return std::any_of(drill_.waits.begin(), drill_.waits.end(),
                       [rule](const Blocker& one) { return one.rule == rule; });
  }

  Drill drill_;
};

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

/// Somebody flashed it by hand: it is left alone, and is not read again for this wave.
TEST_F(SoakLooks, a_host_that_drifts_in_its_soak_is_left_alone_and_the_wave_goes_on) {
  drill_.table[{"n0", Action::watch}] = {kIll};
  drill_.table[{"n0", Action::roll_back}] = {
      {Outcome::Verdict::untouched, Cause::drifted, "it reports 9.9", {}, {}, {}}};
  drill_.start(plan_of({.waves = {2, 1}, .soak = hours(8)}));
  drill_.run();
  EXPECT_EQ(drill_.state("n0"), State::updated);
  EXPECT_EQ(drill_.trip("n0").cause, Cause::drifted);
  EXPECT_THAT(looks_at("n0"), SizeIs(1));
  EXPECT_TRUE(drill_.rollout().finished);
  EXPECT_EQ(drill_.all<GateJudged>()[0].reason,
            "1 of 1 hosts are well, without 1 that drifted (no evidence), gate strict asks for 100% of at least 1");
}

/// The soak reads it, and that is all: no way back begins for what somebody else put there.
TEST_F(SoakLooks, a_canary_that_drifts_is_no_evidence_and_the_gate_fails_for_lack_of_it) {
  drill_.table[{"n0", Action::watch}] = {kDrifted};
  drill_.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
  drill_.run();
  EXPECT_EQ(drill_.state("n1"), State::not_started);
  EXPECT_THAT(drill_.rollout().halt_reason, HasSubstr("0 hosts are left in it, without 1 that drifted (no evidence)"));
  EXPECT_EQ(drill_.state("n0"), State::updated) << "it is left alone";
  EXPECT_THAT(drill_.commands_of("n0"), ElementsAre("prepare", "stage 0", "activate 0", "check", "watch"));
  const Explanation drifted = explain(drill_.fleet, "n0", drill_.present());
  EXPECT_EQ(drifted.reasons.at(0).word, "Drifted");
  EXPECT_THAT(drifted.reasons.at(0).text, HasSubstr("somebody else put there"));
  EXPECT_NE(outcome_of(drill_.rollout()), RolloutOutcome::updated);
}

TEST_F(SoakLooks, hosts_that_drift_count_neither_as_well_nor_as_failed) {
  drill_.table[{"n0", Action::watch}] = {done(), kDrifted};
  drill_.table[{"n1", Action::watch}] = {kIll};
  drill_.start(plan_of({.waves = {4, 3}, .soak = hours(8), .gate = {Share{6'600}, 3}}));
  drill_.run();
  EXPECT_EQ(drill_.state("n1"), State::rolled_back);
  EXPECT_EQ(drill_.state("n4"), State::updated) << drill_.rollout().halt_reason;
  EXPECT_THAT(drill_.all<GateJudged>()[0].reason, HasSubstr("2 of 3 hosts are well, without 1 that drifted"));
  EXPECT_EQ(drill_.rollout().waves[0].updated, 2U);
}

/// The host is in an end state, and its trip is counted with it, whichever way its drift was found.
TEST_F(SoakLooks, a_drift_that_a_way_back_finds_is_no_evidence_either) {
  drill_.table[{"n0", Action::roll_back}] = {kDrifted};
  const RolloutId id = drill_.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
  ASSERT_TRUE(drill_.run_until([&] { return drill_.state("n0") == State::updated; }));
  drill_.ask(Verb::roll_back, id, "n0");
  drill_.run();
  EXPECT_EQ(drill_.state("n0"), State::updated);
  EXPECT_EQ(drill_.state("n1"), State::not_started);
}

TEST_F(SoakLooks, a_host_that_drifted_and_is_asked_back_is_read_by_its_way_back) {
  drill_.each = minutes(5);
  drill_.table[{"n0", Action::watch}] = {kDrifted};
  const RolloutId id = drill_.start(plan_of({.waves = {2, 1}, .soak = hours(8)}));
  ASSERT_TRUE(drill_.run_until([&] { return drill_.rollout().waves[0].looks == 2; }));
  drill_.ask(Verb::roll_back, id, "n0");
  drill_.run();
  EXPECT_THAT(drill_.commands_of("n0"), testing::Contains("roll_back 0"));
  for (const CommandIssued& issued : drill_.all<CommandIssued>()) {
    EXPECT_TRUE(issued.command.action != Action::roll_back || issued.command.well);
  }
  EXPECT_EQ(drill_.state("n0"), State::rolled_back) << "somebody had put our version there again";
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

// ---- a BMC that shows a new key while its wave soaks

class SoakKeys : public SoakLooks {
 protected:
  /// Runs until the first looks are under way, and meets a new key with each of them.
  void meet(const Shape& shape) {
    ResolvedPlan plan = plan_of(shape);
    for (PlannedHost& host : plan.hosts) host.bmc.tls = TlsPolicy{TlsPolicy::Mode::pin, "", {Sha256()}};
    drill_.start(std::move(plan));
    ASSERT_TRUE(drill_.run_until([&] { return drill_.rollout().waves[0].looks > 0; }));
    show();
  }
  void show() {
    for (HostIndex host = 0; host < drill_.rollout().hosts.size(); ++host) {
      const auto& open = drill_.rollout().hosts[host].open;
      if (open) drill_.record(EvidenceSeen{open->id, 1, host, {Evidence::Kind::key_shown, to_hex(kKey)}});
    }
  }
  void pass(Duration length) { drill_.now = {drill_.now.steady + length, drill_.now.wall + length}; }

  static inline const Sha256 kKey = [] {
    Sha256 key;
    key.bytes.fill(0xaa);
    return key;
  }();
  static inline const std::string kCommand = "breakwater trust-key n0 --sha256 " + to_hex(kKey);
};

TEST_F(SoakKeys, the_wave_waits_and_says_for_what_and_goes_on_with_the_word) {
  meet({.waves = {1, 1}, .soak = hours(8)});
  pass(hours(30));
  drill_.decide_all();
  EXPECT_THAT(verdicts(), IsEmpty());
  ASSERT_TRUE(waits_for(StartRule::last_looks));
  EXPECT_THAT(drill_.waits.front().command, IsEmpty()) << "the key is a row of its own";
  EXPECT_EQ(drill_.waits.back().rule, StartRule::new_key);
  EXPECT_THAT(drill_.waits.back().text, HasSubstr("n0 shows a new key, sha256:" + to_hex(kKey)));
  EXPECT_EQ(drill_.waits.back().command, kCommand);
  const Explanation shown = explain(drill_.fleet, "n0", drill_.present());
  EXPECT_EQ(shown.reasons.at(0).word, "KeyNotTrusted");
  EXPECT_EQ(shown.reasons.at(0).command, kCommand);
  EXPECT_EQ(explain(drill_.fleet, "n1", drill_.present()).reasons.at(0).command, kCommand);
  EXPECT_EQ(drill_.state("n0"), State::updated);
  OperatorAsked word{Verb::trust_key, 1, "omar", "read off its console", {}, "n0"};
  word.key = kKey;
  drill_.record(word);
  drill_.run();
  EXPECT_EQ(drill_.state("n1"), State::updated);
}

TEST_F(SoakKeys, a_decision_names_the_key_while_the_wave_soaks) {
  meet({.waves = {1, 1}, .soak = hours(8)});
  const std::vector<Blocker> waits = decide(drill_.fleet, 1, drill_.now).waits;
  ASSERT_THAT(waits, SizeIs(2));
  EXPECT_EQ(waits[0].rule, StartRule::soak);
  EXPECT_EQ(waits[1].rule, StartRule::new_key);
  EXPECT_EQ(what_to_type(waits[1], "bios"), kCommand);
}

TEST_F(SoakKeys, looks_that_wait_keep_no_others) {
  drill_.folds_again = false;
  meet({.waves = {200, 1}, .racks = 200, .global = 200, .soak = minutes(10)});
  ASSERT_EQ(drill_.rollout().untrusted.size(), kLooksAtOnce);
  drill_.decide_all();
  EXPECT_EQ(drill_.rollout().waves[0].looks, 2 * kLooksAtOnce);
}

TEST_F(SoakKeys, a_look_that_waits_is_needless_once_its_host_is_to_go_back) {
  meet({.waves = {2, 1}, .soak = hours(8)});
  EXPECT_THAT(needless_looks(drill_.fleet), IsEmpty());
  drill_.ask(Verb::roll_back, 1, "n0");
  EXPECT_THAT(needless_looks(drill_.fleet), ElementsAre(drill_.trip("n0").open->id));
  drill_.ask(Verb::roll_back, 1);
  EXPECT_THAT(needless_looks(drill_.fleet), SizeIs(2));
  drill_.record(CommandEnded{drill_.trip("n0").open->id, 1, 0, ends(Outcome::Verdict::untouched, Cause::withdrawn)});
  EXPECT_THAT(needless_looks(drill_.fleet), SizeIs(1));
  EXPECT_FALSE(drill_.trip("n0").key_shown);
}

/// A recall by another rollout finds the machine in the hands of a look, and is not to wait for that one's key.
TEST_F(SoakKeys, and_once_another_rollout_is_to_roll_it_back) {
  const RolloutId first = drill_.start(nic_plan());
  drill_.run();
  const RolloutId second = drill_.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
  ASSERT_TRUE(drill_.run_until([&] { return drill_.rollout(second).waves[0].looks > 0; }));
  const CommandId look = drill_.trip("n0", second).open->id;
  drill_.record(EvidenceSeen{look, second, 0, {Evidence::Kind::key_shown, to_hex(kKey)}});
  EXPECT_THAT(needless_looks(drill_.fleet), IsEmpty());
  drill_.ask(Verb::roll_back, first);
  EXPECT_THAT(needless_looks(drill_.fleet), ElementsAre(look));
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
