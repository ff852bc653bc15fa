// What is shown of a rollout under way: the tree, words and JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inventories/document/json.hpp"
#include "orchestrator/views/event_lines.hpp"
#include "orchestrator/views/event_words.hpp"
#include "orchestrator/views/fleet_json.hpp"
#include "orchestrator/views/wave_tree.hpp"
#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::views::rollout_views_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

Now at(Instant time) {
  return {time, time};
}

class RolloutViews : public testing::Test {
 protected:
  RolloutViews() { made_.start(); }
  const RolloutState& rollout() const { return *made_.fleet.find(RolloutId{1}); }

  MadeFleet made_;
};

TEST_F(RolloutViews, a_bar_fills_in_eighths) {
  EXPECT_EQ(bar(0, 4, 4), "····");
  EXPECT_EQ(bar(4, 4, 4), "████");
  EXPECT_EQ(bar(1, 4, 4), "█···");
  EXPECT_EQ(bar(1, 32, 4), "▏···");
  EXPECT_EQ(bar(0, 0, 4), "····");
}

TEST_F(RolloutViews, the_tree_shows_waves_limits_and_trouble) {
  made_.issue(0, Action::prepare);
  made_.end(0, Outcome::Verdict::done);
  std::string text = joined(wave_tree(rollout(), made_.fleet, {}, at(kBegin + Duration{6'480'000}), Paint{}));
  EXPECT_THAT(text,
              StartsWith("bios-3.4   running   wave 1/2 canary   started 2026-11-02 22:00:00Z by lena, 1h 48m ago"));
  EXPECT_THAT(text, HasSubstr("▶ canary"));
  EXPECT_THAT(text, HasSubstr("0/1  ····················  1 staging"));
  EXPECT_THAT(text, HasSubstr("◦ rest"));
  EXPECT_THAT(text, HasSubstr("limits  in flight 1/20   rack 1/1 at r1"));
  made_.issue(0, Action::stage);
  made_.end(0, Outcome::Verdict::lost, Cause::lost, "no answer\x1b[1A for 15m");
  const Blocker wait{StartRule::window, "no maintenance window is open", kBegin + Duration{60'000}};
  text = joined(wave_tree(rollout(), made_.fleet, {wait}, at(kBegin), Paint{}));
  EXPECT_THAT(text, HasSubstr("· 1 quarantined"));
  EXPECT_THAT(text, HasSubstr("waits   no maintenance window is open (in 1m)"));
  EXPECT_THAT(text, HasSubstr("! n1  quarantined  lost: no answer?[1A for 15m  → breakwater explain n1"));
}

TEST_F(RolloutViews, words_for_what_happened) {
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
  const Recorded halted = made_.take(Event(RolloutHalted{1, "gate", Undo::of_wave(0)}));
  EXPECT_EQ(words_for(halted, made_.fleet)->what,
            "HALTED: gate; no well host of wave canary is rolled back; 1 quarantined, and not touched");
}

TEST_F(RolloutViews, every_line_of_json_stands_alone) {
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

TEST_F(RolloutViews, status_as_json) {
  made_.refuse(0);
  const auto status = parse_json(rollout_json(rollout(), {}, std::nullopt, {}));
  ASSERT_TRUE(status);
  EXPECT_EQ(json_text(*status, "kind"), "RolloutStatus");
  EXPECT_EQ(json_array(*status, "hosts").size(), 4U);
  EXPECT_EQ(json_text(json_array(*status, "hosts")[0], "cause"), "unreachable");
  EXPECT_EQ(json_array(*status, "waves").size(), 2U);
  EXPECT_TRUE(parse_json(rollouts_json(made_.fleet, std::nullopt, {})));
  EXPECT_TRUE(parse_json(quarantine_json(made_.fleet)));
}

}  // namespace
}  // namespace breakwater::views::rollout_views_test
