// Where a rollout stands: in a word, as a tree, and as documents for programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inventories/document/json.hpp"
#include "orchestrator/core/host_machine.hpp"
#include "orchestrator/core/standstill.hpp"
#include "orchestrator/views/fleet_json.hpp"
#include "orchestrator/views/states_dot.hpp"
#include "orchestrator/views/wave_tree.hpp"
#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::views::standing_test {
namespace {

using testing::Contains;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A rollout of hosts in these states, set by hand: only what a view reads of it is kept.
RolloutState rollout_of(const std::vector<State>& states) {
  RolloutState rollout;
  rollout.id = 1;
  ResolvedPlan plan = made_plan();
  plan.hosts.clear();
  for (std::size_t i = 0; i < states.size(); ++i) {
    plan.hosts.push_back(made_host("h" + std::to_string(i), "r1", i == 0 ? 0 : 1));
  }
  plan.waves[1].hosts = static_cast<std::uint32_t>(states.size() - 1);
  rollout.plan = std::make_shared<const ResolvedPlan>(std::move(plan));
  rollout.name = rollout.plan->rollout;
  rollout.by = "lena";
  rollout.started = kBegin;
  rollout.waves.resize(2);
  rollout.hosts.resize(states.size());
  for (std::size_t i = 0; i < states.size(); ++i) rollout.hosts[i].state = states[i];
  return rollout;
}

TEST(Standing, is_one_word_for_each_way_a_rollout_can_be) {
  struct Case {
    const char* word;
    Ink ink;
    void (*make)(RolloutState&);
  };
  for (const Case& each :
       {Case{"running", Ink::good, [](RolloutState&) {}},
        Case{"pausing", Ink::warn, [](RolloutState& r) { r.paused = true, r.open_commands = 1; }},
        Case{"paused", Ink::warn, [](RolloutState& r) { r.paused = true; }},
        Case{"stopping", Ink::warn, [](RolloutState& r) { r.paused = r.stopping = true, r.open_commands = 1; }},
        Case{"stopped", Ink::warn, [](RolloutState& r) { r.paused = r.stopping = true; }},
        Case{"halted", Ink::bad, [](RolloutState& r) { r.halted = r.paused = true; }},
        Case{"halted, paused", Ink::bad, [](RolloutState& r) { r.halted = r.paused = true, r.bound_undos = {0}; }},
        Case{"halted, going back", Ink::bad, [](RolloutState& r) { r.halted = true, r.in_flight = 1; }},
        Case{"halted, over", Ink::bad, [](RolloutState& r) { r.halted = r.finished = true; }},
        Case{"done", Ink::good, [](RolloutState& r) { r.finished = true; }}}) {
    RolloutState rollout = rollout_of({State::updated, State::current});
    each.make(rollout);
    EXPECT_EQ(standing_of(rollout).word, each.word);
    EXPECT_EQ(standing_of(rollout).ink, each.ink) << each.word;
  }
}

TEST(Standing, what_nobody_conducts_does_not_run) {
  struct Case {
    const char* word;
    void (*make)(RolloutState&);
  };
  for (const Case& each :
       {Case{"not conducted", [](RolloutState&) {}}, Case{"paused", [](RolloutState& r) { r.paused = true; }},
        Case{"paused, not conducted", [](RolloutState& r) { r.paused = true, r.open_commands = 1; }},
        Case{"stopped, not conducted", [](RolloutState& r) { r.paused = r.stopping = true, r.open_commands = 1; }},
        Case{"halted, not conducted", [](RolloutState& r) { r.halted = true, r.in_flight = 1; }},
        Case{"halted", [](RolloutState& r) { r.halted = true; }},
        Case{"done", [](RolloutState& r) { r.finished = true; }}}) {
    RolloutState rollout = rollout_of({State::updated, State::current});
    each.make(rollout);
    EXPECT_EQ(standing_of(rollout, false).word, each.word);
  }
}

TEST(Standing, a_finished_rollout_is_done_only_where_every_host_is_well) {
  for (const State state : {State::refused, State::not_started, State::rolled_back, State::quarantined}) {
    RolloutState rollout = rollout_of({State::updated, state});
    rollout.finished = true;
    EXPECT_EQ(standing_of(rollout).word, "over") << to_string(state);
  }
}

std::vector<std::string> tree(const RolloutState& rollout, const std::vector<Blocker>& waits = {}) {
  const Instant at = kBegin + Duration(60'000);
  return wave_tree(rollout, Fleet(), waits, Now{at, at}, Paint{});
}

TEST(WaveTree, marks_a_wave_by_what_became_of_it) {
  struct Case {
    const char* mark;
    void (*make)(RolloutState&);
  };
  for (const Case& each :
       {Case{"✔", [](RolloutState& r) { r.waves[0].judged = true, r.open_wave = 1; }},
        Case{"✖", [](RolloutState& r) { r.waves[0].judged = true; }},
        Case{"↩", [](RolloutState& r) { r.waves[0].judged = r.waves[0].undo = true; }}, Case{"▶", [](RolloutState&) {}},
        Case{"✖", [](RolloutState& r) { r.halted = true; }},
        Case{"–", [](RolloutState& r) { r.halted = true, r.hosts[0].state = State::not_started; }},
        Case{"–", [](RolloutState& r) { r.halted = r.waves[0].undo = true, r.hosts[0].state = State::not_started; }}}) {
    RolloutState rollout = rollout_of({State::waiting, State::waiting});
    each.make(rollout);
    EXPECT_THAT(tree(rollout)[1], StartsWith("  " + std::string(each.mark) + " canary "));
  }
}

TEST(WaveTree, counts_the_good_against_all_and_names_the_rest) {
  const RolloutState rollout = rollout_of({State::updated, State::current, State::activating, State::activating,
                                           State::rolled_back, State::not_started, State::waiting});
  const auto lines = tree(rollout);
  EXPECT_THAT(lines[1], testing::EndsWith(" 1/1  " + bar(1, 1, 20)));
  EXPECT_THAT(lines[2], ContainsRegex(" 1/6  .*  2 activating  · 1 rolled back  1 not started$"));
}

TEST(WaveTree, shows_the_worst_hosts_first_and_counts_the_others) {
  std::vector<State> states(9, State::refused);
  states[7] = State::quarantined;
  const auto lines = tree(rollout_of(states));
  ASSERT_EQ(lines.size(), 1U + 2U + 1U + 6U + 1U);
  EXPECT_THAT(lines[4], HasSubstr("! h7  quarantined"));
  EXPECT_THAT(lines[5], HasSubstr("! h0  refused"));
  EXPECT_EQ(lines.back(), "! and 3 more hosts  → breakwater report bios-3.4");
}

TEST(WaveTree, a_finished_rollout_has_no_open_wave_and_no_limits) {
  RolloutState rollout = rollout_of({State::updated, State::updated});
  rollout.finished = true;
  rollout.open_wave = 2;
  const auto lines = tree(rollout);
  EXPECT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0], Not(HasSubstr("wave ")));
  EXPECT_THAT(lines[0], StartsWith("bios-3.4   done   started 2026-11-02 22:00:00Z by lena, 1m ago"));
}

TEST(WaveTree, hosts_in_flight_are_no_wait_worth_a_line) {
  const auto lines = tree(rollout_of({State::waiting, State::waiting}),
                          {Blocker{StartRule::in_flight, "1 host in flight"}, Blocker{StartRule::paused, "paused"}});
  EXPECT_THAT(lines, Contains("waits   paused"));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("1 host in flight"))));
}

/// The steady clock has run ahead of a wall clock that was put right.
TEST(WaveTree, a_wait_is_as_long_as_the_wall_clock_says) {
  const RolloutState rollout = rollout_of({State::waiting, State::waiting});
  const Now now{kBegin + std::chrono::hours(8), kBegin};
  const auto line_of = [&](Instant until) {
    return wave_tree(rollout, Fleet(), {Blocker{StartRule::window, "closed", until}}, now, Paint{}).back();
  };
  EXPECT_EQ(line_of(kBegin + std::chrono::minutes(90)), "waits   closed (in 1h 30m)");
  EXPECT_EQ(line_of(kBegin + Duration(300)), "waits   closed (in 1s)");
  EXPECT_EQ(line_of(kBegin), "waits   closed") << "no time is left, and so none is told";
}

TEST(WaveTree, a_key_that_waits_for_a_word_stands_with_its_command) {
  RolloutState rollout = rollout_of(std::vector<State>(9, State::activating));
  for (HostIndex host = 0; host < 8; ++host) {
    rollout.untrusted.insert(host);
    rollout.hosts[host].key_shown = Sha256();
  }
  const auto lines = tree(rollout, key_waits(rollout));
  const std::string zeros(64, '0');
  EXPECT_THAT(
      lines,
      Contains("waits   the BMC of h0 shows a new key, sha256:" + zeros +
               "; no password is sent until somebody vouches for it  → breakwater trust-key h0 --sha256 " + zeros));
  EXPECT_THAT(lines.back(), HasSubstr("; and 3 more hosts, named by breakwater status bios-3.4 -o json"));
  EXPECT_THAT(tree(rollout), Not(Contains(HasSubstr("shows a new key")))) << "text and JSON show the same rows";
}

TEST(FleetJson, the_last_rollout_comes_first_with_its_counts) {
  MadeFleet made;
  made.start();
  made.refuse(0);
  made.take(Event(RolloutHalted{1, "gate", kUndoAll}));
  made.take(Event(RolloutFinished{1}));
  ResolvedPlan second = made_plan();
  second.rollout = "bios-3.5";
  made.start(std::move(second));
  const RequestShown waiting{7, kBegin, "omar", "apply nic-2", false};
  const Json list = parse_json(rollouts_json(made.fleet, ConductorShown{4711, "x13", kBegin}, {waiting})).value();
  EXPECT_EQ(list.at("kind"), "RolloutList");
  EXPECT_EQ(list.at("conductor").at("process"), 4711);
  EXPECT_EQ(list.at("conductor").at("since"), to_string(kBegin));
  EXPECT_EQ(
      list.at("requests"),
      (Json::array({Json{
          {"request", 7}, {"at", to_string(kBegin)}, {"by", "omar"}, {"what", "apply nic-2"}, {"attended", false}}})));
  ASSERT_EQ(list.at("items").size(), 2U);
  EXPECT_EQ(list.at("items")[0].at("name"), "bios-3.5");
  EXPECT_EQ(list.at("items")[0].at("states"), (Json{{"waiting", 4}}));
  const Json& first = list.at("items")[1];
  EXPECT_EQ(first.at("standing"), "halted, over");
  EXPECT_EQ(first.at("haltReason"), "gate");
  EXPECT_TRUE(first.at("next").is_null());
  const Json alone = parse_json(rollouts_json(made.fleet, std::nullopt, {}))->at("items")[0];
  EXPECT_EQ(alone.at("standing"), "not conducted");
  EXPECT_EQ(alone.at("next"), "breakwater apply bios-3.5");
  EXPECT_EQ(first.at("states"), (Json{{"not_started", 3}, {"refused", 1}}));
}

TEST(FleetJson, a_rollout_has_its_waves_hosts_and_waits) {
  MadeFleet made;
  made.start();
  made.issue(0, Action::prepare);
  const Blocker soak{StartRule::soak, "wave canary soaks", kBegin + Duration(60'000)};
  const Json status =
      parse_json(rollout_json(*made.fleet.find(RolloutId{1}), {soak, {StartRule::paused, "paused"}}, std::nullopt, {}))
          .value();
  EXPECT_EQ(status.at("inFlight"), 1);
  EXPECT_TRUE(status.at("requests").empty());
  EXPECT_EQ(status.at("waves")[0], (Json{{"name", "canary"},
                                         {"hosts", 1},
                                         {"open", true},
                                         {"judged", false},
                                         {"undone", false},
                                         {"states", {{"preparing", 1}}}}));
  EXPECT_EQ(status.at("waves")[1].at("open"), false);
  EXPECT_EQ(status.at("waits"),
            (Json{{{"word", "SoakRunning"}, {"text", "wave canary soaks"}, {"until", "2026-11-02T22:01:00.000Z"}},
                  {{"word", "Paused"}, {"text", "paused"}, {"command", "breakwater resume bios-3.4"}}}));
  EXPECT_EQ(status.at("hosts")[3].at("wave"), "rest");
  EXPECT_FALSE(status.at("hosts")[0].contains("keyNotTrusted"));
  const std::string key(64, 'a');
  made.take(Event(EvidenceSeen{2, 1, 0, {Evidence::Kind::key_shown, key}}));
  const Json later = parse_json(rollout_json(*made.fleet.find(RolloutId{1}), {}, std::nullopt, {})).value();
  EXPECT_EQ(later.at("hosts")[0].at("keyNotTrusted"), key);
}

TEST(FleetJson, a_quarantine_says_since_when_and_by_whom) {
  MadeFleet made;
  made.start();
  made.issue(0, Action::prepare);
  made.end(0, Outcome::Verdict::done);
  made.issue(0, Action::stage);
  made.end(0, Outcome::Verdict::lost, Cause::lost, "gone \xff");
  const Json list = parse_json(quarantine_json(made.fleet)).value();
  EXPECT_EQ(list.at("items"), (Json{{{"host", "n1"},
                                     {"serial", ""},
                                     {"uuid", ""},
                                     {"since", "2026-11-02T22:00:04.000Z"},
                                     {"rollout", "bios-3.4"},
                                     {"cause", "lost"},
                                     {"detail", "gone \xef\xbf\xbd"},
                                     {"firstCause", "lost"},
                                     {"firstDetail", "gone \xef\xbf\xbd"},
                                     {"discounted", false},
                                     {"alsoKnownAs", Json::array()}}}));
  made.take(Event(OperatorAsked{Verb::discount, 0, "omar", "waits for a board", {}, "n1"}));
  EXPECT_EQ(parse_json(quarantine_json(made.fleet))->at("items")[0].at("discounted"), true);
  made.take(Event(OperatorAsked{Verb::release, 0, "omar", "new board", {}, "n1"}));
  EXPECT_TRUE(parse_json(quarantine_json(made.fleet))->at("items").empty());
}

TEST(FleetJson, a_conductor_that_has_not_said_who_it_is_has_no_number_and_no_beginning) {
  const Json conductor = parse_json(rollouts_json(Fleet(), ConductorShown{}, {}))->at("conductor");
  EXPECT_EQ(conductor, (Json{{"process", nullptr}, {"rollout", ""}, {"since", nullptr}}));
}

TEST(FleetJson, an_explanation_and_what_was_verified_say_what_their_texts_say) {
  const Explanation why{
      "n1 waits", "good", {Reason{"Quarantined", "lost", "breakwater quarantine release n1"}}, {"window"}};
  const Json explained = parse_json(explanation_json("n1", why)).value();
  EXPECT_EQ(explained.at("kind"), "HostExplanation");
  EXPECT_EQ(explained.at("host"), "n1");
  EXPECT_EQ(explained.at("headline"), "n1 waits");
  EXPECT_EQ(explained.at("rollout"), "good");
  EXPECT_EQ(explained.at("reasons"),
            (Json{{{"word", "Quarantined"}, {"text", "lost"}, {"command", "breakwater quarantine release n1"}}}));
  EXPECT_EQ(explained.at("wouldPass"), (Json{"window"}));

  Sha256 digest;
  digest.bytes.fill(0xab);
  const Json journal = parse_json(journal_json({7, digest, 1, {"snapshot 3 does not fit"}})).value();
  EXPECT_EQ(journal.at("records"), 7);
  EXPECT_EQ(journal.at("head"), to_hex(digest));
  EXPECT_EQ(journal.at("misfits"), (Json{"snapshot 3 does not fit"}));

  ProvenRelease proven;
  proven.release.name = "bios-3.4";
  proven.release.version = "3.4";
  proven.release.image.digest = digest;
  proven.signers = {"vendor", "qa"};
  const Json verified = parse_json(verified_json(proven, 2)).value();
  EXPECT_EQ(verified.at("release"), "bios-3.4");
  EXPECT_EQ(verified.at("signers"), (Json{"vendor", "qa"}));
  EXPECT_EQ(verified.at("signersNeeded"), 2);
  EXPECT_EQ(verified.at("image").at("sha256"), to_hex(digest));
}

TEST(FleetJson, images_are_listed_by_digest_and_size) {
  StoredImage image;
  image.digest.bytes.fill(0xab);
  image.size = 5;
  EXPECT_EQ(parse_json(images_json({image}))->at("items"), (Json{{{"sha256", to_hex(image.digest)}, {"size", 5}}}));
  EXPECT_EQ(parse_json(images_json({}))->at("items"), Json::array());
}

TEST(StatesDot, draws_every_state_once_and_every_way_between_two) {
  const std::string dot = states_dot();
  for (const Transition& row : host_transitions()) {
    const std::string arrow = std::string(to_string(row.from)) + " -> " + std::string(to_string(row.to)) + " [label=";
    const std::size_t at = dot.find("  " + arrow);
    ASSERT_NE(at, std::string::npos) << arrow;
    EXPECT_EQ(dot.find("  " + arrow, at + 1), std::string::npos) << arrow << " stands twice";
    EXPECT_THAT(dot.substr(at, dot.find('\n', at) - at), HasSubstr(to_string(row.input)));
  }
  EXPECT_THAT(dot, HasSubstr("  quarantined [peripheries=2];"));
  EXPECT_THAT(dot, HasSubstr("  waiting;"));
}

}  // namespace
}  // namespace breakwater::views::standing_test
