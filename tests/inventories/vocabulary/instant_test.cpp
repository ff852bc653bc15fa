#include "inventories/vocabulary/instant.hpp"

#include <gtest/gtest.h>

#include "inventories/vocabulary/digest.hpp"

namespace breakwater::instant_test {

using namespace std::chrono_literals;

TEST(Instant, reads_what_it_writes) {
  for (const char* text : {"1970-01-01T00:00:00.000Z", "2026-11-21T23:47:39.123Z", "2000-02-29T12:00:00.000Z"}) {
    const auto instant = parse_instant(text);
    ASSERT_TRUE(instant) << text;
    EXPECT_EQ(to_string(*instant), text);
  }
}

TEST(Instant, takes_the_offset_off) {
  EXPECT_EQ(parse_instant("2026-12-02T09:00:00+01:00"), parse_instant("2026-12-02T08:00:00Z"));
  EXPECT_EQ(parse_instant("2026-12-01T23:30:00-02:45"), parse_instant("2026-12-02T02:15:00Z"));
}

TEST(Instant, refuses_what_is_no_moment) {
  for (const char* text : {"", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
                           "2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00Zx"}) {
    EXPECT_FALSE(parse_instant(text)) << text;
  }
}

TEST(DurationText, reads_one_unit_and_writes_the_largest) {
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("2d"), 48h);
  EXPECT_EQ(to_string(Duration(90s)), "90s");
  EXPECT_EQ(to_string(Duration(120s)), "2m");
  EXPECT_EQ(to_string(Duration(1500)), "1500ms");
  EXPECT_EQ(to_string(Duration(0)), "0s");
}

TEST(DurationText, refuses_signs_fractions_and_overflow) {
  for (const char* text : {"", "s", "1", "-1s", "+1s", "1.5h", "1 s", "1w", "99999999999999999999s", "40000d"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Digest, round_trips_and_refuses_other_spellings) {
  const std::string hex = "acfc2b6d8fde35c15a732ac449564688420f23064a800ad5d0f5a278101d7896";
  const auto digest = parse_sha256(hex);
  ASSERT_TRUE(digest);
  EXPECT_EQ(to_hex(*digest), hex);
  EXPECT_FALSE(parse_sha256(hex.substr(1)));
  EXPECT_FALSE(parse_sha256("A" + hex.substr(1)));
  EXPECT_FALSE(parse_sha256("g" + hex.substr(1)));
}

TEST(Instant, a_fraction_has_digits_and_counts_in_milliseconds) {
  const auto fraction_of = [](const std::string& fraction) -> std::optional<std::int64_t> {
    const auto instant = parse_instant("2026-01-01T00:00:00" + fraction + "Z");
    if (!instant) return std::nullopt;
    return (*instant - *parse_instant("2026-01-01T00:00:00Z")).count();
  };
  EXPECT_EQ(fraction_of(".5"), 500);
  EXPECT_EQ(fraction_of(".05"), 50);
  EXPECT_EQ(fraction_of(".1239999"), 123);
  EXPECT_EQ(fraction_of("."), std::nullopt);
}

TEST(Instant, ends_of_its_parts) {
  for (const char* text : {"2026-01-01T23:59:59Z", "2026-01-01T00:00:00+23:59", "2026-12-31T00:00:00Z"}) {
    EXPECT_TRUE(parse_instant(text)) << text;
  }
  for (const char* text :
       {"2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60", "2026-01-01T00:00:00+1:00",
        "2026-01-01T00:00:00+01", "2100-02-29T00:00:00Z"}) {
    EXPECT_FALSE(parse_instant(text)) << text;
  }
}

TEST(Instant, before_1970_reads_what_it_writes) {
  const Instant last(Duration(-1));
  EXPECT_EQ(to_string(last), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(parse_instant(to_string(last)), last);
}

TEST(DurationText, ends_after_a_hundred_years_in_every_unit) {
  for (const char* longest : {"36500d", "876000h", "52560000m", "3153600000s", "3153600000000ms"}) {
    EXPECT_EQ(parse_duration(longest), std::chrono::hours(24 * 36'500)) << longest;
  }
  for (const char* longer : {"36501d", "876001h", "52560001m", "3153600001s", "3153600000001ms"}) {
    EXPECT_FALSE(parse_duration(longer)) << longer;
  }
}

TEST(DurationText, reads_back_what_it_writes) {
  for (const std::int64_t count : {1LL, 999LL, 1'001LL, 61'000LL, 3'660'000LL, 86'400'000LL, 90'000'000LL}) {
    EXPECT_EQ(parse_duration(to_string(Duration(count))), Duration(count)) << count;
  }
}

}  // namespace breakwater::instant_test
