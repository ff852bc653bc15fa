#include "orchestrator/views/text.hpp"

#include <gtest/gtest.h>

namespace breakwater::views::text_test {
namespace {

TEST(Text, LinesAreBrokenAtBlanks) {
  EXPECT_EQ(wrapped("one two three", 8, 0), "one two\nthree");
  EXPECT_EQ(wrapped("one two three", 12, 4), "one two\n    three");
  EXPECT_EQ(wrapped("", 8, 2), "");
  EXPECT_EQ(wrapped("waytoolongaword x", 4, 0), "waytoolongaword\nx");
}

TEST(Text, CellsAreCodePointsWithoutColour) {
  EXPECT_EQ(cells("abc"), 3U);
  EXPECT_EQ(cells("█▏·"), 3U);
  EXPECT_EQ(cells("\x1b[31mred\x1b[0m"), 3U);
  EXPECT_EQ(pad("ä", 3), "ä  ");
  EXPECT_EQ(pad_left("ä", 3), "  ä");
  EXPECT_EQ(pad("longer", 3), "longer");
}

TEST(Text, CuttingKeepsColourWhole) {
  EXPECT_EQ(cut("abc", 3), "abc");
  EXPECT_EQ(cut("abcd", 3), "ab…");
  EXPECT_EQ(cut("\x1b[31mabcd\x1b[0m", 3), "\x1b[31mab…\x1b[0m");
}

TEST(Text, ColumnsLineUpAndNoLineEndsInBlanks) {
  Table table;
  table.row({"a", "long", "x"});
  table.row({"bbb", "s", ""});
  EXPECT_EQ(table.text("  "), "  a    long  x\n  bbb  s\n");
}

}  // namespace
}  // namespace breakwater::views::text_test
