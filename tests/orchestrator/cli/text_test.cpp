#include "orchestrator/cli/text.hpp"

#include <gtest/gtest.h>

namespace breakwater::cli {
namespace {

TEST(Text, NothingThatATerminalActsOnComesThrough) {
  EXPECT_EQ(clean("plain 3.4"), "plain 3.4");
  EXPECT_EQ(clean("→ ✔ größer"), "→ ✔ größer");
  EXPECT_EQ(clean("\x1b[2Jgone"), "?[2Jgone");
  EXPECT_EQ(clean("one\ntwo\ttwo\rx"), "one two two?x");
  EXPECT_EQ(clean("c1 \xc2\x9b"
                  "31m"),
            "c1 ??31m");
  EXPECT_EQ(clean("\xe2\x80\xae"
                  "turned"),
            "???turned");
  EXPECT_EQ(clean("\xff\xc0\xaf half \xe2\x82"), "??? half ??");
  EXPECT_EQ(clean(std::string_view("nul\0x", 5)), "nul?x");
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
}  // namespace breakwater::cli
