// How long an upload may take, within the time that its host has.
#include <gtest/gtest.h>

#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::stage_test {
namespace {

using Verdict = Outcome::Verdict;

class Stage : public ConversationTest {
 protected:
  Stage() {
    store_image(plan_.images[0]);
    machine_.receipt.task_uri = kTask;
    machine_.on_act = [this](FakeMachine&, const std::string& act) {
      if (act == "upload") stage_image("3.4");
    };
  }
};

TEST_F(Stage, an_upload_has_its_own_time_where_the_host_has_more) {
  bounds_.trip_ends = kBegin + Duration(60'000);
  EXPECT_EQ(run(Action::stage).verdict, Verdict::done);
  EXPECT_EQ(machine_.upload_within, plan_.timeouts.upload);
}

TEST_F(Stage, an_upload_ends_with_the_time_of_its_host) {
  plan_.timeouts.upload = Duration(10'000);
  bounds_.trip_ends = kBegin + Duration(2'400);
  EXPECT_EQ(run(Action::stage).verdict, Verdict::done);
  EXPECT_EQ(machine_.upload_within, Duration(2'400));
}

TEST_F(Stage, a_way_back_is_not_bounded_by_the_time_for_the_way_there) {
  way_back_is_a_reflash();
  entry(Slot::running).version = "3.4";
  machine_.on_act = [this](FakeMachine&, const std::string& act) {
    if (act == "upload") stage_image("3.2");
  };
  bounds_.trip_ends = kBegin;
  run(Action::roll_back);
  EXPECT_EQ(machine_.upload_within, plan_.timeouts.upload);
}

}  // namespace
}  // namespace breakwater::stage_test
