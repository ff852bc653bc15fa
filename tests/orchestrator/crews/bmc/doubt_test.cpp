// An image that the BMC has is never taken for gone, however little the BMC shows of it; and what provably was not done
// is said at once.
#include <gmock/gmock.h>

#include "orchestrator/crews/bmc/conversation.hpp"
#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::doubt_test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;
using testing::Not;
using Kind = Evidence::Kind;
using Verdict = Outcome::Verdict;

constexpr const char* kJob = "/redfish/v1/TaskService/Tasks/JID_3";
constexpr const char* kOther = "/redfish/v1/TaskService/Tasks/9";
constexpr Duration kWrites = std::chrono::seconds(60);  ///< at the most

class Doubt : public ConversationTest {
 protected:
  Doubt() {
    store_image(plan_.images[0]);
    plan_.timeouts.task = kWrites;
    plan_.timeouts.no_progress = std::chrono::seconds(20);
  }
  static Fault lost_reply() { return fault_of(Fault::Kind::closed_before_reply, 0, true); }
  static Fault answered(int status) { return fault_of(Fault::Kind::http_status, status, true); }
  static std::vector<Evidence> sent() { return {evidence_of(Kind::sending, "d")}; }
  /// A BMC that shows nothing of an upload but this task.
  void takes_it_as(const std::string& task) {
    machine_.on_act = [this, task](FakeMachine&, const std::string& act) {
      if (act == "upload") show_task(task, TaskState::pending);
      if (act.starts_with("cancel")) hide_task(task);
      if (act == "reset_host") runs("3.4", task);
    };
  }
  void runs(const std::string& version, const std::string& task) {
    hide_task(task);
    entry(Slot::running).version = version;
    machine_.shown.host_reset_time = "H1";
  }
};

// ---- the reply is lost, or an error, and the image is there

// It was rolled back with the image waiting; the next reboot by anybody ran it.
TEST_F(Doubt, a_task_that_appears_after_a_lost_reply_is_recorded_as_ours_and_run) {
  machine_.upload = lost_reply();
  takes_it_as(kOther);
  const Outcome staged = run(Action::stage);
  EXPECT_EQ(staged.verdict, Verdict::done) << staged.detail;
  EXPECT_THAT(recorded(Kind::task), ElementsAre(kOther));
  task_ = kOther;
  const Outcome ran = run(Action::activate);
  EXPECT_EQ(ran.verdict, Verdict::done) << ran.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("upload", "reset_host"));
}

TEST_F(Doubt, a_task_that_appears_late_after_a_400_is_ours_all_the_same) {
  machine_.upload = answered(400);
  machine_.on_look = [this](FakeMachine& machine) {
    if (machine.did("upload") && machine.looks == 4) show_task(kOther, TaskState::pending);
  };
  const Outcome staged = run(Action::stage);
  EXPECT_EQ(staged.verdict, Verdict::done) << staged.detail;
  EXPECT_THAT(recorded(Kind::task), ElementsAre(kOther));
}

TEST_F(Doubt, the_way_back_takes_a_task_that_appears_for_its_own_and_runs_it) {
  way_back_is_a_reflash();
  entry(Slot::running).version = "3.4";
  machine_.upload = lost_reply();
  machine_.on_act = [this](FakeMachine&, const std::string& act) {
    if (act == "upload") show_task(kOther, TaskState::pending);
    if (act == "reset_host") runs("3.2", kOther);
  };
  const Outcome back = run(Action::roll_back);
  EXPECT_EQ(back.verdict, Verdict::done) << back.detail;
  EXPECT_THAT(recorded(Kind::task), ElementsAre(kOther));
  EXPECT_THAT(machine_.acts, ElementsAre("upload", "reset_host"));
}

TEST_F(Doubt, a_job_apart_from_the_task_is_recorded_too) {
  machine_.receipt.task_uri = kTask;
  machine_.on_act = [this](FakeMachine&, const std::string& act) {
    if (act != "upload") return;
    show_task(kTask, TaskState::succeeded);
    show_task(kJob, TaskState::pending);
  };
  EXPECT_EQ(run(Action::stage).verdict, Verdict::done);
  EXPECT_THAT(recorded(Kind::task), ElementsAre(kTask, kJob));
}

TEST_F(Doubt, an_upload_that_flashes_by_itself_is_followed_by_the_task_that_appeared) {
  machine_.ability.stage_on_reset = false;
  machine_.upload = lost_reply();
  machine_.on_act = [this](FakeMachine&, const std::string& act) {
    if (act == "upload") show_task(kOther, TaskState::running);
  };
  machine_.on_look = [this](FakeMachine& machine) {
    if (machine.looks == 6) runs("3.4", kOther);
  };
  EXPECT_EQ(run(Action::activate, {}, true).verdict, Verdict::done);
  EXPECT_THAT(recorded(Kind::task), ElementsAre(kOther));
}

// ---- what proves that nothing arrived

// With default attempts the host ended as refused, "nothing arrived", and the next reset ran the image.
TEST_F(Doubt, an_empty_slot_proves_nothing_while_the_bmc_may_still_be_writing) {
  machine_.receipt.task_uri = kTask;
  machine_.on_look = [this](FakeMachine& machine) {
    if (machine.looks == 12) stage_image("3.4");
  };
  const Outcome staged = run(Action::stage);
  EXPECT_EQ(staged.verdict, Verdict::done) << staged.detail;
  EXPECT_THAT(took_, Ge(Duration(1'000)));
}

// It was sent again, and then called refused while the first one waited.
TEST_F(Doubt, an_image_that_was_taken_is_never_said_not_to_have_arrived_because_its_task_is_forgotten) {
  machine_.receipt.task_uri = kTask;
  const Outcome ended = run(Action::stage);
  EXPECT_EQ(ended.verdict, Verdict::lost) << ended.detail;
  EXPECT_EQ(ended.cause, Cause::armed);
  machine_.acts.clear();
  std::vector<Evidence> evidence = sent();
  evidence.push_back(evidence_of(Kind::body_sent, "d"));
  evidence.push_back(evidence_of(Kind::task, kTask));
  EXPECT_EQ(run(Action::stage, evidence).cause, Cause::armed);
  EXPECT_THAT(machine_.acts, IsEmpty());
}

// Found by the simulation: it was called rolled back while it was being written.
TEST_F(Doubt, a_flash_whose_task_a_restarting_bmc_forgot_may_still_be_going_on) {
  machine_.ability.stage_on_reset = false;
  machine_.receipt.task_uri = kTask;
  machine_.on_act = [](FakeMachine& machine, const std::string& act) {
    if (act == "upload") machine.shown.bmc_reset_time = "B1";
  };
  machine_.on_look = [this](FakeMachine& machine) {
    if (machine.looks == 10) entry(Slot::running).version = "3.4";
  };
  const Outcome ended = run(Action::activate, {}, true);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("upload"));
}

TEST_F(Doubt, after_its_longest_time_to_write_the_old_version_is_believed_without_a_task) {
  machine_.ability.stage_on_reset = false;
  machine_.receipt.task_uri = kTask;
  machine_.on_act = [](FakeMachine& machine, const std::string& act) {
    if (act == "upload") machine.shown.bmc_reset_time = "B1";
  };
  const Outcome ended = run(Action::activate, {}, true);
  EXPECT_EQ(ended.verdict, Verdict::untouched) << ended.detail;
  EXPECT_EQ(ended.cause, Cause::failed_back);
  EXPECT_THAT(took_, AllOf(Ge(kWrites), Lt(kWrites + std::chrono::seconds(10))));
}

// The refused restart took place; the host was called refused, with the new version on it.
TEST_F(Doubt, a_reset_that_was_refused_and_took_place_is_not_called_untouched) {
  stage_image("3.4");
  machine_.shown.tasks.clear();  // its service names none
  machine_.reset = answered(400);
  machine_.on_look = [this](FakeMachine&) {
    if (recorded(Kind::reset_asked).empty()) return;
    unstage();
    entry(Slot::running).version = "3.4";
  };
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::failed) << ended.detail;
}

TEST_F(Doubt, after_a_lost_reply_or_a_5xx_nothing_arrived_once_it_would_have_been_written) {
  for (const Fault& fault : {lost_reply(), answered(500), answered(408)}) {
    machine_.upload = fault;
    const Outcome ended = run(Action::stage);
    EXPECT_EQ(ended.verdict, Verdict::untouched) << ended.detail;
    EXPECT_EQ(ended.cause, Cause::upload_failed);
    EXPECT_THAT(took_, AllOf(Ge(kWrites), Lt(kWrites + std::chrono::seconds(30))));
  }
}

TEST_F(Doubt, what_the_release_says_of_its_longest_time_bounds_the_doubt) {
  plan_.components[0].most = std::chrono::seconds(25);
  machine_.upload = lost_reply();
  EXPECT_EQ(run(Action::stage).verdict, Verdict::untouched);
  EXPECT_THAT(took_, AllOf(Ge(Duration(25'000)), Lt(Duration(40'000))));
}

TEST_F(Doubt, after_a_definite_4xx_two_looks_some_seconds_apart_prove_it) {
  machine_.upload = answered(400);
  const Outcome ended = run(Action::stage);
  EXPECT_EQ(ended.verdict, Verdict::untouched);
  EXPECT_EQ(ended.cause, Cause::upload_failed) << ended.detail;
  EXPECT_THAT(took_, AllOf(Ge(kProofApart), Lt(2 * kProofApart)));
}

// It ended as refused, or with an image that may wait, by which of its looks took longer.
TEST_F(Doubt, the_second_look_comes_late_enough_though_the_first_one_took_its_time) {
  machine_.upload = answered(400);
  plan_.timeouts.task = Duration(1'000);
  const Duration slow(800);
  bool first = true;
  machine_.on_look = [&](FakeMachine& machine) {
    if (machine.did("upload") && std::exchange(first, false)) takes(slow);
  };
  const Outcome ended = run(Action::stage);
  EXPECT_EQ(ended.verdict, Verdict::untouched);
  EXPECT_EQ(ended.cause, Cause::upload_failed) << ended.detail;
  EXPECT_THAT(took_, AllOf(Ge(kProofApart + slow), Lt(2 * kProofApart)));
}

// The proof has a bound: one look that shows something ends it.
TEST_F(Doubt, what_is_seen_again_after_the_deadline_is_not_waited_for_any_longer) {
  machine_.upload = answered(400);
  plan_.timeouts.task = Duration(1'000);
  machine_.on_look = [this](FakeMachine& machine) {
    if (!machine.did("upload")) return;
    const Duration since = std::chrono::duration_cast<Duration>(hands_->now() - kBegin);
    hide_task(kOther);
    const bool seen = since < kProofApart - Duration(600) || since > kProofApart + Duration(600);
    TaskView strange;
    strange.uri = kOther;
    if (seen) machine.shown.tasks = {strange};
  };
  EXPECT_EQ(run(Action::stage).cause, Cause::armed);
  EXPECT_THAT(took_, Lt(2 * kProofApart + Duration(1'000)));
}

TEST_F(Doubt, a_refused_upload_that_would_have_flashed_by_itself_is_told_the_same_way) {
  machine_.ability.stage_on_reset = false;
  machine_.upload = answered(400);
  const Outcome ended = run(Action::activate, {}, true);
  EXPECT_EQ(ended.verdict, Verdict::untouched) << ended.detail;
  EXPECT_EQ(ended.cause, Cause::upload_failed);
  EXPECT_THAT(took_, AllOf(Ge(kProofApart), Lt(2 * kProofApart)));
}

TEST_F(Doubt, a_task_of_a_state_that_nobody_knows_is_not_nothing) {
  machine_.upload = answered(400);
  TaskView strange;
  strange.uri = kOther;
  machine_.on_act = [strange](FakeMachine& machine, const std::string&) { machine.shown.tasks = {strange}; };
  EXPECT_NE(run(Action::stage).verdict, Verdict::untouched);
}

// ---- what was written and does not run

TEST_F(Doubt, a_staging_that_is_out_of_time_is_cancelled_and_proved_gone) {
  machine_.receipt.task_uri = kTask;
  int stuck_looks = 0;
  machine_.on_act = [this](FakeMachine&, const std::string& act) {
    if (act == "upload") show_task(kTask, TaskState::running);
    if (act.starts_with("cancel")) hide_task(kTask);
  };
  machine_.on_look = [&](FakeMachine& machine) {
    if (machine.did("upload") && ++stuck_looks == 12) show_task(kTask, TaskState::pending);
  };
  machine_.on_task = [this](FakeMachine&) { machine_.tasks[kTask].state = TaskState::running; };
  const Outcome ended = run(Action::stage);
  EXPECT_EQ(ended.verdict, Verdict::untouched) << ended.detail;
  EXPECT_EQ(ended.cause, Cause::timed_out);
  EXPECT_THAT(machine_.acts, ElementsAre("upload", std::string("cancel  ") + kTask));
}

TEST_F(Doubt, an_image_that_cannot_be_seen_any_more_leaves_the_host_armed) {
  machine_.upload = lost_reply();
  machine_.on_act = [](FakeMachine& machine, const std::string&) { machine.shown.inventory.clear(); };
  const Outcome ended = run(Action::stage);
  EXPECT_EQ(ended.verdict, Verdict::lost);
  EXPECT_EQ(ended.cause, Cause::armed) << ended.detail;
}

TEST_F(Doubt, a_bmc_that_falls_silent_after_an_upload_leaves_the_host_armed) {
  machine_.upload = lost_reply();
  machine_.on_look = [](FakeMachine& machine) {
    if (machine.did("upload")) machine.weather = {fault_of(Fault::Kind::unreachable)};
  };
  const Outcome ended = run(Action::stage);
  EXPECT_EQ(ended.verdict, Verdict::lost);
  EXPECT_EQ(ended.cause, Cause::armed) << ended.detail;
}

TEST_F(Doubt, an_image_known_by_a_task_that_is_gone_is_neither_run_nor_taken_for_gone) {
  task_ = kTask;
  for (const Action action : {Action::activate, Action::cancel}) {
    const Outcome ended = run(action);
    EXPECT_EQ(ended.verdict, Verdict::lost) << to_string(action);
    EXPECT_EQ(ended.cause, Cause::armed) << ended.detail;
  }
  EXPECT_THAT(machine_.acts, IsEmpty());
}

TEST_F(Doubt, a_task_that_failed_proves_that_its_image_does_not_wait) {
  task_ = kTask;
  show_task(kTask, TaskState::failed);
  EXPECT_EQ(run(Action::cancel).verdict, Verdict::done);
}

TEST_F(Doubt, a_cancel_is_durable_before_it_is_asked_for_and_its_successor_believes_what_it_sees) {
  task_ = kTask;
  show_task(kTask, TaskState::pending);
  machine_.on_act = [this](FakeMachine&, const std::string& act) {
    if (!act.starts_with("cancel")) return;
    EXPECT_THAT(recorded(Kind::cancel_asked), ElementsAre(HasSubstr(kTask)));
    hide_task(kTask);
  };
  EXPECT_EQ(run(Action::cancel).verdict, Verdict::done);
  EXPECT_EQ(run(Action::cancel, {evidence_of(Kind::cancel_asked, kTask)}).verdict, Verdict::done);
}

TEST_F(Doubt, nothing_is_sent_back_to_a_host_where_an_update_of_somebody_else_waits) {
  way_back_is_a_reflash();
  entry(Slot::running).version = "3.4";
  task_ = kTask;
  show_task(kOther, TaskState::pending);
  const Outcome ended = run(Action::roll_back);
  EXPECT_EQ(ended.verdict, Verdict::untouched) << ended.detail;
  EXPECT_EQ(ended.cause, Cause::foreign_task);
  EXPECT_THAT(machine_.acts, IsEmpty());
}

// ---- what was provably not done is said at once

TEST_F(Doubt, a_reset_that_is_refused_is_told_at_once_and_its_image_is_cancelled) {
  stage_image("3.4");
  task_ = kTask;
  machine_.reset = answered(412);
  machine_.on_act = [this](FakeMachine&, const std::string&) { unstage(); };
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::untouched);
  EXPECT_EQ(ended.cause, Cause::request_refused) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre(kCancelOurs));
  EXPECT_THAT(took_, Lt(Duration(5'000)));
}

TEST_F(Doubt, a_refused_bank_switch_is_not_waited_for) {
  entry(Slot::running).version = "3.4";
  entry(Slot::previous).version = "3.2";
  machine_.reset = answered(405);
  const Outcome ended = run(Action::roll_back);
  EXPECT_EQ(ended.verdict, Verdict::untouched);
  EXPECT_EQ(ended.cause, Cause::request_refused) << ended.detail;
  EXPECT_THAT(took_, Lt(Duration(5'000)));
}

TEST_F(Doubt, a_reset_that_met_a_5xx_or_a_408_is_looked_for) {
  for (const int status : {500, 408}) {
    machine_.reset = answered(status);
    stage_image("3.4");
    task_ = kTask;
    machine_.on_look = [this](FakeMachine& machine) {
      if (machine.looks % 7 != 6) return;
      unstage();
      entry(Slot::running).version = "3.4";
      machine.shown.host_reset_time += "'";
    };
    EXPECT_EQ(run(Action::activate).verdict, Verdict::done) << status;
    entry(Slot::running).version = "3.2";
  }
}

TEST_F(Doubt, an_upload_of_which_no_byte_left_is_told_at_once) {
  for (const bool by_itself : {false, true}) {
    machine_.ability.stage_on_reset = !by_itself;
    machine_.upload = unsent(fault_of(Fault::Kind::not_supported));
    const Outcome ended = run(by_itself ? Action::activate : Action::stage, {}, by_itself);
    EXPECT_EQ(ended.verdict, Verdict::untouched);
    EXPECT_EQ(ended.cause, Cause::not_supported) << ended.detail;
    EXPECT_EQ(took_, Duration(0));
  }
}

}  // namespace
}  // namespace breakwater::doubt_test
