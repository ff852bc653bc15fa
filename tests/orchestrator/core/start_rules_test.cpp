// Each row of the start rules: when it blocks, what it says, when it may be gone, and in which order they bind.
#include "orchestrator/core/start_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::start_rules_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<StartRule> rules(const StartAnswer& answer) {
  std::vector<StartRule> list;
  for (const Blocker& blocker : answer.blockers) list.push_back(blocker.rule);
  return list;
}

class StartRules : public testing::Test {
 protected:
  Start start(const std::string& host, Starts starts = Starts::allowed, const RoomTaken* before = nullptr) const {
    return {drill_.fleet, drill_.rollout(), drill_.index(host), drill_.now, starts, before};
  }
  StartAnswer ask(const std::string& host) const { return every_rule(start(host)); }

  Drill drill_;
};

TEST_F(StartRules, a_host_that_nothing_blocks_may_start) {
  drill_.start(plan_of({.waves = {1}}));
  EXPECT_FALSE(may_start(start("n0")));
  EXPECT_THAT(ask("n0").blockers, IsEmpty());
  EXPECT_THAT(ask("n0").passing, ElementsAre("not paused", "wave w0", "window", "global 0/100", "rack r0 0/100"));
}

TEST_F(StartRules, what_an_operator_asked_for_comes_first) {
  const RolloutId id = drill_.start(plan_of({.waves = {1, 1}, .global = 1}));
  drill_.decide_all();
  drill_.ask(Verb::pause, id);
  EXPECT_THAT(rules(ask("n1")), ElementsAre(StartRule::paused, StartRule::wave_not_open, StartRule::global_limit));
  EXPECT_EQ(may_start(start("n1"))->text, "omar paused the rollout: as the test says");
  drill_.ask(Verb::stop, id);
  EXPECT_EQ(may_start(start("n1"))->rule, StartRule::stopped);
  EXPECT_EQ(row_of(StartRule::stopped).verb, "resume");
  drill_.ask(Verb::resume, id);
  EXPECT_EQ(may_start(start("n1"))->rule, StartRule::wave_not_open);
}

/// What is under way, and what ends with it, is no news; what waits for a person, a window or a soak is.
TEST(StartRuleRows, say_which_waits_are_news) {
  const auto is = [](StartRule rule, const std::string& command = {}) {
    Blocker wait{rule, "it waits"};
    wait.command = command;
    return is_news(wait);
  };
  for (const StartRule rule : {StartRule::stopped, StartRule::paused, StartRule::held_back, StartRule::leaving,
                               StartRule::quarantined, StartRule::soak, StartRule::gate_held, StartRule::window,
                               StartRule::freeze, StartRule::too_late, StartRule::no_window}) {
    EXPECT_TRUE(is(rule)) << row_of(rule).word;
  }
  for (const StartRule rule : {StartRule::same_machine, StartRule::domain_full}) {
    EXPECT_FALSE(is(rule)) << row_of(rule).word;
    EXPECT_TRUE(is(rule, "breakwater resume nic")) << row_of(rule).word;
  }
  for (const StartRule rule :
       {StartRule::own_side, StartRule::new_key, StartRule::last_looks, StartRule::wave_not_open, StartRule::turn,
        StartRule::first_back, StartRule::global_limit, StartRule::back_off, StartRule::in_flight}) {
    EXPECT_FALSE(is(rule, "breakwater resume nic")) << row_of(rule).word;
  }
}

TEST_F(StartRules, a_process_that_was_asked_to_leave_starts_nothing) {
  drill_.start(plan_of({.waves = {1}}));
  EXPECT_EQ(may_start(start("n0", Starts::none))->rule, StartRule::leaving);
}

TEST_F(StartRules, a_soak_says_until_when_and_the_last_wave_has_none_that_matters) {
  drill_.start(plan_of({.waves = {1, 1}, .soak = hours(24)}));
  drill_.run_until([&] { return drill_.state("n0") == State::updated; });
  const Instant until = drill_.now.steady + hours(24);
  const auto blocker = may_start(start("n1"));
  ASSERT_TRUE(blocker);
  EXPECT_EQ(blocker->rule, StartRule::soak);
  EXPECT_EQ(blocker->until, until);
  EXPECT_EQ(blocker->wake, until);
  drill_.run();
  EXPECT_EQ(drill_.state("n1"), State::updated);
  EXPECT_FALSE(soaking(drill_.rollout(), drill_.now));
}

TEST_F(StartRules, each_reason_of_the_calendar_has_its_own_row) {
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.calendar = {
      .always_open = false,
      .windows = {{kBegin + hours(2), kBegin + hours(4), "night"}, {kBegin + hours(26), kBegin + hours(28), "night"}},
      .freezes = {{kBegin + hours(5), kBegin + hours(6), "audit"}},
      .horizon = kBegin + hours(100)};
  drill_.start(plan);
  const auto rule_at = [&](Duration after) {
    drill_.now = {kBegin + after, kBegin + after};
    const auto blocker = may_start(start("n0"));
    return blocker ? std::optional(blocker->rule) : std::nullopt;
  };
  EXPECT_EQ(rule_at(hours(1)), StartRule::window);
  EXPECT_EQ(rule_at(hours(2)), std::nullopt);
  EXPECT_EQ(rule_at(hours(4) - minutes(30)), StartRule::too_late);
  EXPECT_EQ(rule_at(hours(5)), StartRule::freeze);
  EXPECT_EQ(rule_at(hours(28)), StartRule::no_window);
  EXPECT_FALSE(may_start(start("n0"))->until) << "nothing but another plan helps";
}

/// The plan was made by a clock that led: a freeze that looked over is not in its calendar.
TEST_F(StartRules, by_a_clock_before_the_plan_was_made_nothing_starts_and_the_reason_is_the_clock) {
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.calendar.horizon = kBegin + hours(8 + 24 * kHorizon_days);
  plan.calendar.freezes = {{kBegin + hours(100), kBegin + hours(101), "audit"}};
  drill_.start(plan);
  const auto blocker = may_start(start("n0"));
  ASSERT_TRUE(blocker);
  EXPECT_EQ(blocker->rule, StartRule::window);
  EXPECT_THAT(blocker->text, testing::HasSubstr("clock is before the plan"));
  EXPECT_EQ(blocker->until, kBegin + hours(8));
  drill_.now = {kBegin, kBegin + hours(8)};
  EXPECT_FALSE(may_start(start("n0")));
}

/// The wall clock went back an hour: the conductor must sleep until both clocks allow a start.
TEST_F(StartRules, the_wake_of_a_window_is_on_the_steady_clock) {
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.calendar = {.always_open = false,
                   .windows = {{kBegin + hours(2), kBegin + hours(4), "night"}},
                   .freezes = {},
                   .horizon = kBegin + hours(100)};
  drill_.start(plan);
  drill_.now = {kBegin + hours(2), kBegin + hours(1)};
  const auto blocker = may_start(start("n0"));
  ASSERT_TRUE(blocker);
  EXPECT_EQ(blocker->until, kBegin + hours(2));
  EXPECT_EQ(blocker->wake, kBegin + hours(3));
}

TEST_F(StartRules, a_host_that_fits_the_window_does_not_overtake_one_that_does_not) {
  ResolvedPlan plan = plan_of({.waves = {2}, .updates = 2});
  plan.hosts[1].updates.pop_back();
  plan.calendar = {.always_open = false,
                   .windows = {{kBegin, kBegin + hours(1), "short"}, {kBegin + hours(26), kBegin + hours(30), "long"}},
                   .freezes = {},
                   .horizon = kBegin + hours(100)};
  drill_.start(plan);
  EXPECT_EQ(may_start(start("n0"))->rule, StartRule::too_late);
  EXPECT_EQ(may_start(start("n1"))->rule, StartRule::turn);
}

TEST_F(StartRules, what_the_same_decision_started_counts) {
  drill_.start(plan_of({.waves = {3}, .racks = 1, .per_rack = 2, .global = 2}));
  RoomTaken before{1, {{0, 1}}, {}};
  EXPECT_FALSE(may_start(start("n1", Starts::allowed, &before)));
  before = {1, {{0, 2}}, {}};
  EXPECT_EQ(may_start(start("n1", Starts::allowed, &before))->rule, StartRule::domain_full);
  EXPECT_EQ(may_start(start("n1", Starts::allowed, &before))->text, "rack r0 2/2");
  before = {2, {}, {}};
  EXPECT_EQ(may_start(start("n1", Starts::allowed, &before))->rule, StartRule::global_limit);
}

TEST_F(StartRules, a_way_back_is_bound_by_limits_and_by_leaving_alone) {
  ResolvedPlan plan = plan_of({.waves = {2}, .racks = 1, .per_rack = 1});
  const RolloutId id = drill_.start(plan);
  drill_.run();
  drill_.ask(Verb::pause, id);
  drill_.ask(Verb::roll_back, id);
  EXPECT_FALSE(may_start(start("n1"))) << "it was asked for after the pause";
  EXPECT_EQ(may_start(start("n1", Starts::none))->rule, StartRule::leaving);
  drill_.decide_all();
  EXPECT_EQ(drill_.state("n1"), State::rolling_back) << "the newest first";
  EXPECT_THAT(rules(ask("n0")), ElementsAre(StartRule::domain_full));
}

TEST_F(StartRules, a_way_back_is_bound_by_a_pause_that_came_after_it) {
  const RolloutId id = drill_.start(plan_of({.waves = {2}, .racks = 1, .per_rack = 1}));
  drill_.run();
  drill_.ask(Verb::roll_back, id);
  drill_.ask(Verb::pause, id);
  EXPECT_EQ(may_start(start("n1"))->rule, StartRule::paused);
  drill_.ask(Verb::stop, id);
  EXPECT_EQ(may_start(start("n1"))->rule, StartRule::stopped);
  drill_.ask(Verb::roll_back, id, "n0");
  EXPECT_FALSE(may_start(start("n0")));
  EXPECT_EQ(may_start(start("n1"))->rule, StartRule::stopped);
}

TEST(StartRuleRows, the_verb_of_a_rule_is_what_a_person_types) {
  EXPECT_EQ(what_to_type(Blocker{StartRule::stopped, {}}, "bios"), "breakwater resume bios");
  EXPECT_EQ(what_to_type(Blocker{StartRule::leaving, {}}, "bios"), "breakwater apply bios");
  EXPECT_EQ(what_to_type(Blocker{StartRule::no_window, {}}, "bios"), "breakwater plan ROLLOUT, with other windows");
  EXPECT_EQ(what_to_type(Blocker{StartRule::soak, {}}, "bios"), "") << "only time helps";
  EXPECT_EQ(what_to_type(Blocker{StartRule::domain_full, {}}, "bios"), "") << "nobody is named";
  EXPECT_EQ(what_to_type(Blocker{StartRule::same_machine, {}, {}, {}, {}, "n2"}, "bios"), "breakwater explain n2");
  const Blocker held{StartRule::same_machine, {}, {}, {}, {}, "n2", Cause::none, "breakwater resume nic"};
  EXPECT_EQ(what_to_type(held, "bios"), "breakwater resume nic");
  Blocker kept{StartRule::quarantined, {}};
  kept.host = "n1";
  EXPECT_EQ(what_to_type(kept, "bios"), "breakwater quarantine release n1 --reason \"...\"");
}

}  // namespace
}  // namespace breakwater::start_rules_test
