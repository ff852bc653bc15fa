#include "orchestrator/cli/console.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "orchestrator/cli/redraw.hpp"

namespace breakwater::cli {
namespace {

struct ColourCase {
  const char* what;
  ColourFacts facts;
  bool colour;
};

TEST(Colour, RulesInTheirOrder) {
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

TEST(Console, DataAndTalkAreKeptApart) {
  std::ostringstream out;
  std::ostringstream err;
  const Console console(out, err);
  console.error("it broke");
  console.next("breakwater status");
  console.progress("hidden where nobody watches");
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(err.str(), "error: it broke\nnext: breakwater status\n");
  EXPECT_EQ(console.paint(Ink::bad, "x"), "x");
}

TEST(Console, ColourIsPutAroundTheWord) {
  std::ostringstream out;
  Console console(out, out);
  console.colour_out = true;
  EXPECT_EQ(console.paint(Ink::bad, "x"), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(console.paint(Ink::plain, "x"), "x");
}

TEST(Redraw, AtMostFourASecond) {
  RedrawGate gate;
  const RedrawGate::Time begin{};
  int drawn = 0;
  for (int at_ms = 0; at_ms < 1'000; at_ms += 10) {
    if (gate.pass(begin + std::chrono::milliseconds(at_ms))) ++drawn;
  }
  EXPECT_EQ(drawn, 4);
}

TEST(Redraw, GoesUpOverWhatItDrew) {
  std::ostringstream out;
  LiveBlock block(out);
  block.draw({"one", "two"}, 80, 24);
  EXPECT_EQ(out.str(), "\x1b[Jone\ntwo\n");
  out.str("");
  block.draw({"three"}, 80, 24);
  EXPECT_EQ(out.str(), "\x1b[2A\r\x1b[Jthree\n");
  out.str("");
  block.erase(80);
  EXPECT_EQ(out.str(), "\x1b[1A\r\x1b[J");
}

TEST(Redraw, ANarrowerWindowHasWrappedTheLines) {
  std::ostringstream out;
  LiveBlock block(out);
  block.draw({std::string(50, 'x'), "short"}, 80, 24);
  out.str("");
  block.draw({"again"}, 20, 24);
  EXPECT_EQ(out.str(), "\x1b[4A\r\x1b[Jagain\n") << "50 cells are three rows of 20";
}

TEST(Redraw, NeverHigherOrWiderThanTheWindow) {
  std::ostringstream out;
  LiveBlock block(out);
  block.draw({"1", "2", "3", "4", "5", "6"}, 80, 5);
  EXPECT_EQ(out.str(), "\x1b[J1\n2\n3\n… 3 more lines\n");
  out.str("");
  LiveBlock narrow(out);
  narrow.draw({std::string(100, 'y')}, 30, 24);
  EXPECT_EQ(out.str(), "\x1b[J" + std::string(28, 'y') + "…\n");
}

}  // namespace
}  // namespace breakwater::cli
