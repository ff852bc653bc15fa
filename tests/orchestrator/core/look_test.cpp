// What a look is measured against, and which of the tasks it shows counts.
#include "orchestrator/core/look.hpp"

#include <gtest/gtest.h>

namespace breakwater {
namespace {

std::optional<Finding> judged(const Baseline& baseline, Health health, Power power) {
  ResolvedPlan plan;
  plan.checks.health_no_worse = true;
  plan.checks.power_restored = true;
  Observation seen;
  seen.health = health;
  seen.power = power;
  const PlannedHost host;
  return first_failing(plan, host, baseline, look_at(plan, host, seen), 0);
}

Cause cause(Health before, Health after) {
  Baseline baseline;
  baseline.health = before;
  const auto finding = judged(baseline, after, Power::on);
  return finding ? finding->cause : Cause::none;
}

TEST(Look, health_is_worse_only_than_what_was_told) {
  struct Row {
    Health before;
    Health after;
    bool worse;
  };
  for (const Row& row : {Row{Health::unknown, Health::unknown, false}, Row{Health::unknown, Health::ok, false},
                         Row{Health::unknown, Health::warning, false}, Row{Health::unknown, Health::critical, true},
                         Row{Health::ok, Health::ok, false}, Row{Health::ok, Health::warning, true},
                         Row{Health::ok, Health::unknown, true}, Row{Health::warning, Health::warning, false},
                         Row{Health::warning, Health::critical, true}, Row{Health::critical, Health::critical, false},
                         Row{Health::critical, Health::ok, false}}) {
    EXPECT_EQ(cause(row.before, row.after), row.worse ? Cause::unhealthy : Cause::none)
        << static_cast<int>(row.before) << " " << static_cast<int>(row.after);
  }
}

TEST(Look, only_a_power_state_that_lasts_is_one_to_come_back_to) {
  for (const Power before : {Power::unknown, Power::changing}) {
    Look seen;
    seen.seen.power = before;
    EXPECT_EQ(baseline_of(seen).power, Power::unknown);
    Baseline baseline;
    baseline.power = before;
    EXPECT_FALSE(judged(baseline, Health::ok, Power::on)) << static_cast<int>(before);
  }
  for (const Power before : {Power::on, Power::off}) {
    Look seen;
    seen.seen.power = before;
    const Baseline baseline = baseline_of(seen);
    EXPECT_EQ(baseline.power, before);
    EXPECT_FALSE(judged(baseline, Health::ok, before));
    const auto finding = judged(baseline, Health::ok, Power::changing);
    ASSERT_TRUE(finding);
    EXPECT_EQ(finding->cause, Cause::power_not_restored);
  }
}

TEST(Look, a_task_that_runs_is_seen_behind_those_that_wait) {
  const auto task = [](const std::string& uri, TaskState state) {
    TaskView view;
    view.uri = uri;
    view.state = state;
    return view;
  };
  Look look;
  EXPECT_EQ(look.task(), nullptr);
  look.seen.tasks = {task("/1", TaskState::pending), task("/2", TaskState::running), task("/3", TaskState::pending)};
  ASSERT_NE(look.task(), nullptr);
  EXPECT_EQ(look.task()->uri, "/2");
  EXPECT_TRUE(look.waits("/1"));
  EXPECT_FALSE(look.waits("/2"));
  EXPECT_TRUE(look.waits("/3"));
  EXPECT_FALSE(look.waits(""));
}

std::optional<Finding> logged(int most, std::optional<std::uint32_t> before, std::optional<std::uint32_t> now,
                              std::uint32_t touched = 1) {
  ResolvedPlan plan;
  plan.checks.new_critical_most = most;
  Baseline baseline;
  baseline.critical_events = before;
  Observation seen;
  seen.critical_events = now;
  const PlannedHost host;
  return first_failing(plan, host, baseline, look_at(plan, host, seen), touched);
}

TEST(Look, only_critical_entries_that_are_new_in_the_event_log_count) {
  EXPECT_FALSE(logged(0, 5, 5));
  EXPECT_FALSE(logged(2, 5, 7));
  const auto one = logged(0, 5, 6);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->cause, Cause::unhealthy);
  EXPECT_EQ(one->text, "sel.newCritical: got 1 new critical entries in the event log, want at most 0");
  EXPECT_TRUE(logged(2, 5, 8));
}

TEST(Look, a_log_that_was_cleared_meanwhile_holds_only_new_entries) {
  EXPECT_FALSE(logged(0, 5, 0));
  EXPECT_TRUE(logged(0, 5, 1));
}

TEST(Look, a_log_that_can_not_be_read_any_more_is_not_well) {
  ASSERT_TRUE(logged(9, 5, std::nullopt));
  EXPECT_EQ(logged(9, 5, std::nullopt)->cause, Cause::unhealthy);
}

TEST(Look, what_a_bad_image_logged_does_not_speak_against_the_way_back) {
  EXPECT_FALSE(logged(0, 5, 9, 0));
}

}  // namespace
}  // namespace breakwater
