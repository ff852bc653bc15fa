#include "drivers/redfish/fault_text.hpp"

#include <gtest/gtest.h>

#include "drivers/login_guard.hpp"

namespace breakwater::redfish::fault_text_test {
namespace {

using namespace std::chrono_literals;

TEST(FaultText, an_error_says_what_its_first_message_says) {
  EXPECT_EQ(error_text(R"({"error":{"code":"Base.1.8.GeneralError","message":"see","@Message.ExtendedInfo":[
        {"MessageId":"IDRAC.2.8.SYS442","Message":"One file at a time."},{"Message":"other"}]}})"),
            "IDRAC.2.8.SYS442: One file at a time.");
  EXPECT_EQ(error_text(R"({"error":{"message":"see"}})"), "see");
  EXPECT_EQ(error_text(R"({"@Message.ExtendedInfo":[{"MessageId":"iLO.2.14.NotSupported"}]})"),
            "iLO.2.14.NotSupported");
  EXPECT_EQ(error_text("<html>"), "");
  EXPECT_EQ(error_text(""), "");
  EXPECT_EQ(error_text("[]"), "");
}

TEST(FaultText, messages_are_known_in_every_registry) {
  const char* const body = R"({"error":{"@Message.ExtendedInfo":[{"MessageId":"Base.1.18.SessionLimitExceeded"}]}})";
  EXPECT_TRUE(names_message(body, "SessionLimitExceeded"));
  EXPECT_FALSE(names_message(body, "LimitExceeded"));
  EXPECT_EQ(status_fault(503, body, "login", "/x").kind, Fault::Kind::sessions_exhausted);
  EXPECT_EQ(status_fault(503, "", "login", "/x").kind, Fault::Kind::busy);
  EXPECT_EQ(status_fault(401, "", "read", "/x").kind, Fault::Kind::unauthorized);
  EXPECT_EQ(status_fault(404, "", "read", "/x").http_status, 404);
}

TEST(FaultText, retry_after_is_seconds_or_a_date_within_bounds) {
  const Instant now = *parse_instant("2026-11-21T10:00:00Z");
  EXPECT_EQ(parse_retry_after("30", now), 30s);
  EXPECT_EQ(parse_retry_after("Sat, 21 Nov 2026 10:00:45 GMT", now), 45s);
  EXPECT_EQ(parse_retry_after("Sat, 21 Nov 2026 09:00:00 GMT", now), 0s);
  EXPECT_EQ(parse_retry_after("999999", now), 1h);
  for (const char* text : {"", "-1", "soon", "1.5", "Sat, 21 Foo 2026 10:00:45 GMT", "Sat, 21 Nov 2026 10:00:45 CET"}) {
    EXPECT_FALSE(parse_retry_after(text, now)) << text;
  }
}

TEST(LoginGuard, three_refusals_an_hour_for_each_address) {
  Instant now{};
  LoginGuard guard([&now] { return now; });
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(guard.may_try("a"));
    guard.refused("a");
    now += 10min;
  }
  EXPECT_FALSE(guard.may_try("a"));
  EXPECT_TRUE(guard.may_try("b"));
  now += 29min;
  EXPECT_FALSE(guard.may_try("a"));
  now += 1min;
  EXPECT_TRUE(guard.may_try("a")) << "the first one is an hour ago";
  guard.refused("a");
  EXPECT_FALSE(guard.may_try("a"));
}

TEST(LoginGuard, refusals_outlive_the_process_that_met_them) {
  Instant now{};
  std::vector<Instant> kept;
  LoginGuard first([&now] { return now; });
  first.keep_with([&kept](const std::string& address, Instant at) {
    EXPECT_EQ(address, "a");
    kept.push_back(at);
  });
  for (int i = 0; i < 3; ++i) {
    first.refused("a");
    now += 1min;
  }
  LoginGuard next([&now] { return now; });
  for (const Instant at : kept) next.restore("a", at);
  EXPECT_FALSE(next.may_try("a"));
  now += 57min;
  EXPECT_TRUE(next.may_try("a"));
}

}  // namespace
}  // namespace breakwater::redfish::fault_text_test
