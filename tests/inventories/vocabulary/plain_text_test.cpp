#include "inventories/vocabulary/plain_text.hpp"

#include <gtest/gtest.h>

namespace breakwater::plain_text_test {
namespace {

TEST(PlainText, lengths_of_time_in_at_most_two_units) {
  const std::pair<Duration, const char*> kRows[] = {
      {Duration(-5), "0s"},
      {Duration(999), "0s"},
      {std::chrono::seconds(42), "42s"},
      {std::chrono::minutes(4), "4m"},
      {std::chrono::minutes(108), "1h 48m"},
      {std::chrono::seconds(3'605), "1h"},
      {std::chrono::hours(74), "3d 2h"},
      {std::chrono::seconds(61), "1m 1s"},
  };
  for (const auto& [length, text] : kRows) EXPECT_EQ(rough(length), text);
}

TEST(PlainText, what_is_needed_is_rounded_up) {
  const std::pair<Duration, const char*> kRows[] = {
      {Duration(-5), "0s"},
      {Duration(0), "0s"},
      {Duration(1), "1s"},
      {Duration(60'000), "1m"},
      {Duration(60'300), "1m 1s"},
      {Duration(3'599'001), "1h"},
      {std::chrono::seconds(3'601), "1h 1m"},
      {std::chrono::minutes(108), "1h 48m"},
      {std::chrono::minutes(1'439) + std::chrono::seconds(1), "1d"},
      {std::chrono::hours(24) + Duration(1), "1d 1h"},
  };
  for (const auto& [length, text] : kRows) EXPECT_EQ(rough_most(length), text) << length.count();
}

TEST(PlainText, amounts) {
  EXPECT_EQ(count_of(0, "host"), "0 hosts");
  EXPECT_EQ(count_of(1, "host"), "1 host");
  EXPECT_EQ(count_of(2, "Policy"), "2 Policies");
  EXPECT_EQ(count_of(1, "Policy"), "1 Policy");
  EXPECT_EQ(count_of(3, "key"), "3 keys");
  EXPECT_EQ(list_some({}, 3), "");
  EXPECT_EQ(list_some({"a", "b"}, 3), "a, b");
  EXPECT_EQ(list_some({"a", "b", "c"}, 2), "a, b and 1 more");
}

TEST(PlainText, nothing_that_a_terminal_acts_on_comes_through) {
  EXPECT_EQ(harmless("plain 3.4"), "plain 3.4");
  EXPECT_EQ(harmless("→ ✔ größer"), "→ ✔ größer");
  EXPECT_EQ(harmless("\x1b[2Jgone"), "?[2Jgone");
  EXPECT_EQ(harmless("one\ntwo\ttwo\rx"), "one two two?x");
  EXPECT_EQ(harmless("c1 \xc2\x9b"
                     "31m"),
            "c1 ??31m");
  EXPECT_EQ(harmless("\xe2\x80\xae"
                     "turned"),
            "???turned");
  EXPECT_EQ(harmless("\xff\xc0\xaf half \xe2\x82"), "??? half ??");
  EXPECT_EQ(harmless(std::string_view("nul\0x", 5)), "nul?x");
}

}  // namespace
}  // namespace breakwater::plain_text_test
