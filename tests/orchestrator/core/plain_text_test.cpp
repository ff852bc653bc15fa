#include "orchestrator/core/plain_text.hpp"

#include <gtest/gtest.h>

namespace breakwater {
namespace {

TEST(PlainText, LengthsOfTimeInAtMostTwoUnits) {
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

TEST(PlainText, Amounts) {
  EXPECT_EQ(count_of(0, "host"), "0 hosts");
  EXPECT_EQ(count_of(1, "host"), "1 host");
  EXPECT_EQ(list_some({}, 3), "");
  EXPECT_EQ(list_some({"a", "b"}, 3), "a, b");
  EXPECT_EQ(list_some({"a", "b", "c"}, 2), "a, b and 1 more");
}

TEST(PlainText, ForeignTextIsMadeHarmless) {
  EXPECT_EQ(harmless("a\x1b[1m\n\tb\x7f"), "a?[1m??b?");
  EXPECT_EQ(harmless("\xc2\x9b"
                     "1mö"),
            "?1mö");
  EXPECT_EQ(harmless("\xc2"), "\xc2");
}

TEST(PlainText, LinesAreBrokenAtBlanks) {
  EXPECT_EQ(wrapped("one two three", 8, 0), "one two\nthree");
  EXPECT_EQ(wrapped("one two three", 12, 4), "one two\n    three");
  EXPECT_EQ(wrapped("", 8, 2), "");
  EXPECT_EQ(wrapped("waytoolongaword x", 4, 0), "waytoolongaword\nx");
}

}  // namespace
}  // namespace breakwater
