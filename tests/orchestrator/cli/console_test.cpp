#include "orchestrator/cli/console.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "orchestrator/cli/redraw.hpp"

namespace breakwater::cli::console_test {
namespace {

TEST(Console, data_and_talk_are_kept_apart) {
  std::ostringstream out;
  std::ostringstream err;
  const Console console(out, err);
  console.error("it broke");
  console.next("breakwater status");
  console.progress("hidden where nobody watches");
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(err.str(), "error: it broke\nnext: breakwater status\n");
}

TEST(Console, the_same_command_is_said_as_it_was_typed) {
  std::ostringstream out;
  std::ostringstream err;
  Console console(out, err);
  console.next("the same --yes");
  console.typed = "breakwater pin 'my fleet'";
  console.next("the same --yes  # once they were compared");
  EXPECT_EQ(err.str(), "next: the same --yes\nnext: breakwater pin 'my fleet' --yes  # once they were compared\n");
}

TEST(Redraw, at_most_four_a_second) {
  RedrawGate gate;
  const RedrawGate::Time begin{};
  int drawn = 0;
  for (int at_ms = 0; at_ms < 1'000; at_ms += 10) {
    if (gate.pass(begin + std::chrono::milliseconds(at_ms))) ++drawn;
  }
  EXPECT_EQ(drawn, 4);
}

TEST(Redraw, goes_up_over_what_it_drew) {
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

TEST(Redraw, a_narrower_window_has_wrapped_the_lines) {
  std::ostringstream out;
  LiveBlock block(out);
  block.draw({std::string(50, 'x'), "short"}, 80, 24);
  out.str("");
  block.draw({"again"}, 20, 24);
  EXPECT_EQ(out.str(), "\x1b[4A\r\x1b[Jagain\n") << "50 cells are three rows of 20";
}

TEST(Redraw, never_higher_or_wider_than_the_window) {
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
}  // namespace breakwater::cli::console_test
