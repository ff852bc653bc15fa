// What an answer to a request that acts proves: every rule of the table, and the order in which they decide.
#include "orchestrator/crews/bmc/aftermath.hpp"

#include <gtest/gtest.h>

#include "orchestrator/crews/bmc/contact.hpp"
#include "tests/orchestrator/crews/bmc/fake_bmc.hpp"

namespace breakwater::aftermath_test {
namespace {

using Kind = Fault::Kind;

Fault answered(int http_status, bool body_sent = true) {
  return fault_of(http_status == 503 ? Kind::busy : Kind::http_status, http_status, body_sent);
}

TEST(Aftermath, a_definite_4xx_to_a_request_that_acts_proves_that_nothing_was_done) {
  for (const int status : {400, 401, 403, 404, 405, 409, 411, 412, 413, 415, 422, 423, 428, 429, 431}) {
    EXPECT_EQ(aftermath_of(Asked::act, answered(status)), Aftermath::untouched) << status;
  }
}

TEST(Aftermath, a_408_a_5xx_and_silence_prove_nothing) {
  for (const Asked asked : {Asked::act, Asked::upload}) {
    for (const int status : {408, 500, 501, 502, 503, 504}) {
      EXPECT_EQ(aftermath_of(asked, answered(status)), Aftermath::look_late) << status;
    }
    for (const Kind kind : {Kind::closed_before_reply, Kind::no_progress, Kind::deadline, Kind::malformed_reply,
                            Kind::bound_exceeded, Kind::cancelled, Kind::unauthorized}) {
      EXPECT_EQ(aftermath_of(asked, fault_of(kind, 0, true)), Aftermath::look_late) << to_string(kind);
    }
  }
}

/// A BMC that lacks a right, over IPMI completion code D4, answers: it is not unreachable.
TEST(Aftermath, a_bmc_that_says_that_a_right_is_lacking_refused_and_is_not_called_unreachable) {
  EXPECT_EQ(cause_of_refusal(fault_of(Kind::unauthorized)), Cause::request_refused);
  EXPECT_EQ(cause_of(fault_of(Kind::unauthorized)), Cause::login_refused);
  EXPECT_EQ(cause_of_refusal(fault_of(Kind::connect_timeout)), Cause::unreachable);
}

TEST(Aftermath, a_request_that_did_not_leave_did_nothing) {
  for (const Kind kind : {Kind::closed_before_reply, Kind::connect_timeout, Kind::login_refused, Kind::deadline}) {
    EXPECT_EQ(aftermath_of(Asked::act, fault_of(kind)), Aftermath::untouched) << to_string(kind);
  }
}

TEST(Aftermath, what_is_not_supported_was_not_done_even_where_it_was_asked_for) {
  EXPECT_EQ(aftermath_of(Asked::act, fault_of(Kind::not_supported, 0, true)), Aftermath::untouched);
}

TEST(Aftermath, an_upload_of_which_no_byte_left_did_nothing) {
  for (const Kind kind : {Kind::not_supported, Kind::refused, Kind::login_refused, Kind::http_status}) {
    EXPECT_EQ(aftermath_of(Asked::upload, unsent(fault_of(kind, 0, true))), Aftermath::untouched) << to_string(kind);
  }
}

TEST(Aftermath, no_error_answer_to_an_upload_that_began_is_believed_without_a_look) {
  for (const int status : {400, 403, 409, 412, 413, 415}) {
    EXPECT_EQ(aftermath_of(Asked::upload, answered(status)), Aftermath::look_soon) << status;
    EXPECT_EQ(aftermath_of(Asked::upload, answered(status, false)), Aftermath::look_soon) << status;
  }
  EXPECT_EQ(aftermath_of(Asked::upload, fault_of(Kind::not_supported, 0, true)), Aftermath::look_late);
}

TEST(Aftermath, half_an_image_shows_soon_that_it_is_none) {
  EXPECT_EQ(aftermath_of(Asked::upload, fault_of(Kind::closed_before_reply)), Aftermath::look_soon);
  EXPECT_EQ(aftermath_of(Asked::upload, fault_of(Kind::no_progress)), Aftermath::look_soon);
}

TEST(Aftermath, our_own_no_touches_nothing) {
  for (const Asked asked : {Asked::act, Asked::upload}) {
    EXPECT_EQ(aftermath_of(asked, fault_of(Kind::image_refused, 0, true)), Aftermath::untouched);
  }
}

TEST(Aftermath, every_rule_says_why_and_the_last_one_always_applies) {
  ASSERT_FALSE(aftermath_rules().empty());
  for (const AftermathRule& rule : aftermath_rules()) {
    EXPECT_FALSE(rule.name.empty());
    EXPECT_GT(rule.reason.size(), 20U) << rule.name;
  }
  const AftermathRule& last = aftermath_rules().back();
  EXPECT_TRUE(last.applies(Asked::act, Fault{}) && last.applies(Asked::upload, Fault{}));
  EXPECT_EQ(last.aftermath, Aftermath::look_late);
}

}  // namespace
}  // namespace breakwater::aftermath_test
