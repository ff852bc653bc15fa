// What waits and is no longer wanted: ours is cancelled, by its entry or its task, and nothing of anybody else.
#include <gmock/gmock.h>

#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::cancel_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Verdict = Outcome::Verdict;

constexpr const char* kForeign = "/redfish/v1/TaskService/Tasks/9";

class Cancel : public ConversationTest {
 protected:
  Cancel() { task_ = kTask; }
};

TEST_F(Cancel, cancelling_names_our_entry_and_our_task) {
  stage_image("3.4");
  machine_.on_act = [this](FakeMachine&, const std::string&) { unstage(); };
  EXPECT_EQ(run(Action::cancel).verdict, Verdict::done);
  EXPECT_THAT(machine_.acts, ElementsAre(kCancelOurs));
}

/// Somebody restarted the host before it could be cancelled: it runs what it was not to run any more.
TEST_F(Cancel, an_image_that_a_restart_ran_meanwhile_was_not_cancelled) {
  entry(Slot::running).version = "3.4";
  const Outcome ended = run(Action::cancel);
  EXPECT_EQ(ended.verdict, Verdict::failed) << ended.detail;
  EXPECT_EQ(ended.cause, Cause::ambiguous);
}

// Found by the simulation: services whose task is over once the image waits as a job of its own, and which show no
// entry. The cancel saw nothing of ours and said that it was done; the image ran at the next reboot.
TEST_F(Cancel, a_job_that_appeared_since_our_upload_is_cancelled_as_ours) {
  TaskView over;
  over.uri = kTask;
  over.state = TaskState::succeeded;
  machine_.tasks[kTask] = over;
  TaskView job;
  job.uri = "/redfish/v1/JobService/Jobs/3";
  job.state = TaskState::pending;
  machine_.shown.tasks = {job};
  machine_.on_act = [this](FakeMachine&, const std::string&) { unstage(); };
  EXPECT_EQ(run(Action::cancel).verdict, Verdict::done);
  EXPECT_THAT(machine_.acts, ElementsAre("cancel  /redfish/v1/JobService/Jobs/3"));
}

// Ours was cancelled and gone, and the other one was taken for it: the host was called armed.
TEST_F(Cancel, ours_is_gone_though_a_foreign_task_waits) {
  for (const Action action : {Action::cancel, Action::activate}) {
    machine_.acts.clear();
    show_task(kTask, TaskState::pending);
    show_task(kForeign, TaskState::pending);
    machine_.on_act = [this](FakeMachine&, const std::string&) { hide_task(kTask); };
    const Outcome ended = run(action);
    EXPECT_EQ(ended.verdict, action == Action::cancel ? Verdict::done : Verdict::untouched) << ended.detail;
    EXPECT_THAT(machine_.acts, ElementsAre(std::string("cancel  ") + kTask));
  }
}

// A NIC image that somebody staged for the next restart was cancelled as ours.
TEST_F(Cancel, what_waits_at_a_host_that_runs_our_image_is_of_somebody_else) {
  entry(Slot::running).version = "3.4";
  entry(Slot::previous).version = "3.2";
  show_task(kForeign, TaskState::pending);
  const Outcome by_task = run(Action::roll_back);
  EXPECT_EQ(by_task.verdict, Verdict::untouched) << by_task.detail;
  EXPECT_EQ(by_task.cause, Cause::foreign_task);
  hide_task(kForeign);
  InstalledComponent nic = entry(Slot::previous);
  nic.id = "NIC-Staged";
  nic.uri = "/redfish/v1/UpdateService/FirmwareInventory/NIC-Staged";
  nic.key.software_id = nic.key.name = "NIC";
  nic.slot = Slot::staged;
  machine_.shown.inventory.push_back(nic);
  const Outcome by_entry = run(Action::roll_back);
  EXPECT_EQ(by_entry.verdict, Verdict::untouched) << by_entry.detail;
  EXPECT_EQ(by_entry.cause, Cause::foreign_task);
  EXPECT_THAT(machine_.acts, IsEmpty());
}

/// The process that asked for the cancel died; what waits now was put there since.
TEST_F(Cancel, a_task_that_waits_after_our_cancel_is_not_taken_for_ours) {
  show_task(kForeign, TaskState::pending);
  const Outcome ended = run(Action::cancel, {evidence_of(Evidence::Kind::cancel_asked, std::string(" ") + kTask)});
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, IsEmpty());
}

TEST_F(Cancel, an_inventory_without_the_component_proves_nothing_gone) {
  stage_image("3.4");
  machine_.on_act = [](FakeMachine& machine, const std::string&) {
    machine.shown.inventory.clear();
    machine.shown.tasks.clear();
  };
  const Outcome ended = run(Action::cancel);
  EXPECT_EQ(ended.verdict, Verdict::lost);
  EXPECT_EQ(ended.cause, Cause::armed) << ended.detail;
}

// Its restart was refused, and the entry of the image that waits could not be read. Where the service had named no
// task, nothing was cancelled, and the host was called untouched.
TEST_F(Cancel, an_entry_that_cannot_be_read_may_be_the_image_that_waits) {
  machine_.reset = fault_of(Fault::Kind::http_status, 400, true);
  machine_.before_act = [this](FakeMachine&) { hide_entry(Slot::staged); };
  machine_.on_act = [this](FakeMachine&, const std::string&) { unstage(); };
  for (const char* task : {"", kTask}) {
    task_ = task;
    for (const bool returns : {true, false}) {
      stage_image("3.4");
      machine_.shown.tasks.clear();
      machine_.tasks[kTask].state = TaskState::succeeded;
      machine_.acts.clear();
      int looks = 0;
      machine_.on_look = [&](FakeMachine& machine) {
        if (!machine.shown.unread.empty() && ++looks == 3 && returns) show_entries();
      };
      const Outcome ended = run(Action::activate);
      EXPECT_EQ(ended.cause, returns ? Cause::request_refused : Cause::armed) << ended.detail;
      EXPECT_EQ(machine_.acts.size(), returns ? 1U : 0U);
      show_entries();
      unstage();
    }
  }
}

TEST_F(Cancel, what_others_staged_is_left_alone) {
  stage_image("9.9", TaskState::pending, "/redfish/v1/TaskService/Tasks/9");
  const Outcome ended = run(Action::cancel);
  EXPECT_EQ(ended.verdict, Verdict::lost);
  EXPECT_EQ(ended.cause, Cause::foreign_task) << ended.detail;
  EXPECT_THAT(machine_.acts, IsEmpty());
}

TEST_F(Cancel, a_foreign_task_in_front_does_not_hide_ours) {
  stage_image("3.4");
  TaskView foreign;
  foreign.uri = "/redfish/v1/TaskService/Tasks/1";
  foreign.state = TaskState::pending;
  machine_.shown.tasks.insert(machine_.shown.tasks.begin(), foreign);
  machine_.on_act = [this, foreign](FakeMachine& machine, const std::string&) {
    unstage();
    machine.shown.tasks.push_back(foreign);
  };
  run(Action::cancel);
  EXPECT_THAT(machine_.acts, ElementsAre(kCancelOurs));
}

/// A person's restart runs the image while it is being cancelled: what no longer waits is being written.
TEST_F(Cancel, an_image_that_is_being_written_is_not_gone) {
  stage_image("3.4");
  int written_at = 0;
  machine_.on_act = [&](FakeMachine& machine, const std::string& act) {
    if (act == kCancelOurs) {
      std::erase_if(machine.shown.inventory, [](const auto& one) { return one.slot == Slot::staged; });
      machine.shown.tasks.front().state = TaskState::running;
      written_at = machine.looks + 4;
    }
    if (act == "switch") std::swap(entry(Slot::running).version, entry(Slot::previous).version);
  };
  machine_.on_look = [&](FakeMachine& machine) {
    if (written_at == 0 || machine.looks != written_at) return;
    machine.shown.tasks.clear();
    entry(Slot::previous).version = "3.2";
    entry(Slot::running).version = "3.4";
  };
  const Outcome back = run(Action::roll_back);
  EXPECT_EQ(back.verdict, Verdict::done) << back.detail;
  EXPECT_THAT(machine_.acts, ElementsAre(kCancelOurs, "switch"));
}

TEST_F(Cancel, a_task_that_writes_is_waited_for_before_its_image_is_cancelled) {
  stage_image("3.4", TaskState::running);
  bool written = false;
  machine_.reset = fault_of(Fault::Kind::not_supported);
  machine_.on_look = [&written](FakeMachine& machine) {
    if (machine.looks == 5) {
      machine.shown.tasks.front().state = TaskState::pending;
      written = true;
    }
  };
  machine_.on_act = [this, &written](FakeMachine&, const std::string&) {
    EXPECT_TRUE(written);
    unstage();
  };
  EXPECT_EQ(run(Action::cancel).verdict, Verdict::done);
  EXPECT_THAT(machine_.acts, ElementsAre(kCancelOurs));
}

// Found by the simulation: at the deadline, a task that says it is at work was read again without any rest.
TEST_F(Cancel, a_task_at_work_at_the_deadline_is_not_polled_without_rest) {
  stage_image("3.4");
  machine_.on_act = [](FakeMachine& machine, const std::string&) {
    machine.shown.tasks.front().state = TaskState::running;
    machine.tasks[kTask].state = TaskState::running;
  };
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::lost);
  EXPECT_EQ(ended.cause, Cause::armed) << ended.detail;
}

TEST_F(Cancel, an_activation_out_of_time_does_not_cancel_what_is_being_written) {
  stage_image("3.4");
  int looks_at_reset = 0;
  bool writing = false;
  machine_.on_act = [&](FakeMachine& machine, const std::string& act) {
    if (act == "reset_host") {
      looks_at_reset = machine.looks;
      machine.shown.tasks.front().state = TaskState::running;
      machine.tasks[kTask].state = TaskState::running;
      writing = true;
      return;
    }
    EXPECT_FALSE(writing) << act;
    unstage();
  };
  machine_.on_look = [&](FakeMachine& machine) {
    if (!writing || machine.looks < looks_at_reset + 6) return;
    writing = false;
    machine.shown.tasks.front().state = TaskState::pending;
  };
  const Outcome ended = run(Action::activate);
  EXPECT_NE(ended.verdict, Verdict::done);
  EXPECT_THAT(machine_.acts, ElementsAre("reset_host", kCancelOurs));
}

}  // namespace
}  // namespace breakwater::cancel_test
