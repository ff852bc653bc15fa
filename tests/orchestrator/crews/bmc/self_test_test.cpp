// What is activated by HPM.1 runs, and is not believed before its self test has spoken; a target that went back by
// itself is not asked to.
#include <gmock/gmock.h>

#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::self_test_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Verdict = Outcome::Verdict;

class SelfTest : public ConversationTest {
 protected:
  SelfTest() {
    machine_.ability.stage_on_reset = false;
    machine_.ability.stage_for_start = true;
    stage_image("3.4", TaskState::pending, kActivation);
    machine_.shown.tasks.clear();
    machine_.tasks.clear();
    machine_.receipt.task_uri = kActivation;
    machine_.on_act = [this](FakeMachine& machine, const std::string& act) {
      if (act != "start") return;
      unstage();
      entry(Slot::running).version = "3.4";
      entry(Slot::previous).version = "3.2";
      machine.tasks[kActivation].uri = kActivation;
      machine.tasks[kActivation].state = TaskState::running;
      machine.tasks[kActivation].self_test_pending = true;
    };
    machine_.on_task = [this](FakeMachine& machine) {
      if (++reads_ == 2) second_read(machine);
    };
  }

  void over(FakeMachine& machine, TaskState state) {
    machine.tasks[kActivation].state = state;
    machine.tasks[kActivation].self_test_pending = false;
  }
  void goes_back_by_itself(FakeMachine& machine) {
    over(machine, TaskState::failed);
    machine.tasks[kActivation].self_test_failed = true;
    machine.tasks[kActivation].message = "self test failed: result 57 01";
    entry(Slot::running).version = "3.2";
    entry(Slot::previous).version = "3.4";
  }
  void is_away(FakeMachine& machine) { machine.weather.assign(3, fault_of(Fault::Kind::unreachable)); }

  static constexpr const char* kActivation = "ipmi:hpm/activate";
  std::function<void(FakeMachine&)> second_read = [](FakeMachine&) {};
  int reads_ = 0;
};

TEST_F(SelfTest, the_new_version_is_not_believed_while_it_tests_itself) {
  second_read = [this](FakeMachine& machine) { over(machine, TaskState::succeeded); };
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_GE(reads_, 2) << "it reported the new version at the first look already";
  EXPECT_THAT(machine_.acts, ElementsAre("start"));
}

TEST_F(SelfTest, a_bmc_that_restarts_in_the_middle_of_it_is_waited_for_and_not_asked_again) {
  second_read = [this](FakeMachine& machine) {
    is_away(machine);
    over(machine, TaskState::succeeded);
  };
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("start"));
  EXPECT_THAT(machine_.weather, IsEmpty());
}

TEST_F(SelfTest, a_target_that_goes_back_by_itself_has_failed) {
  second_read = [this](FakeMachine& machine) {
    is_away(machine);
    goes_back_by_itself(machine);
  };
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::failed);
  EXPECT_EQ(ended.cause, Cause::unhealthy);
  EXPECT_THAT(ended.detail, HasSubstr("self test failed"));
  EXPECT_THAT(machine_.acts, ElementsAre("start"));
}

TEST_F(SelfTest, a_target_that_went_back_by_itself_is_not_switched_again) {
  unstage();
  entry(Slot::previous).version = "3.4";
  const Outcome back = run(Action::roll_back);
  EXPECT_EQ(back.verdict, Verdict::done) << back.detail;
  EXPECT_THAT(machine_.acts, IsEmpty());
}

}  // namespace
}  // namespace breakwater::self_test_test
