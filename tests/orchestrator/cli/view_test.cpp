// What is shown of a rollout under way, and with which code it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "inventories/document/json.hpp"
#include "orchestrator/cli/apply_view.hpp"
#include "orchestrator/cli/conducting.hpp"
#include "orchestrator/cli/event_json.hpp"
#include "orchestrator/cli/event_words.hpp"
#include "orchestrator/cli/fleet_json.hpp"
#include "orchestrator/cli/wave_tree.hpp"
#include "tests/orchestrator/cli/made_plan.hpp"

namespace breakwater::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

class View : public testing::Test {
 protected:
  View() : console_(out_, err_) { made_.start(); }
  const RolloutState& rollout() const { return *made_.fleet.find(RolloutId{1}); }

  std::ostringstream out_;
  std::ostringstream err_;
  Console console_;
  MadeFleet made_;
};

TEST_F(View, ABarFillsInEighths) {
  EXPECT_EQ(bar(0, 4, 4), "····");
  EXPECT_EQ(bar(4, 4, 4), "████");
  EXPECT_EQ(bar(1, 4, 4), "█···");
  EXPECT_EQ(bar(1, 32, 4), "▏···");
  EXPECT_EQ(bar(0, 0, 4), "····");
}

TEST_F(View, TheTreeShowsWavesLimitsAndTrouble) {
  made_.issue(0, Action::prepare);
  made_.end(0, Outcome::Verdict::done);
  std::string text = joined(wave_tree(rollout(), made_.fleet, {}, kBegin + Duration{6'480'000}, console_));
  EXPECT_THAT(text,
              StartsWith("bios-3.4   running   wave 1/2 canary   started 2026-11-02 22:00:00Z by lena, 1h 48m ago"));
  EXPECT_THAT(text, HasSubstr("▶ canary"));
  EXPECT_THAT(text, HasSubstr("0/1  ····················  1 staging"));
  EXPECT_THAT(text, HasSubstr("◦ rest"));
  EXPECT_THAT(text, HasSubstr("limits  in flight 1/20   rack 1/1 at r1"));
  made_.issue(0, Action::stage);
  made_.end(0, Outcome::Verdict::lost, Cause::lost, "no answer\x1b[1A for 15m");
  const Wait wait{Wait::Reason::window, "no maintenance window is open", kBegin + Duration{60'000}};
  text = joined(wave_tree(rollout(), made_.fleet, {wait}, kBegin, console_));
  EXPECT_THAT(text, HasSubstr("· 1 quarantined"));
  EXPECT_THAT(text, HasSubstr("waits   no maintenance window is open (in 1m)"));
  EXPECT_THAT(text, HasSubstr("! n1  quarantined  lost: no answer?[1A for 15m  → breakwater explain n1"));
}

TEST_F(View, WordsForWhatHappened) {
  const Recorded issued = made_.issue(0, Action::prepare);
  EXPECT_EQ(words_for(issued, made_.fleet)->host, "n1");
  EXPECT_THAT(words_for(issued, made_.fleet)->what, StartsWith("preparing"));
  made_.end(0, Outcome::Verdict::done);
  EXPECT_EQ(words_for(made_.issue(0, Action::stage), made_.fleet)->what, "staging bios 3.2 → 3.4");
  const Recorded session = made_.take(Event(EvidenceSeen{3, 1, 0, Evidence{Evidence::Kind::session, "/s/1"}}));
  EXPECT_FALSE(words_for(session, made_.fleet)) << "only a successor cares";
  const Recorded ended = made_.end(0, Outcome::Verdict::lost, Cause::lost, "gone");
  EXPECT_EQ(words_for(ended, made_.fleet)->what, "quarantined (lost): gone");
  EXPECT_EQ(words_for(ended, made_.fleet)->ink, Ink::bad);
  const Recorded halted = made_.take(Event(RolloutHalted{1, "gate", 0}));
  EXPECT_EQ(words_for(halted, made_.fleet)->what, "HALTED: gate; wave canary is brought back");
}

TEST_F(View, EveryLineOfJsonStandsAlone) {
  std::vector<Recorded> records{made_.issue(0, Action::prepare), made_.end(0, Outcome::Verdict::done),
                                made_.take(Event(RolloutHalted{1, "asked", kUndoAll})),
                                made_.take(Event(OperatorAsked{Verb::pause, 1, "lena", "why not", {}, {}}))};
  for (const Recorded& record : records) {
    const auto line = parse_json(event_line(record, made_.fleet));
    ASSERT_TRUE(line) << line.error().what;
    EXPECT_EQ(json_integer(*line, "seq"), static_cast<std::int64_t>(record.seq));
    EXPECT_TRUE(parse_instant(json_text(*line, "at").value_or("")));
    EXPECT_TRUE(json_text(*line, "kind"));
    EXPECT_EQ(json_text(*line, "rollout"), "bios-3.4");
  }
  EXPECT_EQ(event_line(records[0], made_.fleet),
            R"({"seq":2,"at":"2026-11-02T22:00:01.000Z","kind":"CommandIssued","rollout":"bios-3.4","host":"n1",)"
            R"("wave":"canary","action":"prepare"})");
}

TEST_F(View, LinesAreOneAnEventAndAWaitIsToldOnce) {
  ApplyView view(console_, ApplyView::Mode::lines, made_.fleet);
  view.on_record(made_.issue(0, Action::prepare));
  Decision decision;
  decision.waits = {Wait{Wait::Reason::paused, "paused by an operator", {}}};
  view.on_decision(rollout(), decision, Now{kBegin, kBegin});
  view.on_decision(rollout(), decision, Now{kBegin, kBegin});
  EXPECT_EQ(out_.str(),
            "2026-11-02 22:00:01Z  n1                preparing: identity, versions, nothing else running\n"
            "2026-11-02 22:00:00Z  waits: paused by an operator\n");
}

TEST_F(View, ExitCodes) {
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

TEST_F(View, ARollbackIsDoneWhenEveryHostThatWasMeantIsBack) {
  using End = Conductor::End;
  RolloutState state = rollout();
  for (HostIndex i = 0; i < state.hosts.size(); ++i) state.hosts[i].state = State::rolled_back;
  OperatorAsked all;
  all.verb = Verb::roll_back;
  OperatorAsked canary = all;
  canary.wave = 0;
  OperatorAsked one = all;
  one.host = "n3";
  EXPECT_EQ(exit_for_rollback(state, End::finished, all), Exit::done);
  state.hosts[2].state = State::updated;
  EXPECT_THAT(left_behind(state, all), testing::ElementsAre("n3"));
  EXPECT_EQ(exit_for_rollback(state, End::finished, all), Exit::failed);
  EXPECT_EQ(exit_for_rollback(state, End::finished, canary), Exit::done);
  EXPECT_EQ(exit_for_rollback(state, End::finished, one), Exit::failed);
  state.hosts[1].state = State::quarantined;
  EXPECT_EQ(exit_for_rollback(state, End::finished, all), Exit::quarantined);
  EXPECT_EQ(exit_for_rollback(state, End::left, all), Exit::try_later);
}

TEST_F(View, StatusAsJson) {
  made_.refuse(0);
  const auto status = parse_json(rollout_json(rollout(), {}));
  ASSERT_TRUE(status);
  EXPECT_EQ(json_text(*status, "kind"), "RolloutStatus");
  EXPECT_EQ(json_array(*status, "hosts").size(), 4U);
  EXPECT_EQ(json_text(json_array(*status, "hosts")[0], "cause"), "unreachable");
  EXPECT_EQ(json_array(*status, "waves").size(), 2U);
  EXPECT_TRUE(parse_json(rollouts_json(made_.fleet)));
  EXPECT_TRUE(parse_json(quarantine_json(made_.fleet)));
}

}  // namespace
}  // namespace breakwater::cli
