// What a conversation does when something went wrong before it: it looks, and asks again only for what provably never
// left.
#include "orchestrator/crews/bmc/conversation.hpp"

#include <gmock/gmock.h>

#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::conversation_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Ge;
using testing::IsEmpty;
using testing::Lt;
using testing::Not;
using Kind = Evidence::Kind;
using Verdict = Outcome::Verdict;

class Resumed : public ConversationTest {
 protected:
  Resumed() { task_ = kTask; }
  void tells_no_reset_times() {
    machine_.shown.host_reset_time.clear();
    machine_.shown.bmc_reset_time.clear();
    machine_.shown.boot = Boot::unknown;
  }
};

// ---- what was asked for, or not, before a crash

TEST_F(Resumed, a_reset_that_provably_never_left_is_asked_for_once) {
  stage_image("3.4");
  runs_after("reset_host", "3.4");
  const Outcome ended = run(Action::activate, {evidence_of(Kind::reset_asked, "H0 B0")});
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("reset_host"));
}

TEST_F(Resumed, a_bmc_that_tells_no_reset_times_is_never_reset_twice) {
  stage_image("3.4");
  tells_no_reset_times();
  runs_after("reset_host", "3.4");
  run(Action::activate, {evidence_of(Kind::reset_asked, " ")});
  EXPECT_THAT(machine_.acts, Not(Contains("reset_host")));
}

TEST_F(Resumed, the_reset_time_that_counts_is_that_of_what_is_reset) {
  stage_image("3.4");
  machine_.shown.host_reset_time.clear();
  runs_after("reset_host", "3.4");
  run(Action::activate, {evidence_of(Kind::reset_asked, " B0")});
  EXPECT_THAT(machine_.acts, Not(Contains("reset_host")));
}

TEST_F(Resumed, a_reset_is_not_asked_for_again_where_our_image_waits_no_more) {
  runs_after("reset_host", "3.4");
  run(Action::activate, {evidence_of(Kind::reset_asked, "H0 B0")});
  EXPECT_THAT(machine_.acts, Not(Contains("reset_host")));
}

TEST_F(Resumed, a_bank_switch_that_provably_never_left_is_asked_for_once) {
  entry(Slot::running).version = "3.4";
  entry(Slot::previous).version = "3.2";
  runs_after("switch", "3.2");
  const Outcome ended = run(Action::roll_back, {evidence_of(Kind::start_asked, "H0 B0")});
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("switch"));
}

TEST_F(Resumed, a_bank_switch_is_not_asked_for_again_where_nothing_can_be_seen) {
  entry(Slot::running).version = "3.4";
  entry(Slot::previous).version = "3.2";
  tells_no_reset_times();
  runs_after("switch", "3.2");
  run(Action::roll_back, {evidence_of(Kind::start_asked, " ")});
  EXPECT_THAT(machine_.acts, IsEmpty());
}

TEST_F(Resumed, a_bank_switch_that_waits_for_a_reset_is_not_asked_for_again) {
  entry(Slot::running).version = "3.4";
  entry(Slot::previous).version = "3.2";
  stage_image("3.2", TaskState::pending, "/redfish/v1/TaskService/Tasks/9");
  runs_after("switch", "3.2");
  run(Action::roll_back, {evidence_of(Kind::start_asked, "H0 B0")});
  EXPECT_THAT(machine_.acts, Not(Contains("switch")));
}

TEST_F(Resumed, every_session_that_was_left_behind_is_deleted) {
  entry(Slot::running).version = "3.4";
  run(Action::activate, {evidence_of(Kind::session, "/s/1"), evidence_of(Kind::session, "/s/2")});
  EXPECT_THAT(machine_.acts, ElementsAre("delete /s/1", "delete /s/2"));
}

TEST_F(Resumed, a_look_has_an_end_and_what_follows_it_has_none) {
  Clock::time_point until = Clock::time_point::max();
  machine_.on_look = [&until](FakeMachine& machine) { until = machine.until; };
  run(Action::check);
  EXPECT_THAT(until, Lt(kBegin + took_ + Duration(150'000)));
  EXPECT_EQ(machine_.until, Clock::time_point::max());
}

// ---- a way back by reflash

class Reflash : public Resumed {
 protected:
  Reflash() {
    way_back_is_a_reflash();
    entry(Slot::running).version = "3.4";
    machine_.receipt.task_uri = kTask;
  }
  static std::vector<Evidence> sent() {
    return {evidence_of(Kind::sending, "d"), evidence_of(Kind::body_sent, "d"), evidence_of(Kind::task, kTask)};
  }
};

TEST_F(Reflash, an_image_that_was_sent_is_found_waiting_and_run) {
  stage_image("3.2");
  runs_after("reset_host", "3.2");
  const Outcome ended = run(Action::roll_back, sent());
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("reset_host"));
}

TEST_F(Reflash, a_reset_that_provably_never_left_is_asked_for) {
  stage_image("3.2");
  runs_after("reset_host", "3.2");
  std::vector<Evidence> evidence = sent();
  evidence.push_back(evidence_of(Kind::reset_asked, "H0 B0"));
  const Outcome ended = run(Action::roll_back, evidence);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("reset_host"));
}

TEST_F(Reflash, a_reset_that_may_have_left_is_waited_for) {
  stage_image("3.2");
  tells_no_reset_times();
  runs_after("reset_host", "3.2");
  std::vector<Evidence> evidence = sent();
  evidence.push_back(evidence_of(Kind::reset_asked, " "));
  run(Action::roll_back, evidence);
  EXPECT_THAT(machine_.acts, Not(Contains("reset_host")));
}

TEST_F(Reflash, an_upload_of_which_provably_nothing_arrived_is_sent_again) {
  machine_.on_act = [this](FakeMachine& machine, const std::string& act) {
    if (act == "upload") stage_image("3.2");
    if (act != "reset_host") return;
    unstage();
    entry(Slot::running).version = "3.2";
    machine.shown.host_reset_time = "H1";
  };
  const Outcome ended = run(Action::roll_back, {evidence_of(Kind::sending, "d")});
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("upload", "reset_host"));
}

// Found by the simulation: the update took its component out of the inventory, and with it the entry of what waits.
TEST_F(Reflash, an_image_that_may_wait_unseen_is_not_sent_again) {
  machine_.shown.inventory.clear();
  const Outcome ended = run(Action::roll_back, {evidence_of(Kind::sending, "d")});
  EXPECT_EQ(ended.verdict, Verdict::lost);
  EXPECT_EQ(ended.cause, Cause::armed) << ended.detail;
  EXPECT_THAT(machine_.acts, IsEmpty());
}

// A lost reply, or an error answer, ended the roll-back without a look: the host was quarantined with the image staged.
TEST_F(Reflash, an_image_whose_upload_met_a_fault_is_looked_for_and_run) {
  machine_.upload = fault_of(Fault::Kind::http_status, 500, true);
  machine_.on_act = [this](FakeMachine& machine, const std::string& act) {
    if (act == "upload") stage_image("3.2");
    if (act != "reset_host") return;
    unstage();
    entry(Slot::running).version = "3.2";
    machine.shown.host_reset_time = "H1";
  };
  const Outcome ended = run(Action::roll_back);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("upload", "reset_host"));
}

TEST_F(Reflash, an_upload_of_which_nothing_arrived_leaves_nothing_staged) {
  machine_.upload = fault_of(Fault::Kind::closed_before_reply, 0, true);
  const Outcome ended = run(Action::roll_back);
  EXPECT_EQ(ended.cause, Cause::upload_failed) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("upload"));
}

TEST_F(Reflash, an_upload_that_flashes_by_itself_is_never_sent_again) {
  machine_.ability.stage_on_reset = false;
  run(Action::roll_back, {evidence_of(Kind::sending, "d")});
  EXPECT_THAT(machine_.acts, IsEmpty());
}

// ---- the moment before a reset

TEST_F(Resumed, nothing_is_reset_while_something_is_written) {
  TaskView foreign;
  foreign.uri = "/redfish/v1/TaskService/Tasks/1";
  foreign.state = TaskState::running;
  stage_image("3.4");
  machine_.shown.tasks.insert(machine_.shown.tasks.begin(), foreign);
  machine_.on_look = [](FakeMachine& machine) {
    if (machine.looks == 4) machine.shown.tasks.erase(machine.shown.tasks.begin());
  };
  runs_after("reset_host", "3.4");
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("reset_host"));
  EXPECT_THAT(machine_.looks, Ge(4));
}

TEST_F(Resumed, a_write_behind_a_task_that_waits_is_seen) {
  stage_image("3.4");
  TaskView foreign;
  foreign.uri = "/redfish/v1/TaskService/Tasks/9";
  foreign.state = TaskState::running;
  machine_.shown.tasks.push_back(foreign);
  run(Action::activate);
  EXPECT_THAT(machine_.acts, Not(Contains("reset_host")));
}

TEST_F(Resumed, an_image_that_is_not_ours_is_not_run) {
  stage_image("9.9", TaskState::pending, "/redfish/v1/TaskService/Tasks/9");
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::untouched);
  EXPECT_EQ(ended.cause, Cause::foreign_task) << ended.detail;
  EXPECT_THAT(machine_.acts, IsEmpty());
}

TEST_F(Resumed, an_image_that_only_its_finished_task_tells_of_is_run) {
  TaskView over;
  over.uri = kTask;
  over.state = TaskState::succeeded;
  machine_.tasks[kTask] = over;
  runs_after("reset_host", "3.4");
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("reset_host"));
}

TEST_F(Resumed, a_reset_that_nobody_asked_for_leaves_the_host_untouched_at_once) {
  stage_image("3.4");
  machine_.reset = fault_of(Fault::Kind::not_supported);
  machine_.on_act = [this](FakeMachine&, const std::string&) { unstage(); };
  plan_.timeouts.task = Duration(30'000);
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::untouched);
  EXPECT_EQ(ended.cause, Cause::not_supported) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre(kCancelOurs));
  EXPECT_THAT(took_, Lt(Duration(10'000)));
}

TEST_F(Resumed, a_switch_that_nobody_asked_for_is_not_waited_out) {
  entry(Slot::running).version = "3.4";
  entry(Slot::previous).version = "3.2";
  machine_.reset = fault_of(Fault::Kind::not_supported);
  plan_.timeouts.task = Duration(30'000);
  const Outcome ended = run(Action::roll_back);
  EXPECT_EQ(ended.verdict, Verdict::untouched);
  EXPECT_THAT(took_, Lt(Duration(10'000)));
}

class Checked : public ConversationTest {};

TEST_F(Checked, a_check_tells_what_changed_though_nobody_asked) {
  const InstalledComponent nic{"NIC", "/f/nic", {"", "", {}, "NIC"}, "1.0", Slot::running};
  machine_.shown.inventory.push_back(nic);
  baseline_ = baseline_of(machine_.shown);
  EXPECT_EQ(run(Action::check).detail, "");
  machine_.shown.inventory.back().version = "1.1";
  const Outcome checked = run(Action::check);
  EXPECT_EQ(checked.verdict, Outcome::Verdict::done) << checked.detail;
  EXPECT_EQ(checked.detail, "NIC (\"NIC\") went from \"1.0\" to \"1.1\", though nobody asked");
  plan_.unasked_change = UnaskedChange::failure;
  EXPECT_EQ(run(Action::check_back).verdict, Outcome::Verdict::done) << "no way back brings it back";
  entry(Slot::running).version = "3.4";
  touched_ = 1;
  const Outcome failed = run(Action::check);
  EXPECT_EQ(failed.verdict, Outcome::Verdict::failed);
  EXPECT_EQ(failed.cause, Cause::component_changed);
  EXPECT_EQ(failed.detail, "inventory.versionEquals: " + checked.detail);
  EXPECT_THAT(took_, Lt(plan_.timeouts.host_return)) << "it does not pass by waiting";
}

}  // namespace
}  // namespace breakwater::conversation_test
