// How a modelled BMC names the tasks that requests begin, and what it tells of them.
#include <gtest/gtest.h>

#include "tests/orchestrator/crews/model/model_fixture.hpp"

namespace breakwater::model::model_tasks_test {
namespace {

using ModelTasks = ModelTest;

/// By what the reply to an upload names its task, and by which name that is read.
struct Naming {
  TaskNamed named;
  const char* task;
  const char* monitor;
  const char* read_as;  ///< nullptr: it cannot be read
};

class TaskNames : public ModelTest, public testing::WithParamInterface<Naming> {};

TEST_P(TaskNames, are_those_of_the_reply) {
  const Naming& row = GetParam();
  host().named = row.named;
  const Reply reply = fleet_.last_byte(0, body());
  EXPECT_EQ(reply.task, row.task);
  EXPECT_EQ(reply.monitor, row.monitor);
  ASSERT_TRUE(log_in());
  StageReceipt receipt;
  receipt.task_uri = reply.task;
  receipt.monitor_uri = reply.monitor;
  const Result<TaskView, Fault> read = ask(bmc_.read_task(receipt));
  ASSERT_EQ(read.has_value(), row.read_as != nullptr);
  if (!read) return;
  EXPECT_EQ(read->uri, row.read_as);
}

INSTANTIATE_TEST_SUITE_P(All, TaskNames,
                         testing::Values(Naming{TaskNamed::by_task, "/tasks/1", "", "/tasks/1"},
                                         Naming{TaskNamed::by_monitor, "", "/monitors/1", "/tasks/1"},
                                         Naming{TaskNamed::by_silent_monitor, "", "/monitors/1", "/monitors/1"},
                                         Naming{TaskNamed::not_at_all, "", "", nullptr}));

TEST_F(ModelTasks, a_task_tells_how_far_it_is_as_its_service_does) {
  host().times.verify = std::chrono::minutes(10);
  fleet_.last_byte(0, body());
  ASSERT_TRUE(log_in());
  const auto percent = [this] {
    StageReceipt receipt;
    receipt.task_uri = "/tasks/1";
    return ask(bmc_.read_task(receipt))->percent;
  };
  EXPECT_EQ(percent(), -1);
  host().percents = Percents::grow;
  std::vector<int> told;
  for (int i = 0; i < 3; ++i) {
    told.push_back(percent());
    pass(Duration(5'000));
  }
  EXPECT_EQ(told, (std::vector<int>{0, 1, 2}));
  host().percents = Percents::wander;
  told.clear();
  for (int i = 0; i < 3; ++i) {
    pass(Duration(5'000));
    told.push_back(percent());
  }
  EXPECT_FALSE(std::is_sorted(told.begin(), told.end()));
}

TEST_F(ModelTasks, a_login_and_the_read_of_a_task_take_their_time) {
  fleet_.last_byte(0, body());
  host().faults.login_takes = Duration(40'000);
  Instant since = fleet_.now();
  ASSERT_TRUE(log_in());
  EXPECT_EQ(fleet_.now() - since, Duration(40'000));
  StageReceipt receipt;
  receipt.task_uri = "/tasks/1";
  host().faults.task_takes = Duration(20'000);
  since = fleet_.now();
  EXPECT_TRUE(ask(bmc_.read_task(receipt)));
  EXPECT_EQ(fleet_.now() - since, Duration(20'000));
  host().faults.task_takes = Duration(40'000);
  const Result<TaskView, Fault> late = ask(bmc_.read_task(receipt));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, Fault::Kind::deadline) << "no request takes longer than its deadline";
}

}  // namespace
}  // namespace breakwater::model::model_tasks_test
