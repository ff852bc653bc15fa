#include "drivers/redfish/tasks.hpp"

#include <gtest/gtest.h>

namespace breakwater::redfish::tasks_test {
namespace {

Json json(const std::string& text) {
  auto parsed = parse_json(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(Json::object());
}

TaskState state_of(const std::string& text) {
  return read_task(json(text)).state;
}

const Origin kOrigin{"10.0.0.1", 443};

TEST(Tasks, success_is_never_one_field) {
  EXPECT_EQ(state_of(R"({"TaskState":"Completed","TaskStatus":"OK"})"), TaskState::succeeded);
  EXPECT_EQ(state_of(R"({"TaskState":"Completed"})"), TaskState::succeeded);
  EXPECT_EQ(state_of(R"({"TaskState":"Completed","PercentComplete":100,"TaskStatus":"Critical"})"), TaskState::failed);
  EXPECT_EQ(
      state_of(R"({"TaskState":"Completed","TaskStatus":"OK","Messages":[{"Severity":"Critical","Message":"no"}]})"),
      TaskState::failed);
  EXPECT_EQ(state_of(R"({"TaskState":"Completed","Messages":[{"MessageSeverity":"Critical"}]})"), TaskState::failed);
  EXPECT_EQ(state_of(R"({"TaskState":"Exception","TaskStatus":"OK"})"), TaskState::failed);
  EXPECT_EQ(state_of(R"({"TaskState":"Failed","TaskStatus":"OK"})"), TaskState::failed);
}

TEST(Tasks, a_task_that_found_nothing_to_flash_did_not_succeed) {
  const std::string skipped =
      R"({"TaskState":"Completed","Messages":[{"MessageId":"Update.1.2.0.UpdateSkipped","Severity":"OK"})";
  EXPECT_EQ(state_of(skipped + "]}"), TaskState::failed);
  EXPECT_EQ(state_of(skipped + R"(,{"MessageId":"Update.1.2.0.UpdateSuccessful"}]})"), TaskState::succeeded)
      << "a bundle with parts that were current already";
}

TEST(Tasks, an_unknown_state_is_no_end) {
  for (const char* text : {R"({"TaskState":"foobared"})", R"({})", R"({"TaskState":null})", R"({"TaskState":7})"}) {
    EXPECT_EQ(state_of(text), TaskState::unknown) << text;
    EXPECT_FALSE(is_over(read_task(json(text))));
  }
}

TEST(Tasks, what_waits_for_a_reset_is_pending) {
  for (const char* state : {"Pending", "Stopping", "Scheduled", "UserIntervention"}) {
    EXPECT_EQ(state_of(std::string(R"({"TaskState":")") + state + R"("})"), TaskState::pending);
  }
  EXPECT_EQ(state_of(R"({"JobState":"Scheduled","PercentComplete":0})"), TaskState::pending);
}

TEST(Tasks, the_first_critical_message_is_told_else_the_last) {
  EXPECT_EQ(read_task(json(R"({"Messages":[{"Message":"a"},{"Message":"b"}]})")).message, "b");
  EXPECT_EQ(read_task(json(R"({"Messages":[{"Message":"a"},{"Message":"b","Severity":"Critical"},{"Message":"c",
        "Severity":"Critical"}]})"))
                .message,
            "b");
  EXPECT_EQ(read_task(json(R"({"Messages":[{"MessageId":"Update.1.0.ApplyFailed","Message":""}]})")).message,
            "Update.1.0.ApplyFailed");
  EXPECT_EQ(read_task(json(R"({"Messages":[{"Message":"\u001b[31mred\u0007"}]})")).message, " [31mred ");
}

TEST(Tasks, a_monitor_that_replays_messages_only_is_read_too) {
  EXPECT_EQ(state_of(R"({"error":{"@Message.ExtendedInfo":[{"MessageId":"iLO.2.14.Success"}]}})"),
            TaskState::succeeded);
  EXPECT_EQ(state_of(R"({"@Message.ExtendedInfo":[{"MessageId":"Base.1.8.Success"}]})"), TaskState::succeeded);
  EXPECT_EQ(
      state_of(R"({"error":{"@Message.ExtendedInfo":[{"MessageId":"Update.1.0.ApplyFailed","Severity":"Critical"}]}})"),
      TaskState::failed);
}

TEST(Tasks, what_a_task_is_about) {
  EXPECT_TRUE(read_task(json(R"({"Name":"x"})")).update);
  EXPECT_TRUE(read_task(json(R"({"Payload":{"TargetUri":"/redfish/v1/UpdateService/update"}})")).update);
  EXPECT_FALSE(
      read_task(json(R"({"Payload":{"TargetUri":"/redfish/v1/Systems/1/Actions/ComputerSystem.Reset"}})")).update);
  EXPECT_FALSE(read_task(json(R"({"JobType":"ExportConfiguration"})")).update);
  EXPECT_TRUE(read_task(json(R"({"Oem":{"Dell":{"JobType":"FirmwareUpdate"}}})")).update);
}

TEST(Tasks, percent_stays_in_its_range) {
  EXPECT_EQ(read_task(json(R"({"PercentComplete":250})")).percent, 100);
  EXPECT_EQ(read_task(json(R"({"PercentComplete":-9})")).percent, -1);
  EXPECT_EQ(read_task(json(R"({"PercentComplete":"5"})")).percent, -1);
}

struct LinkRow {
  const char* location;
  const char* body;
  const char* task;
  const char* monitor;
};

TEST(Tasks, the_answer_to_an_upload_names_its_task_in_one_of_many_places) {
  const LinkRow rows[] = {
      {"/redfish/v1/TaskService/Tasks/5", "{}", "/redfish/v1/TaskService/Tasks/5", ""},
      {"https://10.0.0.1/redfish/v1/TaskService/Tasks/JID_1", "{}", "/redfish/v1/TaskService/Tasks/JID_1", ""},
      {"/redfish/v1/TaskService/TaskMonitors/5",
       R"({"@odata.type":"#Task.v1_7_1.Task","@odata.id":"/redfish/v1/TaskService/Tasks/5"})",
       "/redfish/v1/TaskService/Tasks/5", "/redfish/v1/TaskService/TaskMonitors/5"},
      {"/redfish/v1/TaskService/Tasks/5/Monitor", "{}", "/redfish/v1/TaskService/Tasks/5",
       "/redfish/v1/TaskService/Tasks/5/Monitor"},
      {"/redfish/v1/TaskMonitor/abc", "{}", "", "/redfish/v1/TaskMonitor/abc"},
      {"", R"({"@odata.type":"#Task.v1_4_3.Task","@odata.id":"/redfish/v1/TaskService/Tasks/7"})",
       "/redfish/v1/TaskService/Tasks/7", ""},
      {"", R"({"TaskMonitor":"/redfish/v1/TaskService/TaskMonitors/9"})", "", "/redfish/v1/TaskService/TaskMonitors/9"},
      {"", R"({"Accepted":{"@Message.ExtendedInfo":[{"Message":"see /redfish/v1/TaskService/Tasks/1",
             "MessageArgs":["/redfish/v1/TaskService/Tasks/1234"]}]}})",
       "/redfish/v1/TaskService/Tasks/1234", ""},
      {"", R"({"Accepted":{"@Message.ExtendedInfo":[{"MessageId":"SMC.1.0.OemSimpleupdateAcceptedMessage"}]}})", "",
       ""},
      {"", R"({"Task":{"@odata.id":"/redfish/v1/TaskService/Tasks/JID_2"}})", "/redfish/v1/TaskService/Tasks/JID_2",
       ""},
      {"https://evil.example/redfish/v1/TaskService/Tasks/5", "{}", "", ""},
      {"https://evil.example/x",
       R"({"@odata.type":"#Task.v1_4_3.Task","@odata.id":"//evil.example/redfish/v1/Tasks/5"})", "", ""},
      {"", "{}", "", ""},
  };
  for (const LinkRow& row : rows) {
    const TaskLinks links = find_task(row.location, json(row.body), kOrigin);
    EXPECT_EQ(links.task, row.task) << row.location << " " << row.body;
    EXPECT_EQ(links.monitor, row.monitor) << row.location << " " << row.body;
  }
}

TEST(Tasks, the_one_task_that_is_new_is_taken_and_no_guess_made_among_two) {
  EXPECT_EQ(new_task({"/1", "/2"}, {"/1", "/2", "/3"}), "/3");
  EXPECT_EQ(new_task({"/1"}, {"/1"}), "");
  EXPECT_EQ(new_task({}, {"/1", "/2"}), "");
}

TEST(Tasks, a_finished_task_may_hand_over_to_a_job) {
  EXPECT_EQ(next_job(json(R"({"Messages":[{"MessageId":"Update.1.0.OperationTransitionedToJob",
        "MessageArgs":["/redfish/v1/JobService/Jobs/3"]}]})")),
            "/redfish/v1/JobService/Jobs/3");
  EXPECT_EQ(next_job(json("{}")), "");
}

}  // namespace
}  // namespace breakwater::redfish::tasks_test
