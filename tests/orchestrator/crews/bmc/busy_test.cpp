// A BMC that is busy and says that it has begun nothing is looked at and asked again, within limits: one such answer
// quarantines nobody.
#include <gmock/gmock.h>

#include <set>

#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::busy_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = Evidence::Kind;
using Verdict = Outcome::Verdict;

/// As the IPMI driver tells of the completion code C0.
Fault busy() {
  Fault fault = fault_of(Fault::Kind::busy);
  fault.message = "busy (completion code 0xc0)";
  fault.asks_again = true;
  return fault;
}

class Busy : public ConversationTest {
 protected:
  Busy() { plan_.timeouts.bmc_return = std::chrono::seconds(60); }
  void is_busy(int times) { machine_.refusals.assign(static_cast<std::size_t>(times), busy()); }
  void runs_new() { entry(Slot::running).version = "3.4"; }
  void other_bank_holds_old() { entry(Slot::previous).version = "3.2"; }
};

TEST_F(Busy, a_bank_switch_is_asked_for_again_after_a_look) {
  runs_new();
  other_bank_holds_old();
  is_busy(3);
  runs_after("switch", "3.2");
  std::vector<int> asked_at;
  machine_.before_act = [&](FakeMachine& machine) { asked_at.push_back(machine.looks); };
  const Outcome ended = run(Action::roll_back);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("switch"));
  EXPECT_THAT(recorded(Kind::start_asked), testing::SizeIs(4)) << "each is durable before it leaves";
  EXPECT_EQ(std::set<int>(asked_at.begin(), asked_at.end()).size(), 4U) << "a look before each";
}

TEST_F(Busy, what_a_look_finds_done_is_not_asked_for_again) {
  runs_new();
  other_bank_holds_old();
  is_busy(100);
  machine_.on_look = [this](FakeMachine& machine) {
    if (machine.looks == 3) entry(Slot::running).version = "3.2";
  };
  const Outcome ended = run(Action::roll_back);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, IsEmpty());
}

TEST_F(Busy, what_somebody_else_began_meanwhile_is_not_switched_away_from) {
  runs_new();
  other_bank_holds_old();
  is_busy(100);
  machine_.on_look = [this](FakeMachine& machine) {
    if (machine.looks == 3) show_task("/redfish/v1/TaskService/Tasks/9", TaskState::pending);
  };
  const Outcome ended = run(Action::roll_back);
  EXPECT_EQ(ended.cause, Cause::foreign_task) << ended.detail;
  EXPECT_THAT(machine_.acts, IsEmpty());
}

TEST_F(Busy, a_bmc_that_stays_busy_was_not_touched_and_its_words_are_told) {
  runs_new();
  other_bank_holds_old();
  is_busy(1000);
  well_ = true;
  const Outcome ended = run(Action::roll_back);
  EXPECT_EQ(ended.verdict, Verdict::untouched) << "the host stays updated, and the rest waits for a word";
  EXPECT_EQ(ended.cause, Cause::request_refused);
  EXPECT_THAT(ended.detail, HasSubstr("completion code 0xc0"));
  EXPECT_GE(took_, std::chrono::seconds(60));
  EXPECT_LT(took_, std::chrono::seconds(120)) << "within limits";
}

TEST_F(Busy, a_stop_ends_the_asking) {
  runs_new();
  other_bank_holds_old();
  is_busy(1000);
  withdrawn_at_ = kBegin + std::chrono::seconds(20);
  const Outcome ended = run(Action::roll_back);
  EXPECT_EQ(ended.cause, Cause::withdrawn) << ended.detail;
  EXPECT_LE(took_, std::chrono::seconds(22));
}

TEST_F(Busy, a_staged_image_is_run_once_the_bmc_is_free) {
  stage_image("3.4");
  task_ = kTask;
  is_busy(2);
  machine_.on_act = [this](FakeMachine& machine, const std::string&) {
    unstage();
    runs_new();
    machine.shown.host_reset_time = "H1";
  };
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("reset_host"));
}

TEST_F(Busy, a_cancel_is_asked_for_again) {
  stage_image("3.4");
  task_ = kTask;
  is_busy(2);
  machine_.on_act = [this](FakeMachine&, const std::string&) { unstage(); };
  const Outcome ended = run(Action::cancel);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre(kCancelOurs));
}

TEST_F(Busy, a_refusal_that_does_not_ask_for_it_is_not_repeated) {
  runs_new();
  other_bank_holds_old();
  Fault refused = busy();
  refused.asks_again = false;
  machine_.refusals.push_back(refused);
  runs_after("switch", "3.2");
  const Outcome ended = run(Action::roll_back);
  EXPECT_EQ(ended.verdict, Verdict::untouched) << ended.detail;
  EXPECT_THAT(machine_.acts, IsEmpty());
}

}  // namespace
}  // namespace breakwater::busy_test
