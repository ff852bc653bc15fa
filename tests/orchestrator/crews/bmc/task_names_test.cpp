// A receipt may name its task by the URI of its monitor, which no list of tasks shows: both are brought together
// wherever what was sent is looked for among the tasks that wait.
#include <gmock/gmock.h>

#include "orchestrator/crews/bmc/conversation.hpp"
#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::task_names_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using Kind = Evidence::Kind;
using Verdict = Outcome::Verdict;

constexpr const char* kMonitor = "/redfish/v1/TaskService/TaskMonitors/7";
constexpr const char* kOther = "/redfish/v1/TaskService/Tasks/9";

/// Its BMC shows an image that waits as a task, and as nothing else.
class TaskNames : public ConversationTest {
 protected:
  TaskNames() {
    store_image(plan_.images[0]);
    machine_.receipt.monitor_uri = kMonitor;
  }
  /// The monitor's answer names this task; its own URI where it names none.
  void show_monitor(TaskState state, const std::string& names) {
    TaskView view;
    view.uri = names;
    view.state = state;
    machine_.tasks[kMonitor] = view;
  }
  void shows_after_upload(TaskState monitor, const std::string& names) {
    machine_.on_act = [this, monitor, names](FakeMachine&, const std::string& act) {
      if (act != "upload") return;
      show_monitor(monitor, names);
      show_task(kTask, TaskState::pending);
    };
  }
  void waits() {
    show_monitor(TaskState::pending, kTask);
    show_task(kTask, TaskState::pending);
  }
  void runs_after(const std::string& act, const std::string& version) {
    machine_.on_act = [this, act, version](FakeMachine& machine, const std::string& done) {
      if (done == std::string("cancel  ") + kTask) hide_task(kTask);
      if (done != act) return;
      hide_task(kTask);
      entry(Slot::running).version = version;
      machine.shown.host_reset_time = "H1";
    };
  }
  static std::vector<Evidence> sent() {
    return {evidence_of(Kind::sending, "d"), evidence_of(Kind::body_sent, "d"), evidence_of(Kind::task, kMonitor)};
  }
};

// ---- while it is staged

TEST_F(TaskNames, the_task_that_its_monitor_names_is_recorded_as_ours) {
  shows_after_upload(TaskState::pending, kTask);
  const Outcome staged = run(Action::stage);
  EXPECT_EQ(staged.verdict, Verdict::done) << staged.detail;
  EXPECT_THAT(recorded(Kind::task), ElementsAre(kMonitor, kTask));
}

TEST_F(TaskNames, the_only_task_that_appeared_is_that_of_a_monitor_which_names_none) {
  shows_after_upload(TaskState::running, kMonitor);
  const Outcome staged = run(Action::stage);
  EXPECT_EQ(staged.verdict, Verdict::done) << staged.detail;
  EXPECT_THAT(recorded(Kind::task), ElementsAre(kMonitor, kTask));
}

TEST_F(TaskNames, a_task_that_the_monitor_does_not_name_is_not_ours) {
  machine_.on_act = [this](FakeMachine&, const std::string& act) {
    if (act != "upload") return;
    show_monitor(TaskState::running, kTask);
    show_task(kOther, TaskState::pending);
  };
  EXPECT_NE(run(Action::stage).verdict, Verdict::done);
}

TEST_F(TaskNames, of_two_tasks_that_appeared_neither_is_taken_for_that_of_the_monitor) {
  machine_.on_act = [this](FakeMachine&, const std::string& act) {
    if (act != "upload") return;
    show_monitor(TaskState::running, kMonitor);
    show_task(kTask, TaskState::pending);
    show_task(kOther, TaskState::pending);
  };
  EXPECT_NE(run(Action::stage).verdict, Verdict::done);
}

TEST_F(TaskNames, an_upload_that_a_dead_process_left_is_found_by_its_monitor) {
  waits();
  const Outcome staged = run(Action::stage, sent());
  EXPECT_EQ(staged.verdict, Verdict::done) << staged.detail;
  EXPECT_THAT(recorded(Kind::task), ElementsAre(kTask));
}

// ---- evidence of a process that knew the monitor alone

// It was looked at until its deadline, cancelled and called rolled back; in a canary the rollout halted.
TEST_F(TaskNames, a_reset_that_provably_never_left_is_asked_for) {
  task_ = kMonitor;
  waits();
  runs_after("reset_host", "3.4");
  const Outcome ended = run(Action::activate, {evidence_of(Kind::reset_asked, "H0 B0")});
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("reset_host"));
}

// A task that is recorded after the request would mean to the next process that the request was answered.
TEST_F(TaskNames, what_only_has_another_name_is_no_answer_to_a_reset) {
  way_back_is_a_reflash();
  entry(Slot::running).version = "3.4";
  waits();
  std::vector<Evidence> evidence = sent();
  evidence.push_back(evidence_of(Kind::reset_asked, "H0 B0"));
  refuses_ = Kind::reset_asked;  // the second process ends there
  run(Action::roll_back, evidence);
  EXPECT_THAT(recorded(Kind::task), IsEmpty());
}

TEST_F(TaskNames, a_task_of_somebody_else_does_not_prove_that_the_reset_never_left) {
  task_ = kMonitor;
  show_monitor(TaskState::running, kTask);
  show_task(kOther, TaskState::pending);
  run(Action::activate, {evidence_of(Kind::reset_asked, "H0 B0")});
  EXPECT_THAT(machine_.acts, Not(Contains("reset_host")));
}

TEST_F(TaskNames, on_the_way_back_a_reset_that_never_left_is_asked_for_too) {
  way_back_is_a_reflash();
  entry(Slot::running).version = "3.4";
  waits();
  runs_after("reset_host", "3.2");
  std::vector<Evidence> evidence = sent();
  evidence.push_back(evidence_of(Kind::reset_asked, "H0 B0"));
  const Outcome ended = run(Action::roll_back, evidence);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("reset_host"));
}

// That of somebody else was cancelled.
TEST_F(TaskNames, the_task_of_our_monitor_is_cancelled_and_not_the_first_that_waits) {
  task_ = kMonitor;
  show_task(kOther, TaskState::pending);
  waits();
  runs_after("none", "");
  const Outcome ended = run(Action::cancel);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre(std::string("cancel  ") + kTask));
}

TEST_F(TaskNames, beside_a_task_of_somebody_else_ours_is_not_run_and_ours_is_cancelled) {
  task_ = kMonitor;
  show_task(kOther, TaskState::pending);
  waits();
  runs_after("none", "");
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.cause, Cause::foreign_task) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre(std::string("cancel  ") + kTask));
}

// ---- what was started

TEST_F(TaskNames, a_start_that_is_answered_by_a_monitor_was_answered) {
  machine_.ability.stage_on_reset = false;
  machine_.ability.stage_for_start = true;
  task_ = kTask;
  show_task(kTask, TaskState::pending);
  runs_after("start", "3.4");
  EXPECT_EQ(run(Action::activate).verdict, Verdict::done);
  EXPECT_THAT(recorded(Kind::task), ElementsAre(kMonitor));
}

TEST_F(TaskNames, a_bank_switch_that_is_answered_by_a_monitor_was_answered) {
  entry(Slot::running).version = "3.4";
  entry(Slot::previous).version = "3.2";
  runs_after("switch", "3.2");
  EXPECT_EQ(run(Action::roll_back).verdict, Verdict::done);
  EXPECT_THAT(recorded(Kind::task), ElementsAre(kMonitor));
}

}  // namespace
}  // namespace breakwater::task_names_test
