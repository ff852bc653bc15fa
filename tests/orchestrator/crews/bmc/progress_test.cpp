// What counts as progress of a task that is at work: what it says of itself, its percents too.
#include <gmock/gmock.h>

#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::progress_test {
namespace {

using testing::HasSubstr;

/// Its task is at work for longer than may pass without progress, and then its image waits.
class Progress : public ConversationTest {
 protected:
  Progress() {
    store_image(plan_.images[0]);
    plan_.timeouts.task = std::chrono::minutes(1);
    plan_.timeouts.no_progress = std::chrono::seconds(5);
    machine_.receipt.task_uri = kTask;
    machine_.on_act = [this](FakeMachine&, const std::string& act) {
      if (act == "upload") show_task(kTask, TaskState::running);
    };
  }
  Outcome stage_with(const std::function<int(int read)>& percent) {
    machine_.on_task = [this, percent](FakeMachine& machine) {
      if (hands_->now() > kBegin + std::chrono::seconds(20)) return show_task(kTask, TaskState::pending);
      machine.tasks[kTask].percent = percent(++reads_);
    };
    return run(Action::stage);
  }

  int reads_ = 0;
};

TEST_F(Progress, is_a_percentage_that_changes_up_or_down) {
  const Outcome ended = stage_with([](int read) { return read * 37 % 101; });
  EXPECT_EQ(ended.verdict, Outcome::Verdict::done) << ended.detail;
  EXPECT_GT(took_, plan_.timeouts.no_progress);
}

TEST_F(Progress, is_none_where_all_that_is_said_stays_the_same) {
  const Outcome ended = stage_with([](int) { return 42; });
  EXPECT_NE(ended.verdict, Outcome::Verdict::done);
  EXPECT_THAT(ended.detail, HasSubstr("makes no progress: Running, 42%"));
}

}  // namespace
}  // namespace breakwater::progress_test
