// How often, and for how long, something is read before it is believed: one look alone decides nothing.
#include <gmock/gmock.h>

#include "orchestrator/crews/bmc/conversation.hpp"
#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::belief_test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using Kind = Evidence::Kind;
using Verdict = Outcome::Verdict;

class Belief : public ConversationTest {
 protected:
  Belief() { task_ = kTask; }
  /// The n-th look from now on finds it changed; the first is 1.
  void at_look(int number, const std::function<void()>& changed) {
    machine_.on_look = [this, number, changed](FakeMachine&) {
      if (++seen_ == number) changed();
    };
  }
  void came_up_with(const std::string& version) {
    unstage();
    entry(Slot::running).version = version;
    machine_.shown.host_reset_time = "H1";
  }
  void falls_silent_at(int number) {
    machine_.on_look = [this, number](FakeMachine& machine) {
      if (++seen_ >= number) machine.weather = {fault_of(Fault::Kind::unreachable)};
    };
  }

 private:
  int seen_ = 0;
};

/// A process died right after it had asked for a reset. Its BMC shows that reset a little late.
TEST_F(Belief, a_reset_that_shows_late_is_not_asked_for_once_more) {
  stage_image("3.4");
  at_look(3, [this] { came_up_with("3.4"); });
  const Outcome ended = run(Action::activate, {evidence_of(Kind::reset_asked, "H0 B0")});
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, IsEmpty());
}

TEST_F(Belief, a_version_that_shows_late_after_its_task_failed_is_read_again) {
  stage_image("3.4");
  machine_.on_act = [this](FakeMachine&, const std::string& act) {
    if (act != "reset_host") return;
    came_up_with("3.2");
    show_task(kTask, TaskState::failed);
    at_look(2, [this] { entry(Slot::running).version = "3.4"; });
  };
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
}

TEST_F(Belief, the_old_version_right_after_a_restart_is_not_the_end) {
  plan_.checks.stable_for = Duration(5'000);
  plan_.timeouts.task = plan_.timeouts.host_return = Duration(60'000);
  stage_image("3.4");
  machine_.on_act = [this](FakeMachine&, const std::string& act) {
    if (act != "reset_host") return;
    came_up_with("3.2");
    show_task(kTask, TaskState::succeeded);
    at_look(5, [this] { entry(Slot::running).version = "3.4"; });
  };
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
}

TEST_F(Belief, checks_hold_on_as_many_reads_as_the_policy_asks_for_however_short_their_time) {
  touched_ = 1;
  plan_.checks.stable_for = Duration(0);
  plan_.checks.ready_reads = 3;
  entry(Slot::running).version = "3.4";
  EXPECT_EQ(run(Action::check).verdict, Verdict::done);
  EXPECT_GE(machine_.looks, 3);
}

TEST_F(Belief, an_image_that_waits_at_a_bmc_that_answers_nothing_is_armed) {
  stage_image("3.4");
  falls_silent_at(1);
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.cause, Cause::armed) << ended.detail;
  EXPECT_THAT(machine_.acts, Not(Contains("reset_host")));
}

TEST_F(Belief, an_image_that_waits_at_a_bmc_that_falls_silent_before_the_reset_is_armed) {
  stage_image("3.4");
  falls_silent_at(2);
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.cause, Cause::armed) << ended.detail;
  EXPECT_THAT(machine_.acts, Not(Contains("reset_host")));
}

}  // namespace
}  // namespace breakwater::belief_test
