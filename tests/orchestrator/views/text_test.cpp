#include "orchestrator/views/text.hpp"

#include <gtest/gtest.h>

namespace breakwater::views::text_test {
namespace {

TEST(Text, lines_are_broken_at_blanks) {
  EXPECT_EQ(wrapped("one two three", 8, 0), "one two\nthree");
  EXPECT_EQ(wrapped("one two three", 12, 4), "one two\n    three");
  EXPECT_EQ(wrapped("", 8, 2), "");
  EXPECT_EQ(wrapped("waytoolongaword x", 4, 0), "waytoolongaword\nx");
}

TEST(Text, cells_are_code_points_without_colour) {
  EXPECT_EQ(cells("abc"), 3U);
  EXPECT_EQ(cells("█▏·"), 3U);
  EXPECT_EQ(cells("\x1b[31mred\x1b[0m"), 3U);
  EXPECT_EQ(pad("ä", 3), "ä  ");
  EXPECT_EQ(pad_left("ä", 3), "  ä");
  EXPECT_EQ(pad("longer", 3), "longer");
}

TEST(Text, cutting_keeps_colour_whole) {
  EXPECT_EQ(cut("abc", 3), "abc");
  EXPECT_EQ(cut("abcd", 3), "ab…");
  EXPECT_EQ(cut("\x1b[31mabcd\x1b[0m", 3), "\x1b[31mab…\x1b[0m");
}

TEST(Text, columns_line_up_and_no_line_ends_in_blanks) {
  Table table;
  table.row({"a", "long", "x"});
  table.row({"bbb", "s", ""});
  EXPECT_EQ(table.text("  "), "  a    long  x\n  bbb  s\n");
}

TEST(Text, a_broken_colour_sequence_is_text) {
  EXPECT_EQ(cells("\x1b[31"), 4U) << "a sequence that never ends hides nothing";
  EXPECT_EQ(cut("\x1b[31", 3), "\x1b[…");
}

TEST(Text, nothing_fits_into_no_cells) {
  EXPECT_EQ(cut("abc", 1), "…");
  EXPECT_EQ(cut("abc", 0), "");
  EXPECT_EQ(cut("", 0), "");
  EXPECT_EQ(cut("äöü", 2), "ä…") << "a letter of two bytes is one cell";
}

TEST(Text, lines_end_at_newlines_and_the_last_one_needs_none) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(lines_of("a\nb"), (Lines{"a", "b"}));
  EXPECT_EQ(lines_of("a\nb\n"), (Lines{"a", "b"}));
  EXPECT_EQ(lines_of("\n\na"), (Lines{"", "", "a"}));
  EXPECT_EQ(lines_of(""), Lines{});
}

TEST(Text, rows_of_a_table_may_differ_in_length_and_colour) {
  Table table;
  table.row({"\x1b[31mred\x1b[0m", "x"});
  table.row({"longer"});
  table.row({});
  EXPECT_EQ(table.text(" "), " \x1b[31mred\x1b[0m     x\n longer\n\n");
}

TEST(Text, a_line_ends_before_its_width_to_the_letter) {
  EXPECT_EQ(wrapped("abc def", 7, 0), "abc def");
  EXPECT_EQ(wrapped("abc def", 6, 0), "abc\ndef");
  EXPECT_EQ(wrapped("a  b", 80, 0), "a  b") << "blanks are kept";
}

}  // namespace
}  // namespace breakwater::views::text_test
