#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "policies/windows.hpp"

namespace breakwater::windows_fit_test {

void PrintTo(Fit::Verdict verdict, std::ostream* out) {
  constexpr const char* kNames[] = {"allowed", "outside", "too_late", "frozen", "never"};
  *out << kNames[static_cast<int>(verdict)];
}

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using Verdict = Fit::Verdict;

/// Hour 0 is the beginning of all; the arithmetic knows no calendar.
Instant h(double hour) {
  return Instant(Duration(static_cast<long>(hour * 3'600'000)));
}

Interval from(double begin, double end, std::string name = "w") {
  return {h(begin), h(end), std::move(name)};
}

Calendar open_in(std::vector<Interval> windows, std::vector<Interval> freezes = {}) {
  return {false, std::move(windows), std::move(freezes), h(1000)};
}

void expect(const Fit& fit, Verdict verdict, Instant until = {}, const std::string& closer = "") {
  EXPECT_EQ(fit.verdict, verdict);
  EXPECT_EQ(fit.until, until) << to_string(fit.until);
  EXPECT_EQ(fit.closer, closer);
}

TEST(MayStart, without_windows_and_freezes_always) {
  expect(may_start({}, h(0), hours(100)), Verdict::allowed);
  expect(may_start({}, Instant::max(), hours(100)), Verdict::allowed);
}

TEST(MayStart, inside_where_it_fits) {
  const auto calendar = open_in({from(10, 16)});
  expect(may_start(calendar, h(10), hours(6)), Verdict::allowed);  // to the very millisecond
  expect(may_start(calendar, h(10) + milliseconds(1), hours(6)), Verdict::never, {}, "w");
  expect(may_start(calendar, h(10), hours(6) + milliseconds(1)), Verdict::never, {}, "w");
  expect(may_start(calendar, h(15), hours(1)), Verdict::allowed);
  expect(may_start(calendar, h(16), Duration(0)), Verdict::never);  // half-open: at its end it is closed
}

TEST(MayStart, outside_until_the_next_that_is_long_enough) {
  const auto calendar = open_in({from(10, 12, "short"), from(20, 26, "long")});
  expect(may_start(calendar, h(5), hours(2)), Verdict::outside, h(10), "short");
  expect(may_start(calendar, h(5), hours(4)), Verdict::outside, h(20), "long");
  expect(may_start(calendar, h(15), hours(1)), Verdict::outside, h(20), "long");
  expect(may_start(calendar, h(5), hours(7)), Verdict::never);
  expect(may_start(calendar, h(30), hours(1)), Verdict::never);
}

TEST(MayStart, too_late_in_this_one_names_it_and_the_next_beginning) {
  const auto calendar = open_in({from(10, 16, "tonight"), from(34, 40, "tomorrow")});
  expect(may_start(calendar, h(15), hours(2)), Verdict::too_late, h(34), "tonight");
}

TEST(MayStart, last_start_is_a_second_limit) {
  const auto calendar = open_in({from(10, 16)});
  expect(may_start(calendar, h(14.5), hours(1), minutes(90)), Verdict::allowed);
  expect(may_start(calendar, h(14.5) + milliseconds(1), hours(1), minutes(90)), Verdict::never, {}, "w");
  expect(may_start(calendar, h(14.5), hours(2), minutes(90)), Verdict::never, {}, "w");  // each by itself
  expect(may_start(calendar, h(9), hours(1), hours(6)), Verdict::outside, h(10), "w");
}

TEST(MayStart, a_freeze_wins_over_a_window) {
  const auto calendar = open_in({from(10, 30, "w")}, {from(15, 20, "black-friday")});
  expect(may_start(calendar, h(15), hours(1)), Verdict::frozen, h(20), "black-friday");
  expect(may_start(calendar, h(19.99), hours(1)), Verdict::frozen, h(20), "black-friday");
  expect(may_start(calendar, h(20), hours(1)), Verdict::allowed);
}

TEST(MayStart, nothing_runs_into_a_freeze) {
  const auto calendar = open_in({from(10, 30, "w")}, {from(15, 20, "black-friday")});
  expect(may_start(calendar, h(14), hours(1)), Verdict::allowed);
  expect(may_start(calendar, h(14), hours(1) + milliseconds(1)), Verdict::too_late, h(20), "black-friday");
  expect(may_start(calendar, h(5), hours(6)), Verdict::outside, h(20), "w");
  expect(may_start(calendar, h(14), hours(11)), Verdict::never, {}, "black-friday");
}

TEST(MayStart, a_freeze_that_covers_a_window_leaves_nothing_of_it) {
  const auto calendar = open_in({from(10, 12, "a"), from(20, 22, "b")}, {from(9, 13, "f"), from(21, 40, "g")});
  expect(may_start(calendar, h(8), hours(1)), Verdict::outside, h(20), "b");
  expect(may_start(calendar, h(10), hours(1)), Verdict::frozen, h(20), "f");
  expect(may_start(calendar, h(10), hours(2)), Verdict::never, {}, "f");
}

TEST(MayStart, freezes_alone_close_what_is_else_always_open) {
  Calendar calendar;
  calendar.freezes = {from(15, 20, "f"), from(20.5, 21, "g")};
  calendar.horizon = h(1000);
  expect(may_start(calendar, h(0), hours(15)), Verdict::allowed);
  expect(may_start(calendar, h(14.5), hours(1)), Verdict::too_late, h(21), "f");
  expect(may_start(calendar, h(16), minutes(30)), Verdict::frozen, h(20), "f");
  expect(may_start(calendar, h(16), hours(1)), Verdict::frozen, h(21), "f");
  expect(may_start(calendar, h(30), hours(970)), Verdict::allowed);
  expect(may_start(calendar, h(1000), hours(1)), Verdict::never);  // nothing is known from there on
}

TEST(MayStart, a_start_beyond_the_horizon_is_not_promised) {
  auto calendar = open_in({from(10, 12), from(990, 1010)});
  calendar.horizon = h(1000);
  expect(may_start(calendar, h(20), hours(11)), Verdict::outside, h(990), "w");
  calendar.freezes = {from(980, 1001, "f")};
  expect(may_start(calendar, h(20), hours(1)), Verdict::never);
}

TEST(MayStart, by_a_clock_before_the_calendar_was_made_nothing_starts) {
  Calendar calendar;
  calendar.horizon = h(24 * (kHorizon_days + 1));
  ASSERT_EQ(known_from(calendar), h(24));
  expect(may_start(calendar, h(23), hours(1)), Verdict::too_early, h(24));
  EXPECT_EQ(open_until(calendar, h(23)), h(23)) << "freezes that were over when it was made are not in it";
  expect(may_start(calendar, h(24), hours(1)), Verdict::allowed);
  calendar.freezes = {from(20, 30, "f")};
  expect(may_start(calendar, h(23), hours(1)), Verdict::too_early, h(30), "f");
  calendar.freezes = {from(20, 24 * 500, "f")};
  expect(may_start(calendar, h(23), hours(1)), Verdict::never, {}, "f");
  EXPECT_EQ(known_from(Calendar()), Instant::min());
  expect(may_start(Calendar(), h(-1000), hours(1)), Verdict::allowed);
}

/// The same question answered minute by minute: the definition, as slow as it is plain.
bool allowed_by_definition(const Calendar& calendar, Instant start, Duration needed) {
  const auto inside = [&](const std::vector<Interval>& list, Instant moment) {
    return std::any_of(list.begin(), list.end(), [&](const auto& i) { return i.begin <= moment && moment < i.end; });
  };
  for (Instant moment = start; moment < start + std::max(needed, Duration(minutes(1))); moment += minutes(1)) {
    if (!inside(calendar.windows, moment) || inside(calendar.freezes, moment)) return false;
  }
  return start < calendar.horizon;
}

TEST(MayStart, agrees_with_its_definition_minute_by_minute) {
  std::mt19937 engine(400);
  const auto random = [&] { return static_cast<unsigned>(engine()); };
  const auto minute = [](unsigned count) { return Instant(minutes(count)); };
  const auto list = [&](unsigned least_gap) {
    std::vector<Interval> intervals;
    unsigned now = random() % 30;
    while (now < 600) {
      const unsigned end = now + 1 + random() % 90;
      intervals.push_back({minute(now), minute(end), "i"});
      now = end + least_gap + random() % 90;
    }
    return intervals;
  };
  for (int round = 0; round < 60; ++round) {
    Calendar calendar{false, list(1), list(1), minute(800)};
    const Duration needed = minutes(random() % 50);
    for (unsigned now = 0; now < 700; now += 1 + random() % 7) {
      const Fit fit = may_start(calendar, minute(now), needed);
      ASSERT_EQ(fit.verdict == Verdict::allowed, allowed_by_definition(calendar, minute(now), needed)) << now;
      const bool has_room = open_until(calendar, minute(now)) - minute(now) >= needed;
      ASSERT_TRUE(needed == Duration(0) || (fit.verdict == Verdict::allowed) == has_room) << now;
      Instant first = minute(now);
      while (first < minute(800) && !allowed_by_definition(calendar, first, needed)) first += minutes(1);
      if (first == minute(800)) {
        ASSERT_EQ(fit.verdict, Verdict::never) << now;
      } else if (fit.verdict != Verdict::allowed) {
        ASSERT_EQ(fit.until, first) << now;
      }
    }
  }
}

TEST(OpenUntil, is_the_next_close_or_the_moment_itself) {
  EXPECT_EQ(open_until({}, h(1)), Instant::max()) << "nothing ever closes";
  const Calendar calendar = open_in({from(10, 16)}, {from(14, 20, "f")});
  EXPECT_EQ(open_until(calendar, h(9)), h(9));
  EXPECT_EQ(open_until(calendar, h(10)), h(14)) << "a freeze comes before the window's end";
  EXPECT_EQ(open_until(calendar, h(15)), h(15)) << "frozen";
  EXPECT_EQ(open_until(open_in({from(10, 16)}, {from(18, 20, "f")}), h(11)), h(16));
  EXPECT_EQ(open_until(calendar, h(1001)), h(1001)) << "nothing is known from there on";
}

TEST(MakeCalendar, holds_both_lists_and_counts_their_faults_on) {
  const std::vector<WindowSpec> windows{{"w", "FREQ=DAILY;BYHOUR=22", "6h", "", ""}};
  const std::vector<FreezeSpec> freezes{{"f", "2026-11-26T00:00:00", "2026-12-01T00:00:00", "", "", "", ""}};
  const Instant now = *parse_instant("2026-11-01T00:00:00Z");
  const auto calendar = make_calendar(windows, freezes, "Europe/Berlin", now, 60);
  ASSERT_TRUE(calendar);
  EXPECT_FALSE(calendar->always_open);
  EXPECT_EQ(calendar->windows.size(), 61U);  // the one that was open at the beginning, too
  EXPECT_EQ(calendar->freezes.size(), 1U);
  EXPECT_EQ(calendar->horizon, now + hours(24 * 60));
  EXPECT_EQ(may_start(*calendar, *parse_instant("2026-11-25T23:30:00+01:00"), hours(1)).until,
            *parse_instant("2026-12-01T00:00:00+01:00"));

  const std::vector<FreezeSpec> wrong{{"f", "", "", "", "", "", ""}};
  const auto refused = make_calendar(windows, wrong, "Europe/Berlin", now);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error()[0].index, 1U);
  const auto nothing = make_calendar({}, {}, "Europe/Berlin", now);
  ASSERT_TRUE(nothing);
  EXPECT_TRUE(nothing->always_open);
  EXPECT_EQ(may_start(*nothing, now, hours(100)).verdict, Verdict::allowed);
}

}  // namespace
}  // namespace breakwater::windows_fit_test
