#include "orchestrator/cli/outlet.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <sstream>

namespace breakwater::cli::outlet_test {
namespace {

class OutletTest : public testing::Test {
 protected:
  OutletTest() : console_(out_, err_) {
    if (pipe(ends_.data()) != 0) throw std::runtime_error("no pipe");
    console_.out_descriptor = console_.err_descriptor = ends_[1];
  }
  ~OutletTest() override {
    close_reader();
    if (ends_[1] >= 0) close(ends_[1]);
  }
  void close_reader() {
    if (ends_[0] >= 0) close(std::exchange(ends_[0], -1));
  }
  void begin() {
    outlet_.emplace(console_, [](std::size_t messages) { return "[" + std::to_string(messages) + " missed]\n"; });
  }
  /// Reads until `wanted` bytes came, or for a minute nothing did.
  std::string read_some(std::size_t wanted) {
    std::string text;
    std::array<char, 4096> piece{};
    pollfd news{ends_[0], POLLIN, 0};
    while (text.size() < wanted && poll(&news, 1, 60'000) == 1) {
      const ssize_t size = read(ends_[0], piece.data(), piece.size());
      if (size <= 0) break;
      text.append(piece.data(), static_cast<std::size_t>(size));
    }
    return text;
  }

  std::array<int, 2> ends_{-1, -1};
  std::ostringstream out_;
  std::ostringstream err_;
  Console console_;
  std::optional<Outlet> outlet_;
};

TEST_F(OutletTest, both_streams_come_in_the_order_in_which_they_were_said) {
  begin();
  console_.out << "one\n" << std::flush;
  console_.note("two");
  console_.out << "three"
               << " and a half\n"
               << std::flush;
  outlet_->end();
  console_.out << "afterwards";
  EXPECT_EQ(read_some(24), "one\ntwo\nthree and a half\n");
  EXPECT_EQ(out_.str(), "afterwards");
}

TEST_F(OutletTest, nobody_waits_for_a_reader_who_does_not_read) {
  begin();
  const std::string line(1'000, 'x');
  for (int i = 0; i < 10'000; ++i) console_.out << line << '\n' << std::flush;  // 10 MB
  EXPECT_TRUE(outlet_->behind());
  // Now somebody reads: what found room comes whole, and the gap is told before what comes next.
  std::string text = read_some(4'000'000);
  EXPECT_EQ(text.find("missed"), std::string::npos);
  console_.out << "the next one\n" << std::flush;
  while (text.find("the next one\n") == std::string::npos) {
    const std::string more = read_some(1);
    ASSERT_FALSE(more.empty());
    text += more;
  }
  const std::size_t gap = text.find(" missed]\n");
  ASSERT_NE(gap, std::string::npos);
  const std::size_t begin_of_gap = text.rfind('[', gap);
  const int missed = std::stoi(text.substr(begin_of_gap + 1));
  EXPECT_EQ(begin_of_gap, static_cast<std::size_t>(10'000 - missed) * 1'001);
  EXPECT_EQ(text.substr(gap), " missed]\nthe next one\n");
}

TEST_F(OutletTest, its_end_does_not_wait_for_ever) {
  begin();
  console_.out << std::string(100'000, 'x') << std::flush;
  outlet_->end();
  EXPECT_EQ(console_.out.rdbuf(), out_.rdbuf());
}

TEST_F(OutletTest, a_reader_who_is_gone_holds_up_nobody) {
  signal(SIGPIPE, SIG_IGN);
  begin();
  close_reader();
  for (int i = 0; i < 100; ++i) console_.out << std::string(100'000, 'x') << std::flush;
  outlet_->end();
  EXPECT_FALSE(outlet_->behind());
}

}  // namespace
}  // namespace breakwater::cli::outlet_test
