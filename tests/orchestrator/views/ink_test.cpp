#include "orchestrator/views/ink.hpp"

#include <gtest/gtest.h>

namespace breakwater::views::ink_test {
namespace {

struct ColourCase {
  const char* what;
  ColourFacts facts;
  bool colour;
};

TEST(Colour, rules_in_their_order) {
  const ColourCase cases[] = {
      {"a terminal has colour", {true, false, "", "", "xterm"}, true},
      {"a file has none", {false, false, "", "", "xterm"}, false},
      {"a dumb terminal has none", {true, false, "", "", "dumb"}, false},
      {"--no-color", {true, true, "", "", "xterm"}, false},
      {"NO_COLOR", {true, false, "1", "", "xterm"}, false},
      {"CLICOLOR_FORCE colours a file", {false, false, "", "1", "xterm"}, true},
      {"CLICOLOR_FORCE=0 does not", {false, false, "", "0", "xterm"}, false},
      {"NO_COLOR wins over CLICOLOR_FORCE", {true, false, "1", "1", "xterm"}, false},
      {"--no-color wins over CLICOLOR_FORCE", {true, true, "", "1", "xterm"}, false},
  };
  for (const ColourCase& one : cases) EXPECT_EQ(wants_colour(one.facts), one.colour) << one.what;
}

TEST(Paint, colour_is_put_around_the_word) {
  EXPECT_EQ(Paint{true}(Ink::bad, "x"), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(Paint{true}(Ink::plain, "x"), "x");
  EXPECT_EQ(Paint{false}(Ink::bad, "x"), "x");
}

}  // namespace
}  // namespace breakwater::views::ink_test
