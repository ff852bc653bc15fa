#include "policies/windows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace breakwater::windows_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;

Instant at(std::string_view text) {
  const auto instant = parse_instant(text);
  EXPECT_TRUE(instant) << text;
  return instant.value_or(Instant{});
}

/// What GNU date takes a local time for: a reading of the time-zone files that shares no code with ours.
Instant by_gnu_date(const std::string& zone, const std::string& local) {
  const std::string command = "TZ=" + zone + " date -d '" + local + "' +%s";
  FILE* pipe = ::popen(command.c_str(), "r");
  long long count = 0;
  if (pipe == nullptr || std::fscanf(pipe, "%lld", &count) != 1) ADD_FAILURE() << command;
  if (pipe != nullptr) ::pclose(pipe);
  return Instant(std::chrono::seconds(count));
}

WindowSpec window(std::string rrule, std::string duration = "1h") {
  return {"w", std::move(rrule), std::move(duration), "", ""};
}

std::vector<Interval> expand(const WindowSpec& spec, std::string_view from, int days,
                             std::string_view zone = "Europe/Berlin") {
  const auto intervals = expand_windows(std::span(&spec, 1), zone, at(from), days);
  EXPECT_TRUE(intervals) << intervals.error().front().message;
  return intervals.value_or(std::vector<Interval>{});
}

std::vector<std::string> begins(const WindowSpec& spec, std::string_view from, int days,
                                std::string_view zone = "Europe/Berlin") {
  std::vector<std::string> texts;
  for (const auto& interval : expand(spec, from, days, zone)) texts.push_back(to_string(interval.begin).substr(0, 16));
  return texts;
}

WindowProblems problems(const WindowSpec& spec, std::string_view zone = "Europe/Berlin",
                        std::string_view from = "2026-06-01T00:00:00Z") {
  const auto intervals = expand_windows(std::span(&spec, 1), zone, at(from), kHorizon_days);
  EXPECT_FALSE(intervals) << "accepted";
  return intervals ? WindowProblems{} : intervals.error();
}

// ---- expansion
// -----------------------------------------------------------------------------------------------------------

TEST(Windows, weeknights_of_the_example_plan) {
  const auto spec = window("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH;BYHOUR=22;BYMINUTE=0", "6h");
  const auto intervals = expand(spec, "2026-11-23T00:00:00Z", 7);
  ASSERT_EQ(intervals.size(), 4U);
  EXPECT_EQ(intervals[0], (Interval{at("2026-11-23T22:00:00+01:00"), at("2026-11-24T04:00:00+01:00"), "w"}));
  EXPECT_EQ(intervals[3].begin, at("2026-11-26T22:00:00+01:00"));
}

TEST(Windows, the_last_day_of_the_month) {
  EXPECT_THAT(begins(window("FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=3"), "2027-01-01T00:00:00Z", 120, "UTC"),
              ElementsAre("2027-01-31T03:00", "2027-02-28T03:00", "2027-03-31T03:00", "2027-04-30T03:00"));
}

TEST(Windows, quarter_end_of_the_example_policy) {
  EXPECT_THAT(begins(window("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", "2d"), "2026-06-01T00:00:00Z", 365, "UTC"),
              ElementsAre("2026-06-30T00:00", "2026-09-30T00:00", "2026-12-31T00:00", "2027-03-31T00:00"));
}

TEST(Windows, rules_of_all_kinds) {
  EXPECT_THAT(begins(window("FREQ=MONTHLY;BYDAY=2TU;BYHOUR=1"), "2026-01-01T00:00:00Z", 90, "UTC"),
              ElementsAre("2026-01-13T01:00", "2026-02-10T01:00", "2026-03-10T01:00"));
  EXPECT_THAT(begins(window("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"), "2026-01-01T00:00:00Z", 60, "UTC"),
              ElementsAre("2026-01-30T00:00", "2026-02-27T00:00"));
  EXPECT_THAT(begins(window("FREQ=DAILY;BYHOUR=1,13;UNTIL=20260102"), "2026-01-01T00:00:00Z", 9, "UTC"),
              ElementsAre("2026-01-01T01:00", "2026-01-01T13:00", "2026-01-02T01:00", "2026-01-02T13:00"));
  EXPECT_THAT(begins(window("FREQ=DAILY;UNTIL=20260102T230000Z"), "2026-01-01T00:00:00Z", 9),
              ElementsAre("2026-01-01T23:00", "2026-01-02T23:00"));
  EXPECT_THAT(begins(window("FREQ=DAILY;UNTIL=20260103T000000"), "2026-01-01T00:00:00Z", 9),
              ElementsAre("2026-01-01T23:00", "2026-01-02T23:00"));
  EXPECT_THAT(begins(window("FREQ=YEARLY;BYYEARDAY=-1"), "2026-01-01T00:00:00Z", 730, "UTC"),
              ElementsAre("2026-12-31T00:00", "2027-12-31T00:00"));
  EXPECT_THAT(begins(window("FREQ=HOURLY;BYHOUR=3,4", "5m"), "2026-01-01T00:00:00Z", 1, "UTC"),
              ElementsAre("2026-01-01T03:00", "2026-01-01T04:00"));
  EXPECT_TRUE(begins(window("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "2026-01-01T00:00:00Z", 400, "UTC").empty());
  EXPECT_TRUE(begins(window("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30"), "2026-01-01T00:00:00Z", 400, "UTC").empty());
}

TEST(Windows, an_interval_counts_from_its_start) {
  auto spec = window("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;BYHOUR=20");
  spec.start = "2026-01-05T00:00:00";
  EXPECT_THAT(begins(spec, "2026-06-01T00:00:00Z", 30, "UTC"), ElementsAre("2026-06-13T20:00", "2026-06-27T20:00"));
  spec.start = "2026-01-12T00:00:00";  // the other weeks
  EXPECT_THAT(begins(spec, "2026-06-01T00:00:00Z", 30, "UTC"), ElementsAre("2026-06-06T20:00", "2026-06-20T20:00"));
  spec.start = "2026-06-18T00:00:00+02:00";
  EXPECT_THAT(begins(spec, "2026-06-01T00:00:00Z", 30), ElementsAre("2026-06-20T18:00"));
}

// Each expected list was made with python-dateutil; libical by itself gives others, or none.
TEST(Windows, where_libical_alone_would_be_wrong) {
  auto spec = window("FREQ=WEEKLY;INTERVAL=5;BYDAY=SU;BYHOUR=3");
  spec.start = "2023-02-13T23:30:00";
  const std::vector<WindowSpec> sundays{spec};  // a week early there, so such a rule is refused
  EXPECT_FALSE(expand_windows(sundays, "UTC", at("2026-06-01T00:00:00Z")));
  spec = window("FREQ=YEARLY;BYMONTHDAY=-1");
  EXPECT_THAT(begins(spec, "2026-06-01T00:00:00Z", 90, "UTC"), ElementsAre("2026-06-30T00:00", "2026-07-31T00:00"));
  spec = window("FREQ=DAILY;BYHOUR=23,10,0;UNTIL=20270101T000000");
  EXPECT_THAT(begins(spec, "2026-12-31T00:00:00Z", 3, "UTC"),
              ElementsAre("2026-12-31T00:00", "2026-12-31T10:00", "2026-12-31T23:00"));  // the last two touch
  EXPECT_EQ(expand(spec, "2026-12-31T00:00:00Z", 3, "UTC").back().end, at("2027-01-01T01:00:00Z"));
  spec = window("FREQ=HOURLY;BYHOUR=13,12,18");
  spec.start = "2026-12-31T10:18:00";
  EXPECT_THAT(begins(spec, "2026-12-31T00:00:00Z", 1, "UTC"), ElementsAre("2026-12-31T12:18", "2026-12-31T18:18"));
}

TEST(Windows, what_began_before_and_is_still_open_is_there) {
  const auto spec = window("FREQ=DAILY;BYHOUR=22", "6h");
  const auto intervals = expand(spec, "2026-06-02T01:00:00Z", 1, "UTC");
  ASSERT_EQ(intervals.size(), 2U);
  EXPECT_EQ(intervals[0].begin, at("2026-06-01T22:00:00Z"));
  EXPECT_EQ(expand(spec, "2026-06-02T04:00:00Z", 1, "UTC").size(), 1U);  // half-open: it ended at that very moment
  const auto whole_year = window("FREQ=YEARLY;BYYEARDAY=1", "366d");
  EXPECT_EQ(expand(whole_year, "2026-12-30T00:00:00Z", 1, "UTC").front().begin, at("2026-01-01T00:00:00Z"));
}

TEST(Windows, their_own_zone_wins) {
  auto spec = window("FREQ=DAILY;BYHOUR=22");
  spec.time_zone = "Asia/Kolkata";
  EXPECT_THAT(begins(spec, "2026-06-01T00:00:00Z", 1), ElementsAre("2026-06-01T16:30"));
}

TEST(Windows, what_touches_is_one) {
  const std::vector<WindowSpec> specs{{"night", "FREQ=DAILY;BYHOUR=22", "2h", "", ""},
                                      {"early", "FREQ=DAILY;BYHOUR=0", "3h", "", ""},
                                      {"noon", "FREQ=DAILY;BYHOUR=12", "1h", "", ""},
                                      {"lunch", "FREQ=DAILY;BYHOUR=12;BYMINUTE=30", "10m", "", ""}};
  const auto merged = expand_windows(specs, "UTC", at("2026-06-01T12:00:00Z"), 1);
  ASSERT_TRUE(merged);
  EXPECT_THAT(*merged, ElementsAre(Interval{at("2026-06-01T12:00:00Z"), at("2026-06-01T13:00:00Z"), "noon, lunch"},
                                   Interval{at("2026-06-01T22:00:00Z"), at("2026-06-02T03:00:00Z"), "night, early"}));
  // Windows of one name that touch keep that one name.
  EXPECT_THAT(expand(window("FREQ=HOURLY"), "2026-06-01T00:30:00Z", 2, "UTC"),
              ElementsAre(Interval{at("2026-06-01T00:00:00Z"), at("2026-06-03T01:00:00Z"), "w"}));
}

// ---- the nights of the clock change
// ------------------------------------------------------------------------------------------

TEST(WindowsClockChange, elapsed_hours_stay_six_in_both_nights) {
  const auto spec = window("FREQ=DAILY;BYHOUR=22", "6h");
  for (const std::string day : {"2026-10-24", "2027-03-27"}) {  // the nights to 2026-10-25 and 2027-03-28
    const auto intervals = expand(spec, day + "T12:00:00Z", 1);
    ASSERT_EQ(intervals.size(), 1U);
    EXPECT_EQ(intervals[0].begin, by_gnu_date("Europe/Berlin", day + " 22:00:00"));
    EXPECT_EQ(intervals[0].end - intervals[0].begin, hours(6));
  }
  EXPECT_EQ(expand(spec, "2026-10-24T12:00:00Z", 1)[0].end, by_gnu_date("Europe/Berlin", "2026-10-25 03:00:00"));
  EXPECT_EQ(expand(spec, "2027-03-27T12:00:00Z", 1)[0].end, by_gnu_date("Europe/Berlin", "2027-03-28 05:00:00"));
}

TEST(WindowsClockChange, calendar_days_end_at_the_same_local_time) {
  auto spec = window("FREQ=DAILY;BYHOUR=12", "1d");
  const auto autumn = expand(spec, "2026-10-24T12:00:00Z", 1);
  EXPECT_EQ(autumn[0].begin, by_gnu_date("Europe/Berlin", "2026-10-24 12:00:00"));
  spec.rrule = "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=24;BYHOUR=12";
  const auto longer = expand(spec, "2026-10-24T12:00:00Z", 1);
  ASSERT_EQ(longer.size(), 1U);
  EXPECT_EQ(longer[0].end, by_gnu_date("Europe/Berlin", "2026-10-25 12:00:00"));
  EXPECT_EQ(longer[0].end - longer[0].begin, hours(25));
  spec.rrule = "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=27;BYHOUR=12";
  const auto shorter = expand(spec, "2027-03-27T12:00:00Z", 1);
  EXPECT_EQ(shorter[0].end - shorter[0].begin, hours(23));
}

TEST(WindowsClockChange, every_beginning_of_a_year_is_where_gnu_date_puts_it) {
  for (const std::string zone : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"}) {
    const auto intervals =
        expand(window("FREQ=MONTHLY;BYMONTHDAY=1,15,-1;BYHOUR=22"), "2026-06-01T00:00:00Z", 400, zone);
    EXPECT_GE(intervals.size(), 38U);
    std::string local;
    FILE* pipe = nullptr;
    for (std::size_t i = 0; i < intervals.size(); i += 5) {
      // The local time that GNU date shows must be the rule's own.
      const auto count =
          std::chrono::duration_cast<std::chrono::seconds>(intervals[i].begin.time_since_epoch()).count();
      pipe = ::popen(("TZ=" + zone + " date -d @" + std::to_string(count) + " +%H:%M:%S").c_str(), "r");
      char text[32] = {};
      EXPECT_EQ(std::fscanf(pipe, "%31s", text), 1);
      ::pclose(pipe);
      EXPECT_STREQ(text, "22:00:00") << zone << ' ' << to_string(intervals[i].begin);
    }
  }
}

TEST(WindowsClockChange, a_beginning_that_the_clocks_skip_is_refused_with_both_readings) {
  const auto found = problems(window("FREQ=DAILY;BYHOUR=2;BYMINUTE=30"), "Europe/Berlin", "2026-11-01T00:00:00Z");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, "rrule");
  EXPECT_EQ(found[0].message,
            "a beginning, 2027-03-28T02:30:00 does not exist in Europe/Berlin, the clocks skip it; it could be read as "
            "2027-03-28T01:30:00.000Z (+01:00) and 2027-03-28T00:30:00.000Z (+02:00)");
}

TEST(WindowsClockChange, a_beginning_that_comes_twice_is_refused_with_both_readings) {
  const auto found = problems(window("FREQ=DAILY;BYHOUR=2;BYMINUTE=30"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].message,
            "a beginning, 2026-10-25T02:30:00 comes twice in Europe/Berlin: 2026-10-25T00:30:00.000Z (+02:00) and "
            "2026-10-25T01:30:00.000Z (+01:00)");
  EXPECT_TRUE(
      expand_windows(std::vector{window("FREQ=DAILY;BYHOUR=2;BYMINUTE=30")}, "UTC", at("2026-06-01T00:00:00Z")));
  // 03:00 is the first minute that exists again, and comes once in autumn.
  EXPECT_TRUE(expand_windows(std::vector{window("FREQ=DAILY;BYHOUR=3")}, "Europe/Berlin", at("2026-06-01T00:00:00Z")));
}

TEST(WindowsClockChange, an_end_counted_in_days_is_refused_too) {
  const auto found = problems(window("FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=24;BYHOUR=2;BYMINUTE=30", "1d"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, "duration");
  EXPECT_THAT(found[0].message, HasSubstr("an end, 2026-10-25T02:30:00 comes twice"));
}

// ---- what is refused
// -------------------------------------------------------------------------------------------------------

struct Wrong {
  WindowSpec spec;
  const char* key;
  const char* message;
};

TEST(Windows, what_is_wrong_is_named_by_its_key) {
  const Wrong cases[] = {
      {window(""), "rrule", "missing"},
      {window("FREQ=DAILY;COUNT=3"), "rrule", "COUNT is refused"},
      {window("FREQ=SECONDLY"), "rrule", "a minute is the finest step"},
      {window("FREQ=DAILY;BYSECOND=0"), "rrule", "BYSECOND is refused"},
      {window("TZ=Europe/Berlin;FREQ=DAILY"), "rrule", "the zone stands in timeZone"},
      {window("FREQ=DAILY;TZID=UTC"), "rrule", "the zone stands in timeZone"},
      {window("FREQ=DAILY;INTERVAL=2"), "start", "INTERVAL above 1 needs a start"},
      {window("FREQ=DAILY;INTERVAL=0"), "rrule", "INTERVAL=0"},
      {window("FREQ=DAILY;INTERVAL=99999"), "rrule", "INTERVAL=99999"},
      {window("FREQ=FORTNIGHTLY"), "rrule", "FREQ=FORTNIGHTLY is not"},
      {window("freq=DAILY"), "rrule", "freq is not a part of a rule"},
      {window("BYHOUR=22"), "rrule", "FREQ is missing"},
      {window("FREQ=DAILY;FREQ=WEEKLY"), "rrule", "FREQ stands twice"},
      {window("FREQ=DAILY;"), "rrule", "an empty part"},
      {window("FREQ=DAILY;BYHOUR"), "rrule", "`BYHOUR` is not KEY=VALUE"},
      {window("FREQ=DAILY;BYHOUR=24"), "rrule", "BYHOUR=24 is not a number from 0 to 23"},
      {window("FREQ=DAILY;BYHOUR=-1"), "rrule", "BYHOUR=-1"},
      {window("FREQ=DAILY;BYMINUTE=60"), "rrule", "BYMINUTE=60"},
      {window("FREQ=DAILY;BYMINUTE=1,"), "rrule", "BYMINUTE="},
      {window("FREQ=MONTHLY;BYMONTHDAY=0"), "rrule", "BYMONTHDAY=0"},
      {window("FREQ=MONTHLY;BYMONTHDAY=32"), "rrule", "or the same counted back"},
      {window("FREQ=MONTHLY;BYMONTH=13"), "rrule", "BYMONTH=13"},
      {window("FREQ=WEEKLY;BYDAY=MON"), "rrule", "BYDAY=MON is not a day"},
      {window("FREQ=WEEKLY;BYDAY=M"), "rrule", "BYDAY=M is not a day"},
      {window("FREQ=MONTHLY;BYDAY=54MO"), "rrule", "BYDAY=54MO"},
      {window("FREQ=MONTHLY;BYDAY=-MO"), "rrule", "BYDAY=-MO"},
      {window("FREQ=WEEKLY;BYDAY=1MO"), "rrule", "BYDAY with a number needs"},
      {window("FREQ=MONTHLY;BYDAY=SA,2WE"), "rrule", "BYDAY names days with a number and without"},
      {window("FREQ=WEEKLY;BYMONTHDAY=1"), "rrule", "BYMONTHDAY does not go with"},
      {window("FREQ=DAILY;BYYEARDAY=1"), "rrule", "BYYEARDAY does not go with"},
      {window("FREQ=MONTHLY;BYSETPOS=1"), "rrule", "BYSETPOS needs"},
      {window("FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=2;BYHOUR=1;BYMINUTE=0"), "rrule",
       "BYSETPOS does not go with FREQ=WEEKLY"},
      {window("FREQ=DAILY;BYHOUR=1;BYSETPOS=3"), "rrule", "BYSETPOS does not go with FREQ=DAILY"},
      {window("FREQ=WEEKLY;BYHOUR=22"), "rrule", "`FREQ=WEEKLY;BYHOUR=22` names no day"},
      {window("FREQ=MONTHLY"), "rrule", "names no day: add BYDAY or BYMONTHDAY, or a start"},
      {window("FREQ=YEARLY;BYMONTH=6"), "rrule", "names no day"},
      {window("FREQ=MONTHLY;BYDAY=MO;BYHOUR=1,2;BYSETPOS=1"), "rrule", "BYSETPOS picks from BYDAY"},
      {window("FREQ=MONTHLY;BYMONTHDAY=1,2;BYSETPOS=1"), "rrule", "BYSETPOS picks from BYDAY"},
      {window("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO"), "rrule", "BYWEEKNO is refused"},
      {window("FREQ=DAILY;BYMONTHDAY=-1"), "rrule", "BYMONTHDAY counted back needs"},
      {window("FREQ=HOURLY;INTERVAL=6"), "rrule", "name the hours: FREQ=DAILY;BYHOUR=0,6,12,18"},
      {window("FREQ=YEARLY;BYYEARDAY=1;BYDAY=MO"), "rrule", "BYYEARDAY does not go with BYMONTH"},
      {window("FREQ=YEARLY;BYDAY=1TU;BYMONTHDAY=5"), "rrule", "BYDAY with a number does not go with BYMONTHDAY"},
      {window("FREQ=DAILY;WKST=WE"), "rrule", "WKST=WE is not MO or SU"},
      {window("FREQ=DAILY;UNTIL=2026"), "rrule", "UNTIL=2026 is not"},
      {window("FREQ=DAILY;UNTIL=20261231T22"), "rrule", "UNTIL=20261231T22 is not"},
      {window("FREQ=DAILY;UNTIL=20261331"), "rrule", "is not a time"},
      {window("FREQ=DAILY;RSCALE=HEBREW"), "rrule", "RSCALE is not a part"},
      {window("FREQ=MINUTELY", "1m"), "rrule", "more than 20000 times"},
      {window("FREQ=DAILY;" + std::string(2000, 'X')), "rrule", "longer than 1024"},
      {window("FREQ=DAILY", ""), "duration", "missing"},
      {window("FREQ=DAILY", "0h"), "duration", "not a duration"},
      {window("FREQ=DAILY", "6"), "duration", "not a duration"},
      {window("FREQ=DAILY", "367d"), "duration", "not a duration"},
      {{"w", "FREQ=DAILY", "1h", "", "tomorrow"}, "start", "`tomorrow` is not a time"},
      {{"w", "FREQ=DAILY", "1h", "Mars/Olympus", ""}, "timeZone", "Mars/Olympus is not an IANA time zone"},
      {{"w", "FREQ=DAILY", "1h", "../../etc/passwd", ""}, "timeZone", "is not an IANA time zone"},
      {{"w", "FREQ=DAILY", "1h", "site", ""}, "timeZone", "site is not an IANA time zone"},
  };
  for (const auto& wrong : cases) {
    const auto found = problems(wrong.spec);
    ASSERT_FALSE(found.empty()) << wrong.spec.rrule;
    EXPECT_EQ(found[0].key, wrong.key) << wrong.spec.rrule << ": " << found[0].message;
    EXPECT_THAT(found[0].message, HasSubstr(wrong.message)) << wrong.spec.rrule;
  }
}

TEST(Windows, all_faults_of_all_specs_come_at_once) {
  const std::vector<WindowSpec> specs{{"a", "FREQ=DAILY;COUNT=1;BYHOUR=99", "x", "", ""},
                                      {"b", "FREQ=DAILY", "1h", "", ""},
                                      {"c", "FREQ=DAILY", "1h", "Nowhere", ""}};
  const auto expanded = expand_windows(specs, "", at("2026-06-01T00:00:00Z"));
  ASSERT_FALSE(expanded);
  std::vector<std::pair<std::size_t, std::string>> places;
  for (const auto& problem : expanded.error()) places.emplace_back(problem.index, problem.key);
  EXPECT_THAT(places, ElementsAre(std::pair{0U, "timeZone"}, std::pair{0U, "duration"}, std::pair{0U, "rrule"},
                                  std::pair{0U, "rrule"}, std::pair{1U, "timeZone"}, std::pair{2U, "timeZone"}));
}

// ---- freezes
// ---------------------------------------------------------------------------------------------------------------

FreezeSpec freeze(std::string from, std::string to) {
  return {"f", std::move(from), std::move(to), "", "", "", ""};
}

Result<std::vector<Interval>, WindowProblems> expand(const FreezeSpec& spec) {
  return expand_freezes(std::span(&spec, 1), "Europe/Berlin", at("2026-06-01T00:00:00Z"));
}

TEST(Freezes, a_stretch_is_local_or_with_an_offset) {
  const auto local = expand(freeze("2026-11-26T00:00:00", "2026-12-01T00:00:00"));
  ASSERT_TRUE(local);
  EXPECT_THAT(*local, ElementsAre(Interval{by_gnu_date("Europe/Berlin", "2026-11-26 00:00:00"),
                                           by_gnu_date("Europe/Berlin", "2026-12-01 00:00:00"), "f"}));
  EXPECT_EQ(*expand(freeze("2026-11-26T00:00:00+01:00", "2026-11-30T23:00:00Z")), *local);
  auto elsewhere = freeze("2026-11-26T00:00:00", "2026-12-01T00:00:00");
  elsewhere.time_zone = "UTC";
  EXPECT_EQ(expand(elsewhere)->front().begin, at("2026-11-26T00:00:00Z"));
  EXPECT_TRUE(expand(freeze("2020-01-01T00:00:00", "2020-02-01T00:00:00"))->empty());  // long over
}

TEST(Freezes, a_rule_is_expanded_as_a_window_is) {
  const FreezeSpec quarter_end{"quarter-end", "", "", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", "2d", "UTC", ""};
  const auto intervals = expand(quarter_end);
  ASSERT_TRUE(intervals);
  ASSERT_EQ(intervals->size(), 5U);
  EXPECT_EQ(intervals->front(), (Interval{at("2026-06-30T00:00:00Z"), at("2026-07-02T00:00:00Z"), "quarter-end"}));
}

TEST(Freezes, what_is_wrong_is_named_by_its_key) {
  const std::tuple<FreezeSpec, const char*, const char*> cases[] = {
      {freeze("", ""), "from", "either from and to, or rrule and duration"},
      {freeze("2026-11-26T00:00:00", ""), "to", "missing beside from"},
      {freeze("", "2026-11-26T00:00:00"), "from", "missing beside to"},
      {freeze("2026-11-26", "2026-12-01T00:00:00"), "from", "`2026-11-26` is not a time"},
      {freeze("2026-12-01T00:00:00", "2026-11-26T00:00:00"), "to", "is not after"},
      {freeze("2026-12-01T00:00:00", "2026-12-01T00:00:00"), "to", "is not after"},
      {freeze("2026-10-25T02:30:00", "2026-11-01T00:00:00"), "from", "comes twice in Europe/Berlin"},
      {freeze("2026-10-20T00:00:00", "2026-10-25T02:30:00"), "to", "write the offset"},
      {freeze("2027-03-28T02:30:00", "2027-04-01T00:00:00"), "from", "does not exist in Europe/Berlin"},
      {{"f", "2026-11-26T00:00:00", "2026-12-01T00:00:00", "FREQ=DAILY", "", "", ""}, "rrule", "does not go with"},
      {{"f", "2026-11-26T00:00:00", "2026-12-01T00:00:00", "", "1d", "", ""}, "duration", "does not go with"},
      {{"f", "", "", "FREQ=DAILY", "", "", ""}, "duration", "missing"},
      {{"f", "2026-11-26T00:00:00", "2026-12-01T00:00:00", "", "", "Nowhere", ""}, "timeZone", "Nowhere"},
  };
  for (const auto& [spec, key, message] : cases) {
    const auto found = expand(spec);
    ASSERT_FALSE(found) << message;
    EXPECT_EQ(found.error()[0].key, key) << found.error()[0].message;
    EXPECT_THAT(found.error()[0].message, HasSubstr(message));
  }
}

}  // namespace
}  // namespace breakwater::windows_test
