#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inventories/document/json.hpp"
#include "orchestrator/views/rehearsal.hpp"
#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::views::rehearsal_test {
namespace {

using rehearsal::Rehearsal;
using rehearsal::RunFigures;
using rehearsal::Sample;
using std::chrono::minutes;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

Sample sample(int minute, std::map<State, std::uint32_t> hosts) {
  Sample made;
  made.after = minutes(minute);
  for (const auto& [state, count] : hosts) made.hosts[static_cast<std::size_t>(state)] = count;
  return made;
}

/// A good scenario, and one that halts with text that wants to be markup.
Rehearsal made_rehearsal() {
  RunFigures good;
  good.seed = 3;
  good.length = minutes(90);
  good.exposed = 4;
  good.most_in_flight = 2;
  good.most_away["rack"] = {"r1", 1, 1};
  good.ends = {{State::updated, 4}};
  good.held = {{{StartRule::domain_full, "rack"}, minutes(60)}, {{StartRule::soak, ""}, minutes(30)}};
  good.samples = {sample(0, {{State::waiting, 4}}), sample(30, {{State::waiting, 3}, {State::checking, 1}}),
                  sample(90, {{State::updated, 4}})};
  RunFigures bad = good;
  bad.halted = true;
  bad.halt_reason = "<script>alert(\"1 & 2\")</script>";
  bad.halted_after = minutes(40);
  bad.exposed = 1;
  bad.ends = {{State::not_started, 3}, {State::quarantined, 1}};
  bad.samples.back() = sample(90, {{State::not_started, 3}, {State::quarantined, 1}});
  Rehearsal made;
  made.seeds = 2;
  made.bad_per_mille = 25;
  made.bad_runs = 1;
  made.begin = kBegin;
  made.whole = rehearsal::forecast_of({&good, &bad});
  made.scenarios = {
      {rehearsal::menu().front(), rehearsal::forecast_of({&good, &good}), good},
      {rehearsal::parse_scenario("bricks 5% of <b>").value(), rehearsal::forecast_of({&bad, &good}), bad}};
  made.assumed = {"the weather is fine"};
  return made;
}

TEST(RehearsalText, says_what_a_person_asks) {
  const std::string text = rehearsal_text(made_plan(), made_rehearsal(), Paint{});
  EXPECT_THAT(text, HasSubstr("bios-3.4: 4 hosts in 2 waves, 2 runs of each scenario (seeds 1 to 2)"));
  EXPECT_THAT(text, HasSubstr("if the image is bad with a chance of 2.5% (1 of 2 runs)"));
  EXPECT_THAT(text, HasSubstr("p50 1h 30m, p95 1h 30m"));
  EXPECT_THAT(text, HasSubstr("p50 1 host, most 1 host; 1 of 2 runs halted"));
  EXPECT_THAT(text, HasSubstr("2 in all, the limit is 20"));
  EXPECT_THAT(text, HasSubstr("1 of one rack, the limit is 1 (r1)"));
  EXPECT_THAT(text, HasSubstr("it waits for no maintenance window"));
  EXPECT_THAT(text, HasSubstr("limit per rack 67%, soak of a wave 33%"));
  EXPECT_THAT(text, ContainsRegex("bricks 5% of <b>  1 of 2 +1 +4 "));
  EXPECT_THAT(text, HasSubstr("2 updated, 1.5 not_started, 0.5 quarantined"));
  EXPECT_THAT(text, HasSubstr("the weather is fine"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(RehearsalText, warns_of_what_nobody_notices) {
  Rehearsal made = made_rehearsal();
  made.scenarios[0].forecast.unnoticed = 4;
  made.scenarios[0].forecast.waits = 2;
  const std::string text = rehearsal_text(made_plan(), made, Paint{true});
  EXPECT_THAT(text, HasSubstr("\x1b[31m4 of the updated are ill, and nobody knows\x1b[0m"));
  EXPECT_THAT(text, HasSubstr("2 of 2 runs wait for a person"));
}

TEST(RehearsalJson, holds_the_same_figures) {
  const auto read = parse_json(rehearsal_json(made_plan(), made_rehearsal()));
  ASSERT_TRUE(read);
  const Json& made = *read;
  EXPECT_EQ(made["kind"], "Rehearsal");
  EXPECT_EQ(made["chanceOfABadImage"], 0.025);
  EXPECT_EQ(made["whole"]["makespanSeconds"]["p95"], 5400);
  EXPECT_EQ(made["whole"]["waitsFor"]["per rack"], 0.667);
  EXPECT_EQ(made["scenarios"][1]["scenario"], "bricks 5% of <b>");
  EXPECT_EQ(made["scenarios"][1]["ends"]["quarantined"], 0.5);
  EXPECT_EQ(made["scenarios"][0]["mostDownAtOnce"][1]["of"], "rack");
  EXPECT_FALSE(made["scenarios"][0].contains("exposedBeforeHalt"));
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST(RehearsalChart, draws_a_panel_for_each_scenario_with_the_states_that_occur) {
  const std::string svg = rehearsal_chart(made_plan(), made_rehearsal());
  EXPECT_EQ(count(svg, "<g>"), 2u);
  EXPECT_EQ(count(svg, "<polygon "), 3u + 4u) << "waiting, checking and updated; waiting, checking and the two ends";
  for (const std::string word :
       {">updated<", ">waiting<", ">quarantined<", ">not started<", ">flashing, being checked<"}) {
    EXPECT_GE(count(svg, word), 2u) << word << ": in the legend and in its area";
  }
  EXPECT_EQ(count(svg, ">going back<"), 0u);
  EXPECT_EQ(count(svg, "stroke-dasharray"), 1u) << "the halt";
  EXPECT_THAT(svg, HasSubstr(">1h 15m<"));
  EXPECT_THAT(svg, HasSubstr(" 927.1,")) << "the run is over before the picture is: its last states are seen";
}

TEST(RehearsalChart, many_samples_in_one_pixel_are_one_step) {
  Rehearsal made = made_rehearsal();
  auto& typical = made.scenarios[0].typical;
  typical.samples.clear();
  for (std::uint32_t i = 0; i <= 90'000; ++i) {
    typical.samples.push_back(sample(0, {{i < 45'000 ? State::waiting : State::updated, 4}}));
    typical.samples.back().after = Duration(i * 60);
  }
  const std::string svg = rehearsal_chart(made_plan(), made);
  EXPECT_LT(svg.size(), 400'000u);
  const std::size_t area = svg.find("<polygon fill=\"#009e73\"");
  const std::string points = svg.substr(area, svg.find("\"><title>", area) - area);
  EXPECT_GT(count(points, ","), 1'000u) << "a step for each pixel, not one slope over them all";
}

TEST(RehearsalChart, text_is_no_markup) {
  const std::string svg = rehearsal_chart(made_plan(), made_rehearsal());
  EXPECT_EQ(count(svg, "<script"), 0u);
  EXPECT_THAT(svg, HasSubstr("&lt;script&gt;alert(&quot;1 &amp; 2&quot;)"));
  EXPECT_THAT(svg, HasSubstr("bricks 5% of &lt;b&gt;"));
  EXPECT_EQ(count(svg, "<g>"), count(svg, "</g>"));
  EXPECT_EQ(count(svg, "<text"), count(svg, "</text>"));
  EXPECT_EQ(count(svg, "<title>"), count(svg, "</title>"));
}

TEST(RehearsalText, every_rule_that_holds_a_rollout_has_words) {
  for (int i = 0; i <= static_cast<int>(StartRule::in_flight); ++i) {
    EXPECT_FALSE(hold_words({static_cast<StartRule>(i), ""}).empty()) << i;
    EXPECT_FALSE(hold_name({static_cast<StartRule>(i), ""}).empty()) << i;
  }
  EXPECT_EQ(hold_words({StartRule::soak, ""}), "soak of a wave");
  EXPECT_EQ(hold_name({StartRule::back_off, ""}), "backOff");
  EXPECT_EQ(hold_words({StartRule::domain_full, "ra\x1b[1mck"}), "limit per ra?[1mck");
  EXPECT_EQ(hold_name({StartRule::domain_full, "rack"}), "per rack");
}

TEST(RehearsalText, small_shares_and_single_runs_are_not_rounded_away) {
  Rehearsal made = made_rehearsal();
  made.seeds = 1;
  made.first_seed = 7;
  made.whole.held = {{{StartRule::soak, ""}, 0.004}, {{StartRule::paused, ""}, 0.996}};
  made.whole.halted = 0;
  const std::string text = rehearsal_text(made_plan(), made, Paint{});
  EXPECT_THAT(text, HasSubstr("1 run of each scenario (seed 7)"));
  EXPECT_THAT(text, HasSubstr("an operator 100%, soak of a wave <1%"));
  EXPECT_THAT(text, HasSubstr("no run halted"));
}

TEST(RehearsalJson, a_plan_with_windows_counts_its_nights) {
  ResolvedPlan plan = made_plan();
  EXPECT_FALSE(parse_json(rehearsal_json(plan, made_rehearsal()))->at("whole").contains("nights"));
  plan.calendar.always_open = false;
  Rehearsal made = made_rehearsal();
  made.whole.nights_p50 = 2;
  made.whole.nights_most = 5;
  EXPECT_EQ(parse_json(rehearsal_json(plan, made))->at("whole").at("nights"), (Json{{"p50", 2}, {"most", 5}}));
  EXPECT_THAT(rehearsal_text(plan, made, Paint{}), HasSubstr("p50 2 maintenance windows, most 5"));
}

TEST(RehearsalChart, a_run_of_no_length_is_drawn_all_the_same) {
  Rehearsal made = made_rehearsal();
  made.scenarios.resize(1);
  made.scenarios[0].typical.length = Duration(0);
  made.scenarios[0].typical.samples = {sample(0, {{State::current, 4}})};
  const std::string svg = rehearsal_chart(made_plan(), made);
  EXPECT_EQ(count(svg, "<polygon "), 1u);
  EXPECT_EQ(count(svg, "nan"), 0u);
  EXPECT_EQ(count(svg, "inf"), 0u);
  made.scenarios[0].typical.length = std::chrono::hours(24 * 365 * 3);
  EXPECT_LT(count(rehearsal_chart(made_plan(), made), "text-anchor=\"middle\""), 50u) << "marks of a month at least";
}

}  // namespace
}  // namespace breakwater::views::rehearsal_test
