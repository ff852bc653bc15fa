// How long a refused login is left alone, and which faults a restarting BMC shows.
#include <gtest/gtest.h>

#include "drivers/fault.hpp"
#include "drivers/login_guard.hpp"

namespace breakwater::login_pause_test {
namespace {

using namespace std::chrono_literals;

class LoginPause : public testing::Test {
 protected:
  Instant now_{1h};
  LoginGuard guard_{[this] { return now_; }};
};

TEST_F(LoginPause, keeps_the_last_login_for_when_another_one_is_allowed_again) {
  guard_.refused("a");
  EXPECT_EQ(guard_.pause("a"), 20s);
  now_ += 10min;
  guard_.refused("a");
  EXPECT_EQ(guard_.pause("a"), 50min) << "the first refusal is forgotten then";
  now_ += 49min;
  EXPECT_EQ(guard_.pause("a"), 1min);
  now_ += 1min;
  EXPECT_EQ(guard_.pause("a"), 20s) << "one refusal is left in the hour";
  EXPECT_EQ(guard_.pause("b"), 20s) << "another BMC has a count of its own";
}

TEST_F(LoginPause, three_within_the_hour_are_all_to_the_millisecond) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(guard_.may_try("a")) << i;
    guard_.refused("a");
  }
  now_ += 1h - 1ms;
  EXPECT_FALSE(guard_.may_try("a"));
  now_ += 1ms;
  EXPECT_TRUE(guard_.may_try("a"));
}

TEST_F(LoginPause, what_an_earlier_process_met_counts_and_is_not_kept_again) {
  int kept = 0;
  guard_.keep_with([&kept](const std::string&, Instant) { ++kept; });
  guard_.restore("a", now_ - 30min);
  guard_.restore("a", now_ - 10min);
  EXPECT_EQ(guard_.pause("a"), 30min);
  EXPECT_EQ(kept, 0);
  guard_.refused("a");
  EXPECT_EQ(kept, 1);
  EXPECT_FALSE(guard_.may_try("a"));
}

TEST_F(LoginPause, says_until_when_no_login_is_tried_and_what_keeps_the_refusals) {
  for (int i = 0; i < 3; ++i) {
    guard_.refused("a");
    now_ += 10min;
  }
  EXPECT_EQ(guard_.why_not("a"),
            "3 logins were refused within the last hour, and more could lock the account: no login is tried for 30m");
  guard_.keep_with([](const std::string&, Instant) {}, "STATE/logins");
  EXPECT_EQ(
      guard_.why_not("a"),
      "3 logins were refused within the last hour, and more could lock the account: no login is tried for 30m, "
      "until 1970-01-01T02:00:00.000Z; STATE/logins keeps them: once the password is right, the lines of a may be "
      "removed there");
}

/// A fault that says that we are not trusted, not known or not understood never passes by waiting for it.
TEST(Fault, only_what_a_restart_can_cause_is_waited_out) {
  using Kind = Fault::Kind;
  for (const Kind kind : {Kind::refused, Kind::unreachable, Kind::connect_timeout, Kind::closed_before_reply,
                          Kind::busy, Kind::sessions_exhausted, Kind::unauthorized}) {
    EXPECT_TRUE(is_transient(kind)) << to_string(kind);
  }
  for (const Kind kind : {Kind::login_refused, Kind::logins_exhausted, Kind::tls_pin_mismatch, Kind::tls_untrusted,
                          Kind::wrong_identity, Kind::foreign_link, Kind::bound_exceeded, Kind::cancelled,
                          Kind::deadline, Kind::image_refused, Kind::own_side}) {
    EXPECT_FALSE(is_transient(kind)) << to_string(kind);
  }
}

}  // namespace
}  // namespace breakwater::login_pause_test
