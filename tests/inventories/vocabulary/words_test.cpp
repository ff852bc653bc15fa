#include "inventories/vocabulary/words.hpp"

#include <gtest/gtest.h>

#include "inventories/vocabulary/rows.hpp"

namespace breakwater::words_test {

enum class Colour { red, green, blue };

}  // namespace breakwater::words_test

template <>
inline constexpr auto breakwater::kWords<breakwater::words_test::Colour> =
    breakwater::words<breakwater::words_test::Colour>({{breakwater::words_test::Colour::red, "red"},
                                                       {breakwater::words_test::Colour::green, "green"},
                                                       {breakwater::words_test::Colour::blue, "sky blue"}});

namespace breakwater::words_test {
namespace {

enum class Wordless { one };

TEST(Words, a_table_is_read_both_ways) {
  static_assert(to_string(Colour::blue) == "sky blue");
  static_assert(from_string<Colour>("green") == Colour::green);
  for (const Word<Colour>& row : kWords<Colour>) EXPECT_EQ(from_string<Colour>(to_string(row.value)), row.value);
  EXPECT_EQ(kWords<Colour>.size(), 3U);
}

TEST(Words, a_text_must_be_the_whole_word) {
  EXPECT_EQ(from_string<Colour>("gree"), std::nullopt);
  EXPECT_EQ(from_string<Colour>("Green"), std::nullopt);
  EXPECT_EQ(from_string<Colour>(""), std::nullopt);
}

TEST(Words, a_number_that_is_no_value_has_no_word) {
  EXPECT_EQ(to_string(static_cast<Colour>(3)), "unknown");
  EXPECT_EQ(to_string(static_cast<Colour>(-1)), "unknown");
}

TEST(Words, a_table_with_a_hole_does_not_compile) {
  using enum Colour;
  EXPECT_EQ(fault_of<Colour>({{red, "red"}, {green, "green"}}), "the last value has no row");
  EXPECT_EQ(fault_of<Colour>({{red, "red"}, {blue, "blue"}}), "a row is missing or out of order");
  EXPECT_EQ(fault_of<Colour>({{red, "red"}, {blue, "blue"}, {green, "green"}}), "a row is missing or out of order");
  EXPECT_EQ(fault_of<Colour>({{red, "red"}, {green, ""}, {blue, "blue"}}), "a word is empty");
  EXPECT_EQ(fault_of<Colour>({{red, "red"}, {green, "red"}, {blue, "blue"}}), "two values share a word");
  EXPECT_EQ(fault_of<Colour>({{red, "red"}, {green, "green"}, {blue, "blue"}}), "");
  EXPECT_FALSE(HasWords<Wordless>);
}

TEST(Rows, a_row_that_is_missing_or_out_of_order_is_seen) {
  using enum Colour;
  struct Row {
    Colour colour;
    int hertz;
  };
  static_assert(has_every_row(std::to_array<Row>({{red, 430}, {green, 560}, {blue, 670}}), &Row::colour));
  static_assert(!has_every_row(std::to_array<Row>({{red, 430}, {green, 560}}), &Row::colour));
  static_assert(!has_every_row(std::to_array<Row>({{red, 430}, {blue, 670}, {green, 560}}), &Row::colour));
}

}  // namespace
}  // namespace breakwater::words_test
