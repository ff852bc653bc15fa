// A withdrawn command begins nothing any more, and what it has begun is brought to where it can be left.
#include <gmock/gmock.h>

#include <future>

#include "tests/orchestrator/crews/bmc/crew_fixture.hpp"

namespace breakwater::withdraw_test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using Kind = Evidence::Kind;
using Verdict = Outcome::Verdict;

class Withdraw : public ConversationTest {
 protected:
  /// The BMC answers nothing, however often it is looked at.
  void falls_silent() {
    machine_.on_look = [](FakeMachine& machine) { machine.weather.push_back(fault_of(Fault::Kind::unreachable)); };
    machine_.weather.push_back(fault_of(Fault::Kind::unreachable));
  }
  void expect_withdrawn(const Outcome& ended) {
    EXPECT_EQ(ended.verdict, Verdict::untouched) << ended.detail;
    EXPECT_EQ(ended.cause, Cause::withdrawn) << ended.detail;
  }
};

TEST_F(Withdraw, a_conversation_that_waits_for_a_silent_bmc_ends) {
  plan_.timeouts.bmc_return = Duration(3'600'000);
  for (const Action action : {Action::prepare, Action::stage, Action::activate, Action::roll_back}) {
    falls_silent();
    withdrawn_at_ = kBegin + Duration(4'000);
    expect_withdrawn(run(action));
    EXPECT_LT(took_, Duration(6'000)) << to_string(action);
    machine_.weather.clear();
  }
  EXPECT_FALSE(machine_.did("reset_host"));
}

/// A login may take as long as a look, and nobody would drop it.
TEST_F(Withdraw, what_comes_between_two_tries_begins_no_further_login) {
  machine_.logins.assign(1'000, fault_of(Fault::Kind::unreachable));
  withdrawn_at_ = kBegin + Duration(4'000);
  auto last = kBegin;
  machine_.on_login = [this, &last](FakeMachine&) { last = hands_->now(); };
  expect_withdrawn(run(Action::prepare));
  EXPECT_GT(machine_.logins_tried, 1);
  EXPECT_LT(last, *withdrawn_at_);
}

/// While its login is recorded nothing is being read that could be dropped; a slow BMC is not read for it after that.
TEST_F(Withdraw, what_comes_within_the_login_ends_before_the_first_look) {
  record_takes_ = Duration(1'000);
  for (const Action action : {Action::prepare, Action::stage, Action::activate, Action::roll_back}) {
    withdrawn_at_ = kBegin + Duration(500);
    expect_withdrawn(run(action));
    EXPECT_EQ(machine_.looks, 0) << to_string(action);
  }
}

/// The reset may have left before its connection was dropped. Nobody withdrew it: what waits may run yet.
TEST_F(Withdraw, a_request_that_may_have_left_is_no_withdrawal) {
  stage_image("3.4");
  task_ = kTask;
  machine_.reset = fault_of(Fault::Kind::cancelled);
  machine_.reset->body_sent = true;
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::lost) << ended.detail;
  EXPECT_EQ(ended.cause, Cause::armed) << ended.detail;
}

/// An abandoned command's evidence is not recorded, and no act follows.
TEST_F(Withdraw, a_conversation_that_was_given_up_ends_at_its_next_act) {
  stage_image("3.4");
  task_ = kTask;
  for (const auto& [action, kind] :
       {std::pair(Action::activate, Kind::reset_asked), std::pair(Action::cancel, Kind::cancel_asked)}) {
    refuses_ = kind;
    expect_withdrawn(run(action));
  }
  EXPECT_FALSE(machine_.did("reset_host"));
  EXPECT_THAT(machine_.acts, Not(Contains(StartsWith("cancel"))));
}

/// It never got as far as a driver.
TEST_F(Withdraw, a_conversation_that_waits_for_our_own_side_ends) {
  for (const Action action : {Action::prepare, Action::stage, Action::activate, Action::roll_back}) {
    unmade_ = 1'000;
    withdrawn_at_ = kBegin + Duration(4'000);
    expect_withdrawn(run(action));
    EXPECT_LT(took_, std::chrono::minutes(2)) << to_string(action);
  }
  EXPECT_THAT(machine_.acts, testing::IsEmpty());
}

/// Its checks run although nothing was sent to it.
TEST_F(Withdraw, the_checks_of_a_current_host_end_while_our_own_side_fails) {
  entry(Slot::running).version = "3.4";
  machine_.on_look = [](FakeMachine& machine) {
    if (machine.looks > 1) machine.weather.assign(1, own_fault("no descriptors are left"));
  };
  withdrawn_at_ = kBegin + Duration(4'000);
  expect_withdrawn(run(Action::prepare));
  EXPECT_GT(machine_.looks, 1);
}

TEST_F(Withdraw, nothing_is_sent_run_or_switched) {
  store_image(plan_.images[0]);
  withdrawn_at_ = kBegin;
  expect_withdrawn(run(Action::stage));
  expect_withdrawn(run(Action::activate, {}, true));
  stage_image("3.4");
  task_ = kTask;
  expect_withdrawn(run(Action::activate));
  EXPECT_THAT(machine_.acts, Not(Contains(StartsWith("cancel")))) << "it goes on waiting";
  unstage();
  entry(Slot::running).version = "3.4";
  entry(Slot::previous).version = "3.2";
  expect_withdrawn(run(Action::roll_back));
  way_back_is_a_reflash();
  expect_withdrawn(run(Action::roll_back));
  for (const char* act : {"upload", "reset_host", "switch"}) {
    EXPECT_THAT(machine_.acts, Not(Contains(StartsWith(act))));
  }
  EXPECT_THAT(recorded(Kind::sending), IsEmpty());
}

/// What its driver reads before a request takes seconds, and a stop comes meanwhile: the record stands, nothing leaves.
TEST_F(Withdraw, a_request_whose_driver_still_reads_what_it_needs_does_not_leave) {
  store_image(plan_.images[0]);
  machine_.before_act = [this](FakeMachine&) { withdrawn_at_ = kBegin; };
  const auto begins = [this](Action action, bool upload = false) {
    withdrawn_at_.reset();
    const Outcome ended = run(action, {}, upload);
    expect_withdrawn(ended);
    EXPECT_THAT(machine_.acts, IsEmpty()) << to_string(action);
  };
  begins(Action::stage);
  begins(Action::activate, true);
  EXPECT_EQ(recorded(Kind::sending).size(), 2U);
  stage_image("3.4");
  task_ = kTask;
  begins(Action::activate);
  EXPECT_EQ(recorded(Kind::reset_asked).size(), 1U);
  unstage();
  entry(Slot::running).version = "3.4";
  entry(Slot::previous).version = "3.2";
  begins(Action::roll_back);
  EXPECT_EQ(recorded(Kind::start_asked).size(), 1U);
  way_back_is_a_reflash();
  begins(Action::roll_back);
}

/// The image from before waits, and its reset is kept back: it is taken back, though a reset was recorded.
TEST_F(Withdraw, a_way_back_whose_reset_is_kept_back_takes_its_image_with_it) {
  way_back_is_a_reflash();
  entry(Slot::running).version = "3.4";
  machine_.on_act = [this](FakeMachine&, const std::string& act) {
    if (act == "upload") {
      stage_image("3.2");
      machine_.before_act = [this](FakeMachine&) { withdrawn_at_ = kBegin; };
    }
    if (act.starts_with("cancel")) unstage();
  };
  machine_.receipt.task_uri = kTask;
  expect_withdrawn(run(Action::roll_back));
  EXPECT_EQ(recorded(Kind::reset_asked).size(), 1U);
  EXPECT_THAT(machine_.acts, Contains(kCancelOurs));
  EXPECT_FALSE(machine_.did("reset_host"));
}

/// The image from before is sent whole when a stop comes: it must not run, nor wait for somebody's restart.
TEST_F(Withdraw, a_way_back_that_was_sent_takes_its_image_with_it) {
  way_back_is_a_reflash();
  entry(Slot::running).version = "3.4";
  machine_.on_act = [this](FakeMachine&, const std::string& act) {
    if (act == "upload") {
      stage_image("3.2");
      withdrawn_at_ = kBegin;
    }
    if (act.starts_with("cancel")) unstage();
  };
  machine_.receipt.task_uri = kTask;
  expect_withdrawn(run(Action::roll_back));
  EXPECT_THAT(machine_.acts, Contains(kCancelOurs));
  EXPECT_FALSE(machine_.did("reset_host"));
}

TEST_F(Withdraw, what_an_earlier_process_sent_is_found_and_not_sent_again) {
  store_image(plan_.images[0]);
  withdrawn_at_ = kBegin;
  expect_withdrawn(run(Action::stage, {evidence_of(Kind::sending, "d")}));
  EXPECT_THAT(machine_.acts, Not(Contains(StartsWith("upload"))));
  stage_image("3.4");
  task_ = kTask;
  EXPECT_EQ(run(Action::stage, {evidence_of(Kind::sending, "d"), evidence_of(Kind::task, kTask)}).verdict,
            Verdict::done);
}

TEST_F(Withdraw, an_activation_that_was_asked_for_is_seen_through) {
  stage_image("3.4");
  task_ = kTask;
  machine_.on_act = [this](FakeMachine& machine, const std::string& act) {
    if (act != "reset_host") return;
    withdrawn_at_ = kBegin;
    unstage();
    entry(Slot::running).version = "3.4";
    machine.shown.host_reset_time = "H1";
  };
  EXPECT_EQ(run(Action::activate).verdict, Verdict::done);
  EXPECT_TRUE(machine_.did("reset_host"));
}

class WithdrawCrew : public CrewTest {};

TEST_F(WithdrawCrew, ends_a_read_that_a_silent_bmc_does_not_answer) {
  std::promise<void> reads;
  machine_.silent = true;
  machine_.on_look = [&reads](FakeMachine&) { reads.set_value(); };
  up();
  const Order stage = order(Action::stage);
  crew().start(stage);
  crew().durable(offered().ticket);
  reads.get_future().wait();
  crew().withdraw(stage.command.id);
  EXPECT_EQ(ended(stage.command.id).cause, Cause::withdrawn);
}

TEST_F(WithdrawCrew, tells_the_conversation) {
  plan_.timeouts.bmc_return = Duration(3'600'000);
  machine_.on_look = [](FakeMachine& machine) { machine.weather.push_back(fault_of(Fault::Kind::unreachable)); };
  machine_.weather.push_back(fault_of(Fault::Kind::unreachable));
  up();
  const Order stage = order(Action::stage);
  crew().start(stage);
  crew().withdraw(stage.command.id);
  EXPECT_EQ(ended(stage.command.id).cause, Cause::withdrawn);
}

}  // namespace
}  // namespace breakwater::withdraw_test
