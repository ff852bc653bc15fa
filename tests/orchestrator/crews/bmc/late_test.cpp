// Nothing is sent and nothing is run without the time that it may take: of its window, and of its host's trip.
#include <gmock/gmock.h>

#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::late_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Verdict = Outcome::Verdict;

class Late : public ConversationTest {
 protected:
  Late() {
    task_ = kTask;
    machine_.on_act = [this](FakeMachine&, const std::string&) { unstage(); };
  }
  void window_is_past() { bounds_.act_until = kBegin - Duration(1); }
  /// An activation may take 1.5 s, its host 0.5 s to return, and it must hold for 100 ms.
  void trip_ends_in(Duration left) { bounds_.trip_ends = kBegin + left; }
};

TEST_F(Late, a_staged_image_is_cancelled_and_not_run_once_its_window_has_too_little_room) {
  stage_image("3.4");
  window_is_past();
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::untouched) << ended.detail;
  EXPECT_EQ(ended.cause, Cause::window_closed);
  EXPECT_THAT(machine_.acts, ElementsAre(kCancelOurs));
}

/// The successor of a crash proves that the reset was never asked for, and has no right of its own to ask for it.
TEST_F(Late, a_resumed_activation_asks_the_calendar_too) {
  stage_image("3.4");
  window_is_past();
  const Outcome ended = run(Action::activate, {evidence_of(Evidence::Kind::reset_asked, "H0 B0")});
  EXPECT_EQ(ended.cause, Cause::window_closed) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre(kCancelOurs));
}

TEST_F(Late, an_image_that_could_not_be_cancelled_is_armed) {
  stage_image("3.4");
  window_is_past();
  machine_.on_act = {};
  EXPECT_EQ(run(Action::activate).cause, Cause::armed);
}

TEST_F(Late, no_image_is_sent_past_its_window) {
  window_is_past();
  store_image(plan_.images[0]);
  const Outcome staged = run(Action::stage);
  EXPECT_EQ(staged.verdict, Verdict::untouched);
  EXPECT_EQ(staged.cause, Cause::window_closed);
  machine_.ability.stage_on_reset = false;
  const Outcome activated = run(Action::activate, {}, true);
  EXPECT_EQ(activated.verdict, Verdict::untouched);
  EXPECT_EQ(activated.cause, Cause::window_closed);
  EXPECT_THAT(machine_.acts, IsEmpty());
}

TEST_F(Late, nothing_is_run_with_less_time_left_than_it_may_take) {
  stage_image("3.4");
  trip_ends_in(Duration(2'000));
  const Outcome ended = run(Action::activate);
  EXPECT_EQ(ended.verdict, Verdict::untouched) << ended.detail;
  EXPECT_EQ(ended.cause, Cause::timed_out);
  EXPECT_THAT(machine_.acts, ElementsAre(kCancelOurs));
}

TEST_F(Late, with_the_time_that_it_may_take_it_is_run) {
  stage_image("3.4");
  runs_after("reset_host", "3.4");
  trip_ends_in(Duration(2'500));
  bounds_.act_until = kBegin + Duration(1'000);
  EXPECT_EQ(run(Action::activate).verdict, Verdict::done);
}

TEST_F(Late, a_way_back_is_bound_by_neither) {
  entry(Slot::running).version = "3.4";
  entry(Slot::previous).version = "3.2";
  window_is_past();
  trip_ends_in(Duration(0));
  runs_after("switch", "3.2");
  EXPECT_EQ(run(Action::roll_back).verdict, Verdict::done);
  EXPECT_THAT(machine_.acts, ElementsAre("switch"));
}

}  // namespace
}  // namespace breakwater::late_test
