// Every kind of record as a line for people and as a line for programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inventories/document/json.hpp"
#include "orchestrator/views/event_lines.hpp"
#include "orchestrator/views/event_words.hpp"
#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::views::event_views_test {
namespace {

using testing::HasSubstr;
using testing::Not;

class EventViews : public testing::Test {
 protected:
  EventViews() { made_.start(); }

  std::string what(const Recorded& record) const {
    const auto words = words_for(record, made_.fleet);
    return words ? (words->host.empty() ? "" : words->host + ": ") + words->what : "nothing";
  }
  /// The line without what all lines begin with.
  Json line(const Recorded& record) const {
    Json read = parse_json(event_line(record, made_.fleet)).value();
    for (const char* always : {"seq", "at", "kind", "rollout"}) read.erase(always);
    return read;
  }
  const RolloutState& rollout() const { return *made_.fleet.find(RolloutId{1}); }
  Recorded evidence(Evidence::Kind kind, const std::string& text = "") {
    return made_.take(Event(EvidenceSeen{2, 1, 0, Evidence{kind, text}}));
  }

  MadeFleet made_;
};

TEST_F(EventViews, a_command_says_what_it_does_to_which_version) {
  struct Case {
    Action action;
    std::uint32_t update;
    const char* words;
  };
  for (const Case& each : {Case{Action::stage, 1, "n2: staging nic 20.4 → 20.5"},
                           Case{Action::activate, 0, "n2: activating bios 3.2 → 3.4"},
                           Case{Action::check, 2, "n2: checking: all checks together for 1m"},
                           Case{Action::cancel, 0, "n2: cancelling its staged image"},
                           Case{Action::roll_back, 1, "n2: rolling back nic 20.5 → 20.4"},
                           Case{Action::stage, 9, "n2: staging firmware"}}) {
    CommandIssued issued;
    issued.command = {0, 1, 1, each.action, each.update, false};
    const Recorded record{99, kBegin, Event(issued)};
    EXPECT_EQ(what(record), each.words);
  }
  CommandIssued at_once;
  at_once.command = {0, 1, 1, Action::activate, 0, true};
  EXPECT_EQ(what({99, kBegin, Event(at_once)}), "n2: uploading and activating bios 3.2 → 3.4");
}

TEST_F(EventViews, only_a_command_that_changes_something_names_its_component) {
  const Recorded looks = made_.issue(0, Action::prepare);
  EXPECT_EQ(line(looks), (Json{{"host", "n1"}, {"wave", "canary"}, {"action", "prepare"}}));
  made_.end(0, Outcome::Verdict::done);
  const Recorded stages = made_.issue(0, Action::stage, 1);
  EXPECT_EQ(line(stages), (Json{{"host", "n1"}, {"wave", "canary"}, {"action", "stage"}, {"component", "nic"}}));
}

TEST_F(EventViews, evidence_is_shown_but_for_a_session_which_is_a_key) {
  made_.issue(0, Action::prepare);
  EXPECT_EQ(what(evidence(Evidence::Kind::session, "/s/1")), "nothing");
  EXPECT_EQ(what(evidence(Evidence::Kind::sending, "abcd")), "n1: upload begins");
  EXPECT_EQ(what(evidence(Evidence::Kind::task, "/t/1\x1b[2J")), "n1: task /t/1?[2J");
  EXPECT_EQ(what(evidence(Evidence::Kind::new_key, "abcd")),
            "n1: shows a new key that the Policy expected: sha256:abcd");
  EXPECT_EQ(what(evidence(Evidence::Kind::key_shown, "abcd")),
            "n1: waits, its BMC shows a new key that nobody vouched for: sha256:abcd"
            "  → breakwater trust-key n1 --sha256 abcd");
  EXPECT_EQ(line(evidence(Evidence::Kind::task, "/t/1")),
            (Json{{"host", "n1"}, {"command", 2}, {"evidence", "task"}, {"text", "/t/1"}}));
}

TEST_F(EventViews, an_end_says_what_has_become_of_the_host) {
  made_.issue(0, Action::prepare);
  EXPECT_EQ(what(made_.end(0, Outcome::Verdict::done)), "n1: prepared");
  made_.issue(0, Action::stage);
  const Recorded lost = made_.end(0, Outcome::Verdict::lost, Cause::lost, "gone\nn2: updated");
  EXPECT_EQ(what(lost), "n1: quarantined (lost): gone n2: updated");
  EXPECT_EQ(line(lost), (Json{{"host", "n1"},
                              {"command", 4},
                              {"verdict", "lost"},
                              {"state", "quarantined"},
                              {"cause", "lost"},
                              {"detail", "gone\nn2: updated"}}));
}

TEST_F(EventViews, gates_and_halts_name_their_wave) {
  const Recorded passed = made_.take(Event(GateJudged{1, 0, GateVerdict::pass, "1 of 1"}));
  EXPECT_EQ(what(passed), "gate of wave canary passed: 1 of 1");
  EXPECT_EQ(words_for(passed, made_.fleet)->ink, Ink::good);
  const Recorded failed = made_.take(Event(GateJudged{1, 1, GateVerdict::fail, "0 of 3"}));
  EXPECT_EQ(what(failed), "gate of wave rest FAILED: 0 of 3");
  EXPECT_EQ(words_for(failed, made_.fleet)->ink, Ink::bad);
  EXPECT_EQ(line(failed), (Json{{"wave", "rest"}, {"verdict", "fail"}, {"reason", "0 of 3"}}));
  const Recorded held = made_.take(Event(GateJudged{1, 1, GateVerdict::hold, "1 of 3 hosts"}));
  EXPECT_EQ(what(held), "gate of wave rest holds: 1 of 3 hosts");
  EXPECT_EQ(words_for(held, made_.fleet)->ink, Ink::warn);
  struct Case {
    Undo undo;
    const char* words;
    const char* undone;
  };
  for (const Case& each :
       {Case{kUndoAll, "no well host is rolled back", "all"}, Case{kUndoNone, "no well host is rolled back", "none"},
        Case{Undo::of_wave(1), "no well host of wave rest is rolled back", "rest"}}) {
    const Recorded halted = made_.take(Event(RolloutHalted{1, "why", each.undo}));
    EXPECT_EQ(what(halted), std::string("HALTED: why; ") + each.words);
    EXPECT_EQ(line(halted), (Json{{"reason", "why"}, {"undo", each.undone}}));
  }
}

TEST_F(EventViews, a_halt_tells_who_goes_back_and_who_is_quarantined) {
  made_.update(0);
  made_.issue(1, Action::prepare);
  made_.end(1, Outcome::Verdict::done);
  made_.issue(1, Action::stage);
  made_.end(1, Outcome::Verdict::lost, Cause::lost, "gone");
  const Recorded all = made_.take(Event(RolloutHalted{1, "why", kUndoAll}));
  EXPECT_EQ(what(all), "HALTED: why; 1 host to be rolled back; 1 quarantined, and not touched");
  const Recorded rest = made_.take(Event(RolloutHalted{1, "why", Undo::of_wave(1)}));
  EXPECT_EQ(what(rest), "HALTED: why; no well host of wave rest is rolled back; 1 quarantined, and not touched");
}

TEST_F(EventViews, a_recall_names_its_image_and_its_selector) {
  const Recorded recall = made_.take(
      Event(OperatorAsked{Verb::roll_back, 1, "lena", "CVE", {}, "", {"n1"}, "bios-3.4@sha256:ab", "rack=r1"}));
  EXPECT_EQ(what(recall), "lena asks: roll back, a recall of bios-3.4@sha256:ab, of hosts with rack=r1 (CVE)");
  EXPECT_EQ(line(recall), (Json{{"verb", "roll_back"},
                                {"by", "lena"},
                                {"reason", "CVE"},
                                {"recalls", "bios-3.4@sha256:ab"},
                                {"selector", "rack=r1"},
                                {"hosts", {"n1"}}}));
}

TEST_F(EventViews, an_operators_wish_names_what_it_is_about) {
  const Recorded wave = made_.take(Event(OperatorAsked{Verb::roll_back, 1, "lena", "bad fans", 0, ""}));
  EXPECT_EQ(what(wave), "lena asks: roll back wave 1 (bad fans)");
  EXPECT_EQ(line(wave), (Json{{"verb", "roll_back"}, {"by", "lena"}, {"reason", "bad fans"}, {"wave", "canary"}}));
  const Recorded host = made_.take(Event(OperatorAsked{Verb::release, 0, "omar", "", {}, "n1"}));
  EXPECT_EQ(what(host), "n1: omar asks: release") << "a release belongs to no rollout, and is shown";
  EXPECT_EQ(line(host), (Json{{"verb", "release"}, {"by", "omar"}, {"host", "n1"}}));
  EXPECT_THAT(event_line(host, made_.fleet), Not(HasSubstr("\"rollout\"")));
}

TEST_F(EventViews, nobody_forges_a_line_with_a_name_or_a_reason) {
  const Recorded asked = made_.take(Event(OperatorAsked{Verb::pause, 1, "ann\x1b[1A", "so\nHALTED", {}, ""}));
  EXPECT_EQ(what(asked), "ann?[1A asks: pause (so HALTED)");
  const Recorded halted = made_.take(Event(RolloutHalted{1, "asked by \x1b[31mann\n", kUndoNone}));
  EXPECT_EQ(what(halted), "HALTED: asked by ?[31mann ; no well host is rolled back");
}

TEST_F(EventViews, a_finished_rollout_is_counted_by_state) {
  made_.refuse(0);
  const Recorded finished = made_.take(Event(RolloutFinished{1}));
  EXPECT_EQ(what(finished), "finished: 3 waiting, 1 refused");
  EXPECT_EQ(line(finished), (Json{{"states", {{"refused", 1}, {"waiting", 3}}}}));
}

TEST_F(EventViews, a_record_of_a_rollout_that_nobody_knows_is_only_a_line) {
  const Recorded stray{7, kBegin, Event(GateJudged{5, 0, GateVerdict::pass, "x"})};
  EXPECT_EQ(what(stray), "nothing");
  EXPECT_EQ(event_line(stray, made_.fleet), R"({"seq":7,"at":"2026-11-02T22:00:00.000Z","kind":"GateJudged"})");
}

TEST_F(EventViews, a_start_and_a_conductor_are_announced) {
  MadeFleet fresh;
  fresh.start();
  RolloutStarted started;
  started.by = "lena";
  started.plan = made_plan();
  started.digest.bytes.fill(0xab);
  const Recorded record{1, kBegin, Event(started)};
  EXPECT_EQ(what(record), "rollout bios-3.4 started by lena: 4 hosts in 2 waves, plan abababababab");
  EXPECT_EQ(line(record), (Json{{"by", "lena"}, {"plan", to_hex(started.digest)}, {"hosts", 4}, {"waves", 2}}));
  EXPECT_EQ(what(made_.take(Event(ConductorStarted{1, 4711}))), "process 4711 conducts");
}

TEST_F(EventViews, a_wait_is_a_line_with_the_time_that_ends_it) {
  const Blocker window{StartRule::window, "no window is open", kBegin};
  EXPECT_EQ(wait_line(window, 9, kBegin, "bios-3.4"),
            R"({"seq":9,"at":"2026-11-02T22:00:00.000Z","kind":"Waiting","rollout":"bios-3.4",)"
            R"("word":"WindowClosed","text":"no window is open","until":"2026-11-02T22:00:00.000Z"})");
  const Blocker person{StartRule::paused, "paused \xff", {}};
  const Json told = parse_json(wait_line(person, 9, kBegin, "r")).value();
  EXPECT_EQ(told.count("until"), 0U);
  EXPECT_EQ(told.at("command"), "breakwater resume r");
}

TEST_F(EventViews, a_gap_is_an_object_too) {
  EXPECT_EQ(gap_line(12), R"({"kind":"LeftOut","lines":12})");
}

}  // namespace
}  // namespace breakwater::views::event_views_test
