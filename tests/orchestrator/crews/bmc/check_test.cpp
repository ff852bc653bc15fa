// What a check says at its end is true then: no older reason decides.
#include <gmock/gmock.h>

#include "orchestrator/crews/bmc/conversation.hpp"
#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::check_test {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::Lt;
using Verdict = Outcome::Verdict;

class Check : public ConversationTest {
 protected:
  Check() {
    plan_.checks.health_no_worse = true;
    plan_.checks.stable_for = Duration(5'000);
    plan_.checks.ready_every = Duration(100);
    plan_.timeouts.host_return = Duration(20'000);
    plan_.timeouts.bmc_return = Duration(10'000);
    baseline_.health = Health::ok;
  }
  /// From this moment on, in virtual time, something is so.
  void from(Duration moment, const std::function<void(FakeMachine&)>& it_is_so) {
    turns_.emplace_back(moment, it_is_so);
    machine_.on_look = [this](FakeMachine& machine) {
      for (const auto& [at, turn] : turns_) {
        if (passed() >= at) turn(machine);
      }
    };
  }
  Duration passed() const { return std::chrono::duration_cast<Duration>(machine_.until - kLookMost - kBegin); }
  static void silent(FakeMachine& machine) { machine.weather = {fault_of(Fault::Kind::unreachable)}; }
  static void unreadable(FakeMachine& machine) { machine.weather = {fault_of(Fault::Kind::http_status, 500)}; }
  static void answers(FakeMachine& machine) { machine.weather.clear(); }
  static void ill(FakeMachine& machine) { machine.shown.health = Health::critical; }
  static void well(FakeMachine& machine) { machine.shown.health = Health::ok; }

  static constexpr Duration kLookMost{120'000};

 private:
  std::vector<std::pair<Duration, std::function<void(FakeMachine&)>>> turns_;
};

// A healthy host was quarantined as lost: its first look had met silence, and it was well since.
TEST_F(Check, a_host_that_is_well_at_the_deadline_goes_on_to_the_end_of_its_stable_time) {
  from(Duration(0), &silent);
  from(Duration(22'000), &answers);
  const Outcome ended = run(Action::check);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(took_, AllOf(Ge(Duration(27'000)), Lt(Duration(40'000))));
}

TEST_F(Check, a_host_that_became_well_right_before_the_deadline_is_well) {
  from(Duration(0), &ill);
  from(Duration(23'000), &well);
  EXPECT_EQ(run(Action::check).verdict, Verdict::done);
}

TEST_F(Check, what_is_wrong_at_the_deadline_is_the_reason) {
  from(Duration(0), &silent);
  from(Duration(10'000), &answers);
  from(Duration(10'000), &ill);
  const Outcome ended = run(Action::check);
  EXPECT_EQ(ended.verdict, Verdict::failed);
  EXPECT_EQ(ended.cause, Cause::unhealthy) << ended.detail;
  EXPECT_THAT(took_, AllOf(Ge(Duration(25'000)), Lt(Duration(31'000))));
}

TEST_F(Check, what_turns_bad_after_the_deadline_is_seen_within_the_stable_time) {
  from(Duration(0), &ill);
  from(Duration(23'000), &well);
  from(Duration(26'000), &ill);
  EXPECT_EQ(run(Action::check).cause, Cause::unhealthy);
}

TEST_F(Check, a_bmc_that_falls_silent_at_the_deadline_is_given_its_time_to_return) {
  from(Duration(0), &ill);
  from(Duration(23'000), &silent);
  from(Duration(30'000), &answers);
  from(Duration(30'000), &well);
  EXPECT_EQ(run(Action::check).verdict, Verdict::done);
}

TEST_F(Check, lost_is_a_bmc_that_answers_nothing) {
  from(Duration(0), &silent);
  const Outcome ended = run(Action::check);
  EXPECT_EQ(ended.verdict, Verdict::lost);
  EXPECT_EQ(ended.cause, Cause::lost) << ended.detail;
}

TEST_F(Check, a_bmc_that_answers_and_cannot_be_read_is_not_lost) {
  from(Duration(0), &unreadable);
  const Outcome ended = run(Action::check);
  EXPECT_EQ(ended.verdict, Verdict::failed);
  EXPECT_EQ(ended.cause, Cause::unreadable) << ended.detail;
}

}  // namespace
}  // namespace breakwater::check_test
