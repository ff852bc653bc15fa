// What a conversation waits out, and what it does not: refused requests, refused logins, a machine that is another one.
#include <gmock/gmock.h>

#include "orchestrator/crews/bmc/conversation.hpp"
#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::weather_test {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::Lt;
using Kind = Evidence::Kind;
using Verdict = Outcome::Verdict;

std::deque<Fault> weather() {
  return {fault_of(Fault::Kind::http_status, 500), fault_of(Fault::Kind::http_status, 502),
          fault_of(Fault::Kind::http_status, 504), fault_of(Fault::Kind::http_status, 404),
          fault_of(Fault::Kind::deadline),         fault_of(Fault::Kind::name_not_resolved),
          fault_of(Fault::Kind::not_supported),    fault_of(Fault::Kind::foreign_link)};
}

class Weather : public ConversationTest {
 protected:
  Weather() {
    task_ = kTask;
    plan_.timeouts.host_return = Duration(5'000);
    plan_.timeouts.task = Duration(5'000);
    plan_.timeouts.bmc_return = Duration(5'000);
  }
};

TEST_F(Weather, after_a_reset_it_is_waited_out) {
  stage_image("3.4");
  runs_after("reset_host", "3.4");
  const auto obeys = machine_.on_act;
  machine_.on_act = [obeys](FakeMachine& machine, const std::string& act) {
    obeys(machine, act);
    machine.weather = weather();
  };
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
}

TEST_F(Weather, while_the_checks_are_read_it_is_waited_out) {
  machine_.weather = weather();
  const Outcome ended = run(Action::check);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
}

TEST_F(Weather, while_an_image_is_looked_for_it_is_waited_out) {
  stage_image("3.4");
  machine_.weather = weather();
  const Outcome ended = run(Action::stage, {evidence_of(Kind::sending, "d"), evidence_of(Kind::task, kTask)});
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
}

TEST_F(Weather, another_machine_at_the_address_is_none) {
  machine_.shown.identity.serial = "LAB-N2";
  const Outcome ended = run(Action::check);
  EXPECT_EQ(ended.verdict, Verdict::lost);
  EXPECT_EQ(ended.cause, Cause::identity_mismatch);
  EXPECT_EQ(machine_.looks, 1);
}

TEST_F(Weather, at_first_contact_a_name_that_is_not_known_turns_the_host_away) {
  machine_.weather = {fault_of(Fault::Kind::name_not_resolved)};
  const Outcome ended = run(Action::prepare);
  EXPECT_EQ(ended.verdict, Verdict::untouched);
  EXPECT_EQ(machine_.looks, 1);
}

TEST_F(Weather, a_refused_login_is_tried_again_when_it_may_be) {
  Fault refused = fault_of(Fault::Kind::login_refused, 401);
  refused.retry_after = Duration(700);
  machine_.logins = {refused};
  const Outcome ended = run(Action::check);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_EQ(machine_.logins_tried, 2);
  EXPECT_THAT(took_, Ge(Duration(700)));
}

TEST_F(Weather, the_last_login_is_kept_for_the_end_of_the_step) {
  plan_.timeouts.host_return = Duration(600);
  Fault refused = fault_of(Fault::Kind::login_refused, 401);
  refused.retry_after = Duration(3'600'000);
  machine_.logins = {refused, refused, refused};
  const Outcome ended = run(Action::check);
  EXPECT_EQ(ended.verdict, Verdict::lost);
  EXPECT_EQ(machine_.logins_tried, 2);
  EXPECT_THAT(took_, AllOf(Ge(Duration(600)), Lt(Duration(5'000))));
}

TEST_F(Weather, a_password_that_must_not_be_tried_any_more_ends_the_step) {
  machine_.logins = {fault_of(Fault::Kind::logins_exhausted)};
  const Outcome ended = run(Action::check);
  EXPECT_EQ(ended.verdict, Verdict::lost);
  EXPECT_EQ(ended.cause, Cause::login_refused);
  EXPECT_EQ(machine_.logins_tried, 1);
}

}  // namespace
}  // namespace breakwater::weather_test
