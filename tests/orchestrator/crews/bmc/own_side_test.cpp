// A fault of our own side ends no command: it is waited for, everything is looked at anew, and what is asked for is
// sent once.
#include <gmock/gmock.h>

#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::own_side_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Evidence::Kind;
using Verdict = Outcome::Verdict;

class OwnSide : public ConversationTest {
 protected:
  static constexpr const char* kNoDescriptors = "no descriptors";

  /// The next requests that act meet it, after everything else got through.
  void fails(int times) { machine_.own_faults.assign(static_cast<std::size_t>(times), own_fault(kNoDescriptors)); }
  /// What is uploaded waits, and runs at a reset.
  void obeys(const std::string& version) {
    machine_.receipt.task_uri = kTask;
    machine_.on_act = [this, version](FakeMachine& machine, const std::string& act) {
      if (act == "upload") stage_image(version);
      if (act.starts_with("cancel")) unstage();
      if (act != "reset_host" && act != "switch") return;
      unstage();
      entry(Slot::running).version = version;
      machine.shown.host_reset_time = "H1";
    };
  }
  void expect_said_once() const {
    EXPECT_THAT(recorded(Kind::own_fault), ElementsAre(kNoDescriptors));
    EXPECT_EQ(recorded(Kind::mended).size(), 1U);
  }
};

TEST_F(OwnSide, a_host_is_prepared_once_there_are_credentials) {
  unmade_ = 100;
  const Outcome ended = run(Action::prepare);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_EQ(recorded(Kind::own_fault).size(), 1U);
  EXPECT_GT(took_, std::chrono::minutes(40)) << "long past every deadline of its own";
}

TEST_F(OwnSide, an_image_is_uploaded_once) {
  store_image(plan_.images[0]);
  obeys("3.4");
  fails(3);
  const Outcome ended = run(Action::stage);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("upload"));
  expect_said_once();
}

TEST_F(OwnSide, what_others_did_meanwhile_is_seen_before_the_upload) {
  store_image(plan_.images[0]);
  fails(2);
  machine_.on_look = [this](FakeMachine& machine) {
    if (machine.looks == 2) show_task("/redfish/v1/TaskService/Tasks/99", TaskState::running);
  };
  const Outcome ended = run(Action::stage);
  EXPECT_EQ(ended.cause, Cause::foreign_task) << ended.detail;
  EXPECT_THAT(machine_.acts, IsEmpty());
}

TEST_F(OwnSide, a_reset_is_asked_for_once) {
  task_ = kTask;
  stage_image("3.4");
  obeys("3.4");
  fails(3);
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("reset_host"));
  expect_said_once();
}

TEST_F(OwnSide, an_upload_that_activates_is_sent_once) {
  store_image(plan_.images[0]);
  machine_.on_act = [this](FakeMachine& machine, const std::string& act) {
    if (act != "upload") return;
    entry(Slot::running).version = "3.4";
    machine.shown.host_reset_time = "H1";
  };
  fails(2);
  const Outcome ended = run(Action::activate, {}, true);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("upload"));
  expect_said_once();
}

TEST_F(OwnSide, a_cancel_is_asked_for_and_proved) {
  task_ = kTask;
  stage_image("3.4");
  obeys("3.4");
  fails(2);
  const Outcome ended = run(Action::cancel);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre(kCancelOurs));
  expect_said_once();
}

TEST_F(OwnSide, a_bank_is_switched_once) {
  entry(Slot::running).version = "3.4";
  entry(Slot::previous).version = "3.2";
  obeys("3.2");
  fails(3);
  const Outcome ended = run(Action::roll_back);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("switch"));
  expect_said_once();
}

TEST_F(OwnSide, a_bank_that_somebody_switched_meanwhile_is_not_switched_again) {
  entry(Slot::running).version = "3.4";
  entry(Slot::previous).version = "3.2";
  fails(1);
  machine_.on_look = [this](FakeMachine& machine) {
    if (machine.own_faults.empty()) {
      entry(Slot::running).version = "3.2";
      entry(Slot::previous).version = "3.4";
    }
  };
  const Outcome ended = run(Action::roll_back);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, IsEmpty());
}

TEST_F(OwnSide, the_image_from_before_is_sent_once) {
  way_back_is_a_reflash();
  entry(Slot::running).version = "3.4";
  obeys("3.2");
  fails(2);
  const Outcome ended = run(Action::roll_back);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("upload", "reset_host"));
  expect_said_once();
}

TEST_F(OwnSide, a_check_goes_on_where_it_was) {
  machine_.on_look = [](FakeMachine& machine) {
    if (machine.looks == 2) machine.weather.assign(50, own_fault(kNoDescriptors));
  };
  const Outcome ended = run(Action::check);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  expect_said_once();
}

// Another program held the journal; the host was refused, out of time.
TEST_F(OwnSide, what_a_record_waits_for_the_journal_is_no_time_of_the_host) {
  store_image(plan_.images[0]);
  plan_.timeouts.task = plan_.timeouts.no_progress = Duration(60'000);
  bounds_.trip_ends = kBegin + Duration(90'000);
  record_takes_ = Duration(40'000);
  machine_.receipt.task_uri = kTask;
  machine_.on_act = [this](FakeMachine&, const std::string& act) {
    if (act == "upload") show_task(kTask, TaskState::running);
  };
  machine_.on_look = [this](FakeMachine& machine) {
    if (machine.did("upload") && machine.looks == 3) show_task(kTask, TaskState::pending);
  };
  const Outcome staged = run(Action::stage);
  EXPECT_EQ(staged.verdict, Verdict::done) << staged.detail;
}

}  // namespace
}  // namespace breakwater::own_side_test
