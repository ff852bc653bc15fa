// What is shown of a rollout under way, and with which code it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "inventories/document/json.hpp"
#include "orchestrator/cli/apply_view.hpp"
#include "orchestrator/cli/conducting.hpp"
#include "orchestrator/core/standstill.hpp"
#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::cli::view_test {
namespace {

using testing::HasSubstr;
using views::kBegin;

class View : public testing::Test {
 protected:
  View() : console_(out_, err_) { made_.start(); }
  const RolloutState& rollout() const { return *made_.fleet.find(RolloutId{1}); }

  std::ostringstream out_;
  std::ostringstream err_;
  Console console_;
  MadeFleet made_;
};

TEST_F(View, lines_are_one_an_event_and_a_wait_is_told_once) {
  ApplyView view(console_, ApplyView::Mode::lines, made_.fleet, RolloutId{1});
  view.on_record(made_.issue(0, Action::prepare));
  Decision decision;
  decision.waits = {Blocker{StartRule::paused, "paused by an operator", {}}};
  view.on_decision(rollout(), decision, Now{kBegin, kBegin});
  view.on_decision(rollout(), decision, Now{kBegin, kBegin});
  EXPECT_EQ(out_.str(),
            "2026-11-02 22:00:01Z  n1                preparing: identity, versions, nothing else running\n"
            "2026-11-02 22:00:00Z  waits: paused by an operator  → breakwater resume bios-3.4\n");
}

TEST_F(View, each_wait_for_a_person_is_told_and_those_that_end_by_themselves_are_not) {
  ApplyView view(console_, ApplyView::Mode::lines, made_.fleet, RolloutId{1});
  const auto told = [&](std::vector<Blocker> waits) {
    out_.str({});
    Decision decision;
    decision.waits = std::move(waits);
    view.on_decision(rollout(), decision, Now{kBegin, kBegin});
    return out_.str();
  };
  const auto line = [](const Blocker& wait) {
    return "2026-11-02 22:00:00Z  waits: " + wait.text + "  → " + wait.command + '\n';
  };
  Blocker kept{StartRule::quarantined, "n1: it is quarantined, by rollout nic"};
  kept.command = "breakwater quarantine release n1 --reason \"...\"";
  Blocker full{StartRule::domain_full, "in rack r1 n2 counts"};
  EXPECT_EQ(told({kept, full}), line(kept)) << "a rack that empties by itself";
  full.command = "breakwater quarantine discount n2";
  EXPECT_EQ(told({kept, full}), line(full)) << "the first one is told already";
  Blocker held{StartRule::same_machine, "n3: in flight as n3, which is held half way"};
  EXPECT_EQ(told({held, full}), "");
  held.command = "breakwater resume nic";
  EXPECT_EQ(told({held}), line(held));
  EXPECT_EQ(told({kept}), line(kept)) << "it had gone, and is there again";
}

/// A gate that holds is judged again each minute, and the time of a soak's end is reckoned anew at every decision.
TEST_F(View, a_wait_whose_time_alone_moves_is_told_once) {
  ApplyView view(console_, ApplyView::Mode::lines, made_.fleet, RolloutId{1});
  Instant now = kBegin;
  const auto waits_until = [&](StartRule rule, const std::string& text, Duration length) {
    const Instant until = now + length;
    Decision decision;
    decision.waits = {Blocker{rule, text + to_string(until), until}};
    view.on_decision(rollout(), decision, Now{now, now});
    now += std::chrono::minutes(1);
    return std::exchange(out_, std::ostringstream()).str();
  };
  const std::string held = "the gate of wave canary holds: no evidence of n1 (lost); read again at ";
  EXPECT_THAT(waits_until(StartRule::gate_held, held, std::chrono::minutes(1)), testing::HasSubstr("waits: the gate"));
  EXPECT_EQ(waits_until(StartRule::gate_held, held, std::chrono::minutes(1)), "");
  EXPECT_EQ(waits_until(StartRule::gate_held, held, std::chrono::minutes(1)), "");
  const std::string other = "the gate of wave canary holds: no evidence of n2 (lost); read again at ";
  EXPECT_NE(waits_until(StartRule::gate_held, other, std::chrono::minutes(1)), "") << "that is news";
  const std::string soaks = "wave canary soaks until ";
  EXPECT_NE(waits_until(StartRule::soak, soaks, std::chrono::minutes(60)), "");
  EXPECT_EQ(waits_until(StartRule::soak, soaks, std::chrono::minutes(59) + Duration(900)), "");
  EXPECT_NE(waits_until(StartRule::soak, soaks, std::chrono::minutes(60)), "") << "it soaks anew";
}

TEST_F(View, a_gate_that_holds_is_told_once_while_its_hosts_are_read_again) {
  RolloutState state = rollout();
  ApplyView view(console_, ApplyView::Mode::lines, made_.fleet, RolloutId{1});
  Decision held;
  held.waits = {Blocker{StartRule::gate_held, "the gate of wave canary holds: no evidence of n1 (lost)"}};
  view.on_decision(state, held, Now{kBegin, kBegin});
  Decision looks;
  looks.waits = {Blocker{StartRule::last_looks, "wave canary has soaked"}};
  state.waves[0].looks = 1;
  view.on_decision(state, looks, Now{kBegin, kBegin});
  state.waves[0].looks = 0;
  view.on_decision(state, held, Now{kBegin, kBegin});
  EXPECT_EQ(out_.str(), "2026-11-02 22:00:00Z  waits: the gate of wave canary holds: no evidence of n1 (lost)\n");
  view.on_decision(state, Decision(), Now{kBegin, kBegin});
  view.on_decision(state, held, Now{kBegin, kBegin});
  EXPECT_GT(out_.str().size(), 100U) << "it went on in between";
}

TEST_F(View, a_process_that_goes_on_with_a_key_that_waits_says_so) {
  RolloutState state = rollout();
  state.untrusted = {0};
  state.hosts[0].key_shown = Sha256();
  ApplyView view(console_, ApplyView::Mode::lines, made_.fleet, RolloutId{1});
  view.on_decision(state, Decision(), Now{kBegin, kBegin});
  view.on_decision(state, Decision(), Now{kBegin, kBegin});
  const std::string command = "breakwater trust-key n1 --sha256 " + std::string(64, '0');
  const std::string said = out_.str();
  EXPECT_THAT(said, testing::HasSubstr(command));
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1);
}

TEST_F(View, and_tells_a_program_so) {
  RolloutState state = rollout();
  state.untrusted = {0};
  state.hosts[0].key_shown = Sha256();
  ApplyView view(console_, ApplyView::Mode::json, made_.fleet, RolloutId{1});
  Decision decision;
  decision.waits = key_waits(state);
  view.on_decision(state, decision, Now{kBegin, kBegin});
  view.on_decision(state, decision, Now{kBegin, kBegin});
  const Json line = parse_json(out_.str()).value();  // one
  EXPECT_EQ(line.at("word"), "KeyNotTrusted");
  EXPECT_EQ(line.at("command"), "breakwater trust-key n1 --sha256 " + std::string(64, '0'));
}

TEST_F(View, a_program_is_told_of_our_own_side_as_a_wait_and_a_person_by_its_record) {
  Decision decision;
  decision.waits = {Blocker{StartRule::own_side, "our own side fails at n1: no password"}};
  ApplyView lines(console_, ApplyView::Mode::lines, made_.fleet, RolloutId{1});
  lines.on_decision(rollout(), decision, Now{kBegin, kBegin});
  EXPECT_EQ(out_.str(), "");
  ApplyView json(console_, ApplyView::Mode::json, made_.fleet, RolloutId{1});
  json.on_decision(rollout(), decision, Now{kBegin, kBegin});
  json.on_decision(rollout(), decision, Now{kBegin, kBegin});
  EXPECT_EQ(parse_json(out_.str()).value().at("word"), "OwnSideFails");
}

// It was silent for as long as the look stood still.
TEST_F(View, a_program_is_told_of_our_own_side_while_a_look_stands_still) {
  RolloutState state = rollout();
  state.waves[0].looks = 1;
  state.own_faults = {0};
  Decision decision;
  decision.waits = {Blocker{StartRule::last_looks, "wave canary has soaked"},
                    Blocker{StartRule::own_side, "our own side fails at n1: no password"}};
  ApplyView json(console_, ApplyView::Mode::json, made_.fleet, RolloutId{1});
  json.on_decision(state, decision, Now{kBegin, kBegin});
  EXPECT_EQ(parse_json(out_.str()).value().at("word"), "OwnSideFails");
}

TEST_F(View, an_apply_names_once_every_other_rollout_that_it_takes_along) {
  ApplyView alone(console_, ApplyView::Mode::lines, made_.fleet, RolloutId{1});
  alone.tell_what_goes_along(rollout(), kBegin);
  EXPECT_EQ(err_.str(), "");
  ResolvedPlan plan = views::made_plan();
  plan.rollout = "other";
  made_.start(plan);
  plan.rollout = "held";
  const RolloutId held = made_.start(plan);
  OperatorAsked pause;
  pause.verb = Verb::pause;
  pause.rollout = held;
  made_.take(Event(pause));
  ApplyView view(console_, ApplyView::Mode::json, made_.fleet, RolloutId{1});
  view.tell_what_goes_along(rollout(), kBegin);
  view.tell_what_goes_along(rollout(), kBegin);
  EXPECT_EQ(err_.str(),
            "this process takes rollout other (4 waiting) forward too; to hold it: breakwater pause other\n"
            "rollout held (4 waiting) is paused: this process brings what is in flight to rest, and takes no host "
            "forward there; to let it go on: breakwater resume held\n");
  const std::string said = out_.str();
  const Json first = parse_json(said.substr(0, said.find('\n'))).value();
  EXPECT_EQ(first.at("kind"), "TakenAlong");
  EXPECT_EQ(first.at("rollout"), "bios-3.4");
  EXPECT_EQ(first.at("other"), "other");
  EXPECT_EQ(first.at("held"), false);
  EXPECT_EQ(first.at("command"), "breakwater pause other");
  EXPECT_EQ(parse_json(said.substr(said.find('\n') + 1)).value().at("held"), true);
}

TEST_F(View, a_pause_is_told_while_hosts_are_read_for_a_gate) {
  RolloutState state = rollout();
  state.waves[0].looks = 1;
  ApplyView view(console_, ApplyView::Mode::lines, made_.fleet, RolloutId{1});
  Decision decision;
  decision.waits = {Blocker{StartRule::paused, "paused by an operator"},
                    Blocker{StartRule::last_looks, "wave canary has soaked"}};
  view.on_decision(state, decision, Now{kBegin, kBegin});
  EXPECT_EQ(out_.str(), "2026-11-02 22:00:00Z  waits: paused by an operator  → breakwater resume bios-3.4\n");
}

TEST_F(View, exit_codes) {
  using End = Conductor::End;
  RolloutState state = rollout();
  const auto all = [&state](State to) {
    for (HostIndex i = 0; i < state.hosts.size(); ++i) state.hosts[i].state = to;
  };
  all(State::updated);
  state.finished = true;
  state.hosts[1].state = State::current;
  EXPECT_EQ(exit_for(state, End::finished), Exit::done);
  state.hosts[2].state = State::refused;
  EXPECT_EQ(exit_for(state, End::finished), Exit::failed);
  state.hosts[2].state = State::quarantined;
  EXPECT_EQ(exit_for(state, End::finished), Exit::quarantined);
  state.hosts[3].state = State::rolled_back;
  EXPECT_EQ(exit_for(state, End::finished), Exit::halted) << "5 wins over 6";
  EXPECT_EQ(exit_for(state, End::left), Exit::try_later);
  EXPECT_EQ(exit_for(state, End::at_rest), Exit::try_later);
  state.stopping = true;
  EXPECT_EQ(exit_for(state, End::at_rest), Exit::waits);
  all(State::updated);
  state.halted = true;
  EXPECT_EQ(exit_for(state, End::finished), Exit::halted);
}

/// A roll back of a rollout whose four hosts were updated: n3 has no way back.
class RolledBackView : public View {
 protected:
  RolledBackView() {
    ResolvedPlan plan = views::made_plan();
    for (PlannedHost& host : plan.hosts) host.updates.resize(1);
    plan.hosts[2].updates[0].way_back = WayBack::none;
    made_.start(plan);
    for (HostIndex host = 0; host < 4; ++host) made_.update(host);
    all_.verb = Verb::roll_back;
    all_.rollout = 1;
    canary_ = all_;
    canary_.wave = 0;
  }
  void back(HostIndex host, Outcome::Verdict verdict = Outcome::Verdict::done) {
    made_.issue(host, Action::roll_back);
    made_.end(host, verdict, Cause::roll_back_failed);
    if (verdict != Outcome::Verdict::done) return;
    made_.issue(host, Action::check_back);
    made_.end(host, verdict);
  }
  void ask(Verb verb) {
    OperatorAsked asked;
    asked.verb = verb;
    asked.rollout = 1;
    made_.take(Event(asked));
  }
  std::pair<Exit, std::string> headline(const OperatorAsked& asked) {
    err_.str("");
    const Exit code = say_rolled_back(console_, made_.fleet, {asked});
    const std::string said = err_.str();
    EXPECT_EQ(said.find("breakwater apply"), std::string::npos) << said;
    EXPECT_EQ(said.find("breakwater resume"), std::string::npos) << said;
    EXPECT_EQ(said.find("halted"), std::string::npos) << "it was rolled back, as was asked";
    return std::pair(code, said.substr(0, said.find(';')));
  }
  std::string said() const { return err_.str(); }

  views::MadeFleet made_;
  OperatorAsked all_;
  OperatorAsked canary_;
};

TEST_F(RolledBackView, it_is_done_when_every_host_that_was_meant_is_back) {
  made_.roll_back();
  EXPECT_EQ(headline(canary_), std::pair(Exit::try_later, std::string("bios-3.4: no host was rolled back")));
  EXPECT_THAT(said(), HasSubstr("not rolled back yet: n1\n"));
  EXPECT_THAT(said(), HasSubstr("next: the same\n"));
  back(0);
  EXPECT_EQ(headline(canary_), std::pair(Exit::done, std::string("bios-3.4: rolled back")));
  EXPECT_EQ(headline(all_).first, Exit::try_later) << "n2 and n4 are yet to go";
  back(1);
  back(3);
  EXPECT_EQ(headline(all_), std::pair(Exit::failed, std::string("bios-3.4: 3 hosts rolled back, 1 not")));
  EXPECT_THAT(said(), HasSubstr("no proven way back, or it was refused: n3"));
}

// It left with 4, whatever had become of the host, and named the command that brings the image to the others.
TEST_F(RolledBackView, a_stop_of_the_rollout_says_nothing_of_the_hosts_that_were_meant) {
  ask(Verb::stop);
  made_.roll_back("n1");
  back(0);
  canary_.host = "n1";
  EXPECT_EQ(headline(canary_), std::pair(Exit::done, std::string("bios-3.4: rolled back")));
  EXPECT_THAT(said(), HasSubstr("stopped; the rollout is not over: 3 updated, 1 rolled back"));
  made_.roll_back("n2");
  back(1, Outcome::Verdict::lost);
  OperatorAsked failed = all_;
  failed.host = "n2";
  EXPECT_EQ(headline(failed).first, Exit::quarantined);
  EXPECT_THAT(said(), HasSubstr("not rolled back: quarantined, and not touched before they are released: n2"));
  EXPECT_EQ(headline(canary_).first, Exit::done) << "another host was meant";
}

TEST_F(RolledBackView, a_stop_that_came_later_holds_it_for_a_person) {
  made_.roll_back();
  ask(Verb::stop);
  EXPECT_EQ(headline(canary_).first, Exit::waits);
  EXPECT_THAT(said(), HasSubstr("not rolled back yet: n1; an operator stopped the rollout"));
  EXPECT_THAT(said(), HasSubstr("next: the same\n"));
}

TEST_F(RolledBackView, a_host_that_another_rollout_quarantined_is_named_and_is_6) {
  ResolvedPlan plan = views::made_plan();
  plan.rollout = "other";
  for (PlannedHost& host : plan.hosts) {
    host.updates.erase(host.updates.begin());  // the network card alone
  }
  made_.take(Event(RolloutFinished{1}));
  made_.rollout = made_.start(plan);
  made_.issue(1, Action::prepare);
  made_.end(1, Outcome::Verdict::done);
  made_.issue(1, Action::stage);
  made_.end(1, Outcome::Verdict::lost, Cause::armed);
  made_.rollout = 1;
  made_.roll_back();
  back(0);
  back(3);
  EXPECT_EQ(headline(all_).first, Exit::quarantined);
  EXPECT_THAT(said(), HasSubstr("not rolled back: quarantined, and not touched before they are released: n2"));
  EXPECT_EQ(headline(canary_).first, Exit::done) << "n1 alone was meant";
}

TEST_F(RolledBackView, hosts_that_a_later_rollout_updated_do_not_run_it_any_more) {
  made_.take(Event(RolloutFinished{1}));
  ResolvedPlan plan = views::made_plan();
  for (PlannedHost& host : plan.hosts) host.updates.resize(1);
  made_.rollout = made_.start(plan);
  for (HostIndex host = 0; host < 4; ++host) made_.update(host);
  EXPECT_EQ(headline(all_), std::pair(Exit::done, std::string("bios-3.4#1: nothing to roll back, no host that was "
                                                              "meant runs what it brought any more")));
  EXPECT_THAT(said(), HasSubstr("left alone, they run what another rollout put there since: n1, n2, n3, n4"));
}

}  // namespace
}  // namespace breakwater::cli::view_test
