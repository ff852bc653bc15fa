#include "inventories/vocabulary/text.hpp"

#include <gtest/gtest.h>

namespace breakwater::text_test {

TEST(Text, only_ascii_letters_change_their_case) {
  EXPECT_EQ(to_lower(std::string_view("SYS-121C/\xC3\x84[")), "sys-121c/\xC3\x84[");
  static_assert(to_lower('Z') == 'z' && to_lower('@') == '@' && to_lower('[') == '[');
}

TEST(Text, blanks_and_line_ends_around_a_text_go) {
  EXPECT_EQ(trimmed(" \t3.4 beta\r\n"), "3.4 beta");
  EXPECT_EQ(trimmed(" \r\n\t"), "");
  EXPECT_EQ(trimmed(""), "");
}

TEST(Text, a_star_stands_for_the_rest_only_at_the_end_of_a_pattern) {
  EXPECT_TRUE(matches_pattern("SYS-*", "SYS-121C"));
  EXPECT_TRUE(matches_pattern("SYS-*", "SYS-"));
  EXPECT_FALSE(matches_pattern("SYS-*", "SYS"));
  EXPECT_FALSE(matches_pattern("SYS-1", "SYS-12"));
  EXPECT_FALSE(matches_pattern("S*-1", "SYS-1"));
  EXPECT_TRUE(matches_pattern("*", ""));
}

}  // namespace breakwater::text_test
