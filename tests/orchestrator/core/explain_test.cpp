#include "orchestrator/core/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::explain_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::vector<std::string> words(const Explanation& explanation) {
  std::vector<std::string> list;
  for (const Reason& reason : explanation.reasons) list.push_back(reason.word);
  return list;
}

Explanation of(const Drill& drill, const std::string& host) {
  return explain(drill.fleet, host, drill.present());
}

TEST(Explain, a_host_that_nobody_knows) {
  const Drill drill;
  EXPECT_EQ(of(drill, "x9").headline, "no rollout in this journal knows the host x9");
  EXPECT_THAT(of(drill, "x9").reasons, IsEmpty());
}

TEST(Explain, what_a_check_found_beside_is_told_of_an_updated_host) {
  Drill drill;
  Outcome checked = done();
  checked.detail = "NIC went from 1.0 to 1.1, though nobody asked";
  drill.table[{"n0", Action::check}] = {checked};
  drill.start(plan_of({.waves = {1}}));
  drill.run();
  const Explanation why = of(drill, "n0");
  ASSERT_THAT(words(why), ElementsAre("Updated", "Finding"));
  EXPECT_EQ(why.reasons[1].text, checked.detail);
}

TEST(Explain, nothing_goes_on_that_nobody_conducts) {
  Drill drill;
  drill.start(plan_of({.waves = {1, 1}}));
  Present present = drill.present();
  present.conducted = false;
  Explanation why = explain(drill.fleet, "n1", present);
  EXPECT_THAT(words(why), ElementsAre("WaveNotOpen", "NotConducted"));
  EXPECT_EQ(why.reasons[1].command, "breakwater apply bios");
  EXPECT_THAT(words(explain(drill.fleet, "n0", present)), ElementsAre("NotConducted")) << "and not: in its turn";
  drill.decide_all();
  why = explain(drill.fleet, "n0", present);
  EXPECT_THAT(words(why), ElementsAre("NotConducted", "InFlight"));
  drill.run();
  EXPECT_THAT(words(explain(drill.fleet, "n0", present)), ElementsAre("Updated"));
}

TEST(Explain, what_could_not_be_read_for_the_plan_comes_last) {
  Drill drill;
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.hosts[0].findings = {"firmware unknown: HTTP 500 for /redfish/v1/UpdateService/FirmwareInventory/NIC"};
  drill.start(plan);
  const Explanation why = of(drill, "n0");
  ASSERT_THAT(words(why), ElementsAre("InLine", "Finding"));
  EXPECT_THAT(why.reasons[1].text, HasSubstr("when the plan was made: firmware unknown: HTTP 500"));
}

TEST(Explain, a_full_rack_names_the_hosts_that_fill_it) {
  Drill drill;
  drill.start(plan_of({.waves = {3}, .racks = 1, .per_rack = 2}));
  drill.decide_all();
  drill.now.steady += minutes(4);
  const Explanation why = of(drill, "n2");
  ASSERT_THAT(words(why), ElementsAre("DomainFull"));
  EXPECT_EQ(why.reasons[0].text, "rack r0 2/2: n0 (preparing, 4m), n1 (preparing, 4m)");
  EXPECT_THAT(why.would_pass, ElementsAre("not paused", "wave w0", "window", "global 2/100"));
}

TEST(Explain, a_quarantined_host_in_the_rack_names_the_way_out) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {ends(Outcome::Verdict::lost, Cause::lost)};
  ResolvedPlan plan = plan_of({.waves = {2}, .racks = 1, .per_rack = 2, .gate = {Share{0}, 1}});
  plan.left_out.push_back({"x0", {{"rack", "r0"}}, "unreachable", "no answer in 30s", true});
  drill.start(plan);
  drill.run();
  const Explanation why = of(drill, "n1");
  ASSERT_THAT(words(why), ElementsAre("DomainFull"));
  EXPECT_THAT(why.reasons[0].text, HasSubstr("n0 (quarantined"));
  EXPECT_THAT(why.reasons[0].text, HasSubstr("x0 (down before the rollout)"));
  EXPECT_EQ(why.reasons[0].command, "breakwater quarantine discount n0 --reason \"...\"");
  const Explanation quarantined = of(drill, "n0");
  ASSERT_THAT(words(quarantined), ElementsAre("Quarantined"));
  EXPECT_THAT(quarantined.reasons[0].text, HasSubstr("lost: as the script says"));
  const Explanation down = of(drill, "x0");
  ASSERT_THAT(words(down), ElementsAre("LeftOut"));
  EXPECT_EQ(down.reasons[0].text, "unreachable: no answer in 30s");
}

TEST(Explain, the_first_reason_stands_first) {
  Drill drill;
  ResolvedPlan plan = plan_of({.waves = {1, 1}, .racks = 1, .per_rack = 1, .global = 1});
  const RolloutId id = drill.start(plan);
  drill.decide_all();
  drill.ask(Verb::pause, id);
  EXPECT_THAT(words(of(drill, "n1")), ElementsAre("Paused", "WaveNotOpen", "GlobalLimit", "DomainFull"));
  EXPECT_EQ(of(drill, "n1").reasons[0].command, "breakwater resume bios");
  EXPECT_EQ(of(drill, "n1").reasons[1].text, "wave w1 opens after the gate of w0; 1 host of wave w0 to go");
  drill.ask(Verb::stop, id);
  EXPECT_THAT(words(of(drill, "n1")), ElementsAre("Stopped", "WaveNotOpen", "GlobalLimit", "DomainFull"));
}

TEST(Explain, a_soak_says_until_when) {
  Drill drill;
  drill.start(plan_of({.waves = {1, 1}, .soak = hours(24)}));
  drill.run_until([&] { return drill.state("n0") == State::updated; });
  drill.now.steady += hours(1);
  const Explanation why = of(drill, "n1");
  ASSERT_THAT(words(why), ElementsAre("SoakRunning", "WaveNotOpen"));
  EXPECT_THAT(why.reasons[0].text, HasSubstr("for 23h more"));
}

/// What keeps a gate, as decide tells it of the rollout and explain of a host behind it.
void expect_one_list(const Drill& drill, const std::vector<std::string>& expected) {
  std::vector<std::string> decided;
  for (const Blocker& wait : decide(drill.fleet, 1, drill.now).waits) decided.emplace_back(row_of(wait.rule).word);
  EXPECT_EQ(decided, expected);
  std::vector<std::string> explained = words(of(drill, "n1"));
  EXPECT_EQ(explained.back(), "WaveNotOpen");
  explained.pop_back();
  EXPECT_EQ(explained, expected);
}

TEST(Explain, and_decide_name_what_keeps_a_gate_in_one_order) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
  drill.run_until([&] { return drill.state("n0") == State::updated; });
  expect_one_list(drill, {"SoakRunning"});
  drill.ask(Verb::pause, id);
  expect_one_list(drill, {"Paused", "SoakRunning"});
  EXPECT_TRUE(decide(drill.fleet, id, drill.now).wake) << "it is read within its soak all the same";
  drill.ask(Verb::stop, id);
  expect_one_list(drill, {"Stopped", "SoakRunning"});
  drill.now = {drill.now.steady + hours(9), drill.now.wall + hours(9)};
  expect_one_list(drill, {"Stopped", "LastLooks"});
}

// Programs read `InFlight` alone.
TEST(Explain, and_decide_name_what_keeps_the_next_wave_while_the_last_hosts_of_the_open_one_are_in_flight) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {1, 1}}));
  drill.decide_all();
  const auto decided = [&](Starts starts) {
    std::vector<std::string> all;
    for (const Blocker& wait : decide(drill.fleet, id, drill.now, starts).waits)
      all.emplace_back(row_of(wait.rule).word);
    return all;
  };
  EXPECT_THAT(decided(Starts::allowed), ElementsAre("InFlight"));
  EXPECT_THAT(decided(Starts::none), ElementsAre("Leaving", "InFlight"));
  EXPECT_THAT(decided(Starts::ways_back), ElementsAre("Leaving", "InFlight"));
  drill.ask(Verb::pause, id);
  EXPECT_THAT(decided(Starts::none), ElementsAre("Paused", "InFlight"));
  EXPECT_EQ(words(of(drill, "n1")).front(), "Paused");
}

TEST(Explain, and_decide_name_what_the_process_that_conducts_lacks) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {1, 1}}));
  const std::string lacks = "env:X is not set, for n0";
  const std::vector<Blocker> waits = decide(drill.fleet, id, drill.now, Starts::allowed, lacks).waits;
  ASSERT_EQ(waits.size(), 1U);
  EXPECT_EQ(waits[0].rule, StartRule::own_side);
  EXPECT_EQ(waits[0].text, "the process that conducts cannot speak to its hosts: " + lacks);
  Present present = drill.present();
  present.lacks = [&](const RolloutState&) { return lacks; };
  const Explanation why = explain(drill.fleet, "n0", present);
  EXPECT_EQ(why.reasons.at(0).word, "OwnSideFails");
  EXPECT_EQ(why.reasons[0].text, waits[0].text);
}

TEST(Explain, what_the_process_that_conducts_lacks_keeps_no_way_back_and_judges_no_gate) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {1, 1}, .soak = hours(1)}));
  drill.run_until([&] { return drill.state("n0") == State::updated; });
  drill.now = {drill.now.steady + hours(2), drill.now.wall + hours(2)};
  EXPECT_TRUE(decide(drill.fleet, id, drill.now, Starts::allowed, "no login").acts.empty()) << "nobody is read";
  drill.ask(Verb::roll_back, id, "n0");
  const auto acts = decide(drill.fleet, id, drill.now, Starts::allowed, "no login").acts;
  ASSERT_EQ(acts.size(), 1U);
  EXPECT_EQ(std::get<CommandIssued>(acts[0]).command.action, Action::roll_back);
}

TEST(Explain, a_closed_window_says_when_it_opens) {
  Drill drill;
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.calendar.always_open = false;
  plan.calendar.windows = {{kBegin + hours(2), kBegin + hours(4), "night"}};
  plan.calendar.horizon = kBegin + hours(100);
  drill.start(plan);
  ASSERT_THAT(words(of(drill, "n0")), ElementsAre("WindowClosed"));
  EXPECT_THAT(of(drill, "n0").reasons[0].text, HasSubstr("next start " + to_string(kBegin + hours(2))));
  drill.now = {kBegin + hours(3) + minutes(30), kBegin + hours(3) + minutes(30)};
  EXPECT_THAT(of(drill, "n0").reasons[0].text, HasSubstr("no maintenance window of the plan is long enough"));
}

TEST(Explain, a_host_that_nothing_holds_back_is_in_line) {
  Drill drill;
  drill.start(plan_of({.waves = {1}}));
  EXPECT_THAT(words(of(drill, "n0")), ElementsAre("InLine"));
}

TEST(Explain, a_host_in_flight_says_what_is_done_since_when) {
  Drill drill;
  drill.start(plan_of({.waves = {1}}));
  drill.run_until([&] { return drill.state("n0") == State::checking; });
  drill.now.steady += minutes(7);
  const Explanation why = of(drill, "n0");
  ASSERT_THAT(words(why), ElementsAre("InFlight"));
  EXPECT_EQ(why.reasons[0].text, "being checked after its update (c0 3.2 -> 3.4), for 7m");
}

TEST(Explain, a_host_that_a_pause_or_a_stop_keeps_half_way) {
  for (const Verb verb : {Verb::pause, Verb::stop}) {
    Drill drill;
    const RolloutId id = drill.start(plan_of({.waves = {1}, .updates = 2}));
    ASSERT_TRUE(drill.run_until([&] { return drill.state("n0") == State::checking; }));
    drill.ask(verb, id);
    drill.run();
    ASSERT_EQ(drill.state("n0"), State::staging);
    drill.now.steady += hours(1);
    const Explanation why = of(drill, "n0");
    ASSERT_THAT(words(why), ElementsAre(verb == Verb::pause ? "Paused" : "Stopped", "InFlight"));
    EXPECT_EQ(why.reasons[0].text, verb == Verb::pause
                                       ? "omar paused the rollout: as the test says; its next step waits"
                                       : "omar stopped the rollout: as the test says; its next step waits");
    EXPECT_EQ(why.reasons[0].command, "breakwater resume bios");
    EXPECT_EQ(why.reasons[1].text, "nothing is under way at it; its state is staging (c1 3.2 -> 3.4), for 1h");
  }
}

TEST(Explain, a_host_that_a_closed_window_keeps_half_way) {
  Drill drill;
  ResolvedPlan plan = plan_of({.waves = {1}, .updates = 2});
  plan.calendar.always_open = false;
  plan.calendar.windows = {{kBegin, kBegin + hours(2), "night"}, {kBegin + hours(24), kBegin + hours(26), "night"}};
  plan.calendar.horizon = kBegin + hours(100);
  drill.start(plan);
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0") == State::checking; }));
  drill.now = {kBegin + hours(3), kBegin + hours(3)};
  ASSERT_TRUE(drill.run_until([&] { return drill.state("n0") == State::staging && !drill.trip("n0").open; }));
  const Explanation why = of(drill, "n0");
  ASSERT_THAT(words(why), ElementsAre("WindowClosed", "InFlight"));
  EXPECT_THAT(why.reasons[0].text, HasSubstr("no maintenance window is open; next start " +
                                             to_string(kBegin + hours(24)) + "; the next component of n0 needs"));
  EXPECT_EQ(why.reasons[0].command, "") << "only time helps";
  drill.now = {kBegin + hours(101), kBegin + hours(101)};
  EXPECT_EQ(of(drill, "n0").reasons[0].command, "breakwater plan ROLLOUT, with other windows");
}

TEST(Explain, a_failed_host_whose_way_back_those_of_others_hold) {
  Drill drill;
  for (const char* host : {"n0", "n1", "n2"}) {
    drill.table[{host, Action::check}] = {ends(Outcome::Verdict::failed, Cause::unhealthy)};
    drill.table[{host, Action::roll_back}] = {ends(Outcome::Verdict::failed, Cause::roll_back_failed)};
  }
  drill.start(plan_of({.waves = {4}, .global = 1, .gate = {Share{0}, 1}}));
  drill.run();
  ASSERT_EQ(drill.state("n2"), State::rolling_back);
  const Explanation why = of(drill, "n2");
  ASSERT_THAT(words(why), ElementsAre("RollbacksHeld", "InFlight"));
  EXPECT_EQ(why.reasons[0].text, drill.rollout().ways_back.held_why);
  EXPECT_EQ(why.reasons[0].command, "breakwater resume bios");
}

/// Once the pause is gone it would still wait; the pause has to go first.
TEST(Explain, a_pause_comes_before_the_back_off_of_an_upload) {
  Drill drill;
  drill.table[{"n0", Action::stage}] = {ends(Outcome::Verdict::untouched, Cause::upload_failed)};
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.attempts.upload = 3;
  const RolloutId id = drill.start(plan);
  drill.run_until([&] { return drill.trip("n0").uploads == 1 && !drill.trip("n0").open; });
  drill.ask(Verb::pause, id);
  EXPECT_THAT(words(of(drill, "n0")), ElementsAre("Paused", "InFlight"));
}

TEST(Explain, an_upload_that_backs_off) {
  Drill drill;
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.attempts.upload = 3;
  drill.table[{"n0", Action::stage}] = {ends(Outcome::Verdict::untouched, Cause::upload_failed)};
  drill.start(plan);
  drill.run_until([&] { return drill.trip("n0").uploads == 1 && !drill.trip("n0").open; });
  ASSERT_THAT(words(of(drill, "n0")), ElementsAre("BackingOff"));
  EXPECT_THAT(of(drill, "n0").reasons[0].text, HasSubstr("1 of 3 tries failed"));
}

TEST(Explain, every_end_has_its_word) {
  Drill drill;
  drill.table[{"n0", Action::prepare}] = {ends(Outcome::Verdict::current, Cause::none)};
  drill.table[{"n1", Action::check}] = {ends(Outcome::Verdict::failed, Cause::unhealthy)};
  drill.table[{"n2", Action::prepare}] = {ends(Outcome::Verdict::untouched, Cause::drifted)};
  ResolvedPlan plan = plan_of({.waves = {4, 1}, .gate = {Share{7'500}, 1}});
  plan.wave_failure.undo_wave = false;
  plan.left_out.push_back({"h0", {}, "held", "HW-8830 fan tray", false});
  drill.start(plan);
  drill.run();
  EXPECT_THAT(words(of(drill, "n0")), ElementsAre("Current"));
  EXPECT_THAT(words(of(drill, "n1")), ElementsAre("RolledBack"));
  EXPECT_THAT(of(drill, "n1").reasons[0].text,
              StartsWith("what it ran before runs again; why it went back: unhealthy"));
  EXPECT_THAT(words(of(drill, "n2")), ElementsAre("Refused"));
  EXPECT_THAT(words(of(drill, "n3")), ElementsAre("Updated"));
  EXPECT_EQ(of(drill, "n3").reasons[0].command, "breakwater rollback bios --host n3");
  EXPECT_THAT(words(of(drill, "n4")), ElementsAre("Halted"));
  EXPECT_THAT(words(of(drill, "h0")), ElementsAre("HeldByOperator"));
  EXPECT_EQ(of(drill, "h0").reasons[0].text, "HW-8830 fan tray");
}

TEST(Explain, a_host_that_waits_for_its_way_back) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {3}, .racks = 1, .per_rack = 1}));
  drill.run();
  drill.ask(Verb::roll_back, id);
  drill.decide_all();
  EXPECT_THAT(words(of(drill, "n0")), ElementsAre("DomainFull", "WaitsForRollback"));
  EXPECT_THAT(of(drill, "n0").reasons[1].text, HasSubstr("within the limits: c0 3.4 -> 3.2"));
  const auto goes = drill.in(State::rolling_back);
  ASSERT_EQ(goes.size(), 1U);
  EXPECT_THAT(of(drill, goes[0]).reasons[0].text, HasSubstr("being rolled back (c0 3.4 -> 3.2)"));
}

TEST(Explain, what_a_host_was_quarantined_for_first_is_not_lost_when_it_is_again) {
  Drill drill;
  drill.table[{"n0", Action::check}] = {ends(Outcome::Verdict::failed, Cause::unhealthy)};
  drill.table[{"n0", Action::roll_back}] = {ends(Outcome::Verdict::failed, Cause::roll_back_failed),
                                            ends(Outcome::Verdict::lost, Cause::lost)};
  const RolloutId id = drill.start(plan_of({.waves = {1}}));
  drill.run();
  ASSERT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_THAT(of(drill, "n0").reasons[0].text, testing::Not(HasSubstr("first quarantined")));
  drill.ask(Verb::release, 0, "n0");
  drill.ask(Verb::roll_back, id, "n0");
  drill.run();
  ASSERT_EQ(drill.state("n0"), State::quarantined);
  const std::string first =
      "; first quarantined for roll_back_failed: as the script says; it went back because of "
      "unhealthy: as the script says";
  EXPECT_THAT(of(drill, "n0").reasons[0].text,
              testing::AllOf(testing::StartsWith("lost: as the script says, by"), testing::EndsWith(first)));
  drill.ask(Verb::release, 0, "n0");
  EXPECT_THAT(of(drill, "n0").reasons[0].text, HasSubstr(first));
}

TEST(Explain, a_host_that_was_recalled_after_its_rollout_was_abandoned_says_so) {
  Drill drill;
  const RolloutId id = drill.start(plan_of({.waves = {1, 1}}));
  drill.run_until([&] { return drill.state("n0") == State::updated; });
  drill.ask(Verb::abandon, id);
  OperatorAsked recall{Verb::roll_back, id, "omar", "CVE", {}, ""};
  recall.hosts = {"n0"};
  recall.recalls = to_string(drill.rollout().plan->images[0].release);
  drill.record(recall);
  EXPECT_THAT(of(drill, "n0").reasons.back().text, HasSubstr("c0 3.4 -> 3.2; its image was recalled"));
  drill.run();
  EXPECT_EQ(drill.state("n0"), State::rolled_back);
  EXPECT_EQ(of(drill, "n0").reasons[0].text, "what it ran before runs again; why it went back: recalled");
}

TEST(Explain, the_unfinished_rollout_speaks_for_its_host) {
  Drill drill;
  drill.start(plan_of({.waves = {1}}));
  drill.run();
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.rollout = "later";
  const RolloutId later = drill.start(plan);
  drill.ask(Verb::pause, later);
  EXPECT_THAT(of(drill, "n0").headline, HasSubstr("waits in rollout later"));
}

}  // namespace
}  // namespace breakwater::explain_test
