// An image's way into a host: each apply time, what the task says meanwhile, and what the host runs at the end.
#include <gmock/gmock.h>

#include "inventories/trust/digest.hpp"
#include "tests/drivers/lab/lab_fixture.hpp"

namespace breakwater::lab::update_test {
namespace {

using boost::beast::http::verb;
using nlohmann::json;

constexpr const char* kStartUpdate = "/redfish/v1/UpdateService/Actions/UpdateService.StartUpdate";
constexpr const char* kInventory = "/redfish/v1/UpdateService/FirmwareInventory/";

std::vector<std::string> message_ids(const json& task) {
  std::vector<std::string> ids;
  for (const json& message : task.at("Messages")) ids.push_back(message.at("MessageId"));
  return ids;
}

class UpdateTest : public LabTest {};

TEST_F(UpdateTest, immediate_flashes_swaps_banks_and_reboots_the_host_by_itself) {
  start();
  const auto bmc = client();
  const std::string task = push(*bmc, image("bios", "3.4"), "Immediate");
  const json done = wait_for_task(*bmc, task, "Completed");
  EXPECT_EQ(done.at("PercentComplete"), 100);
  EXPECT_THAT(message_ids(done),
              testing::ElementsAre("Update.1.0.TransferringToComponent", "Update.1.0.VerifyingAtComponent",
                                   "Update.1.0.InstallingOnComponent", "Update.1.0.UpdateSuccessful"));
  EXPECT_EQ(bmc->get(std::string(kInventory) + "BIOS").at("Version"), "3.4");
  EXPECT_EQ(bmc->get(std::string(kInventory) + "BIOS-Previous").at("Version"), "3.2");
  EXPECT_EQ(bmc->get("/redfish/v1/Systems/1").at("BiosVersion"), "3.4");
  wait_until([](const HostState& host) { return host.boot_progress == "OSRunning"; });
  const HostState seen = state();
  EXPECT_EQ(seen.counters.uploads, 1);
  EXPECT_EQ(seen.counters.uploads_begun, 1);
  EXPECT_EQ(seen.counters.host_boots, 1);
  EXPECT_EQ(seen.counters.resets_of_system, 0);
  EXPECT_EQ(seen.activations_of("bios"), 1);
}

TEST_F(UpdateTest, on_reset_waits_in_the_staged_slot_for_the_hosts_reset) {
  start();
  const auto bmc = client();
  const std::string task = push(*bmc, image("bios", "3.4"), "OnReset");
  const json pending = wait_for_task(*bmc, task, "Pending");
  EXPECT_EQ(message_ids(pending).back(), "Update.1.0.AwaitToActivate");
  const json staged = bmc->get(std::string(kInventory) + "BIOS-Staged");
  EXPECT_EQ(staged.at("Version"), "3.4");
  EXPECT_EQ(staged.at("Staged"), true);
  EXPECT_EQ(staged.at("Active"), false);
  EXPECT_EQ(state().activations_of("bios"), 0);
  EXPECT_EQ(bmc->post("/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", {{"ResetType", "ForceRestart"}}).status,
            204U);
  wait_for_task(*bmc, task, "Completed");
  EXPECT_EQ(state().versions.at("bios"), "3.4");
  EXPECT_EQ(state().staged.count("bios"), 0U);
  EXPECT_EQ(state().activations_of("bios"), 1);
  EXPECT_EQ(state().counters.resets_of_system, 1);
}

TEST_F(UpdateTest, an_image_may_be_shown_by_its_task_alone) {
  host_.persona.waits_as = WaitsAs::task;
  start();
  const auto bmc = client();
  for (const char* apply : {"OnReset", "OnStartUpdateRequest"}) {
    const std::string task = push(*bmc, image("bios", "3.4"), apply);
    wait_for_task(*bmc, task, "Pending");
    EXPECT_EQ(bmc->send(verb::get, std::string(kInventory) + "BIOS-Staged").status, 404U);
    EXPECT_EQ(state().staged.count("bios"), 1U);
    EXPECT_EQ(bmc->send(verb::delete_, task).status, 204U);
    EXPECT_EQ(state().staged.count("bios"), 0U) << "deleting the task cancels the image";
  }
}

TEST_F(UpdateTest, an_image_may_be_shown_by_a_job_apart_from_its_task) {
  host_.persona.waits_as = WaitsAs::job;
  start();
  const auto bmc = client();
  const std::string task = push(*bmc, image("bios", "3.4"), "OnReset");
  wait_for_task(*bmc, task, "Completed");
  const json tasks = bmc->get("/redfish/v1/TaskService/Tasks").at("Members");
  ASSERT_EQ(tasks.size(), 2U);
  const std::string job = tasks.at(1).at("@odata.id");
  wait_for_task(*bmc, job, "Pending");
  EXPECT_EQ(bmc->send(verb::get, std::string(kInventory) + "BIOS-Staged").status, 404U);
  bmc->post("/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", {{"ResetType", "ForceRestart"}});
  wait_for_task(*bmc, job, "Completed");
  EXPECT_EQ(state().versions.at("bios"), "3.4");
}

TEST_F(UpdateTest, a_reset_may_be_refused_and_an_upload_answered_with_an_error_though_it_goes_on) {
  host_.faults = {{.fault = LabFault::reset_refused, .times = 1}, {.fault = LabFault::upload_error_taken, .times = 1}};
  start();
  const auto bmc = client();
  EXPECT_EQ(bmc->post("/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", {{"ResetType", "ForceRestart"}}).status,
            412U);
  EXPECT_EQ(state().counters.resets_of_system, 0);
  EXPECT_EQ(bmc->push(image("bios", "3.4"), "OnReset").status, 500U);
  wait_until([](const HostState& host) { return host.staged.contains("bios"); });
}

TEST_F(UpdateTest, a_staged_bmc_image_waits_for_the_managers_reset_which_takes_tasks_and_sessions_with_it) {
  start();
  const auto bmc = client();
  const std::string task = push(*bmc, image("bmc", "2.20"), "OnReset");
  wait_for_task(*bmc, task, "Pending");
  bmc->post("/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", {{"ResetType", "ForceRestart"}});
  EXPECT_EQ(state().versions.at("bmc"), "2.10");
  EXPECT_EQ(bmc->post("/redfish/v1/Managers/1/Actions/Manager.Reset", {{"ResetType", "GracefulRestart"}}).status, 204U);
  wait_until([](const HostState& host) { return host.counters.bmc_boots == 1 && host.bmc_up; });
  EXPECT_EQ(state().versions.at("bmc"), "2.20");
  EXPECT_EQ(state().sessions_open, 0);
  bmc->disconnect();
  EXPECT_EQ(bmc->send(verb::get, task).status, 401U);
  bmc->log_in();
  EXPECT_EQ(bmc->send(verb::get, task).status, 404U);
  EXPECT_EQ(bmc->get("/redfish/v1/Managers/1").at("FirmwareVersion"), "2.20");
}

TEST_F(UpdateTest, on_start_update_request_only_verifies_until_start_update_flashes) {
  start();
  const auto bmc = client();
  const json verified = wait_for_task(*bmc, push(*bmc, image("bios", "3.4"), "OnStartUpdateRequest"), "Completed");
  EXPECT_EQ(message_ids(verified).back(), "Update.1.0.AwaitToUpdate");
  EXPECT_EQ(state().staged.at("bios"), "3.4");
  bmc->post("/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", {{"ResetType", "ForceRestart"}});
  EXPECT_EQ(state().activations_of("bios"), 0) << "a reset does not start it";
  const Response started = bmc->send(verb::post, kStartUpdate);
  ASSERT_EQ(started.status, 202U) << started.text;
  const std::string task = started.body.at("@odata.id");
  EXPECT_NE(task, verified.at("@odata.id"));
  wait_for_task(*bmc, task, "Completed");
  EXPECT_EQ(state().versions.at("bios"), "3.4");
  EXPECT_TRUE(state().staged.empty());
  EXPECT_EQ(bmc->send(verb::post, kStartUpdate).status, 409U);
}

TEST_F(UpdateTest, a_staged_image_is_cancelled_with_its_task) {
  start();
  const auto bmc = client();
  const std::string task = push(*bmc, image("bios", "3.4"), "OnReset");
  wait_for_task(*bmc, task, "Pending");
  EXPECT_EQ(bmc->send(verb::delete_, task).status, 204U);
  EXPECT_EQ(bmc->send(verb::get, task).status, 404U);
  EXPECT_EQ(bmc->send(verb::get, std::string(kInventory) + "BIOS-Staged").status, 404U);
  bmc->post("/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", {{"ResetType", "ForceRestart"}});
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  EXPECT_EQ(state().previous.at("bios"), "3.1");
}

TEST_F(UpdateTest, a_staged_image_is_cancelled_by_its_own_action) {
  start();
  const auto bmc = client();
  const std::string task = push(*bmc, image("bios", "3.4"), "OnReset");
  wait_for_task(*bmc, task, "Pending");
  const std::string cancel =
      bmc->get(std::string(kInventory) + "BIOS-Staged").at("Actions").at("#SoftwareInventory.Cancel").at("target");
  EXPECT_EQ(bmc->post(cancel, json::object()).status, 204U);
  EXPECT_EQ(bmc->get(task).at("TaskState"), "Cancelled");
  EXPECT_TRUE(state().staged.empty());
}

TEST_F(UpdateTest, the_other_bank_is_booted_by_activate) {
  start();
  const auto bmc = client();
  const std::string activate =
      bmc->get(std::string(kInventory) + "BIOS-Previous").at("Actions").at("#SoftwareInventory.Activate").at("target");
  const Response switched = bmc->post(activate, json::object());
  ASSERT_EQ(switched.status, 202U) << switched.text;
  wait_for_task(*bmc, switched.body.at("@odata.id"), "Completed");
  EXPECT_EQ(state().versions.at("bios"), "3.1");
  EXPECT_EQ(state().previous.at("bios"), "3.2");
  EXPECT_EQ(state().activations_of("bios"), 1);
  EXPECT_EQ(state().counters.host_boots, 1);
  EXPECT_EQ(bmc->post(std::string(kInventory) + "BIOS/Actions/SoftwareInventory.Activate", json::object()).status,
            404U);
}

TEST_F(UpdateTest, a_raw_push_applies_as_the_service_was_told) {
  start();
  const auto bmc = client();
  const json options = {{"HttpPushUriOptions", {{"HttpPushUriApplyTime", {{"ApplyTime", "OnReset"}}}}}};
  EXPECT_EQ(bmc->send(verb::patch, "/redfish/v1/UpdateService", options.dump()).status, 200U);
  const Response pushed = bmc->send(verb::post, "/redfish/v1/UpdateService/update", image("nic", "20.6"),
                                    {{"Content-Type", "application/octet-stream"}});
  ASSERT_EQ(pushed.status, 202U) << pushed.text;
  wait_for_task(*bmc, pushed.body.at("@odata.id"), "Pending");
  EXPECT_EQ(state().staged.at("nic"), "20.6");
  EXPECT_EQ(to_hex(state().images.at(0).sha256), to_hex(sha256(image("nic", "20.6"))));
  EXPECT_EQ(state().images.at(0).bytes, 200'000U);
}

TEST_F(UpdateTest, images_that_cannot_be_end_as_exceptions_that_say_why) {
  start();
  const auto bmc = client();
  const std::string other_model = make_image({"bios", "3.4", {"Other-*"}, {}}, 5000);
  for (const std::string& wrong : {std::string(5000, 'x'), image("gpu", "1"), other_model}) {
    const json ended = wait_for_task(*bmc, push(*bmc, wrong, "Immediate"), "Exception");
    EXPECT_EQ(message_ids(ended).back(), "Update.1.0.VerificationFailed");
    EXPECT_EQ(ended.at("TaskStatus"), "Critical");
  }
  const Response mismatched = bmc->push(image("bios", "3.4"), "Immediate", std::string(kInventory) + "NIC");
  wait_for_task(*bmc, mismatched.body.at("@odata.id"), "Exception");
  EXPECT_TRUE(state().activations.empty());
  EXPECT_EQ(state().counters.uploads, 4);
}

TEST_F(UpdateTest, pushes_are_refused_before_their_body_counts) {
  host_.persona.image_bytes_max = 250'000;
  host_.persona.apply_times = {ApplyTime::on_reset};
  start();
  const auto bmc = client();
  const std::string uri = "/redfish/v1/UpdateService/update-multipart";
  EXPECT_EQ(bmc->push(std::string(250'001, 'x'), "OnReset").status, 413U);
  EXPECT_EQ(bmc->push(std::string(2'000'000, 'x'), "OnReset").status, 413U);
  EXPECT_EQ(bmc->send(verb::post, uri, "x", {{"Content-Type", "text/plain"}}).status, 415U);
  EXPECT_EQ(bmc->send(verb::post, uri, "no part", {{"Content-Type", multipart_type}}).status, 400U);
  EXPECT_EQ(bmc->push(image("bios", "3.4"), "Immediate").status, 400U);
  EXPECT_EQ(bmc->push(image("bios", "3.4"), "OnReset", "/redfish/v1/Chassis/1").status, 400U);
  EXPECT_EQ(client_without_session()->push(image("bios", "3.4"), "OnReset").status, 401U);
  EXPECT_EQ(state().counters.tasks, 0);
  EXPECT_TRUE(state().images.empty());
}

TEST_F(UpdateTest, a_chunked_push_is_refused) {
  start();
  const auto bmc = client();
  EXPECT_EQ(bmc->send_chunked("/redfish/v1/UpdateService/update-multipart", image("bios", "3.4")).status, 411U);
  EXPECT_EQ(state().counters.uploads_begun, 0);
}

TEST_F(UpdateTest, one_update_at_a_time_and_one_staged_image_per_component) {
  host_.flash = Duration(1500);
  start();
  const auto bmc = client();
  const std::string task = push(*bmc, image("bios", "3.4"), "OnReset");
  const Response busy = bmc->push(image("nic", "20.6"), "OnReset");
  EXPECT_EQ(busy.status, 503U);
  EXPECT_EQ(busy.headers.count("retry-after"), 1U);
  wait_for_task(*bmc, task, "Pending");
  EXPECT_EQ(bmc->push(image("bios", "3.5"), "OnReset").status, 409U);
  wait_for_task(*bmc, push(*bmc, image("nic", "20.6"), "OnReset"), "Pending");
  bmc->post("/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", {{"ResetType", "ForceRestart"}});
  EXPECT_EQ(state().versions.at("bios"), "3.4");
  EXPECT_EQ(state().versions.at("nic"), "20.6");
}

TEST_F(UpdateTest, a_pull_update_fails_as_a_transfer_that_the_lab_does_not_make) {
  start();
  const auto bmc = client();
  const Response accepted = bmc->post("/redfish/v1/UpdateService/Actions/UpdateService.SimpleUpdate",
                                      {{"ImageURI", "https://example.invalid/x.bin"}});
  ASSERT_EQ(accepted.status, 202U);
  EXPECT_EQ(message_ids(wait_for_task(*bmc, accepted.body.at("@odata.id"), "Exception")).back(),
            "Update.1.0.TransferFailed");
}

TEST_F(UpdateTest, the_monitor_answers_202_until_the_task_ends_then_its_outcome) {
  host_.flash = Duration(1500);
  start();
  const auto bmc = client();
  const Response pushed = bmc->push(image("bios", "3.4"), "Immediate");
  const std::string monitor = pushed.headers.at("location");
  const Response running = bmc->send(verb::get, monitor);
  EXPECT_EQ(running.status, 202U);
  EXPECT_EQ(running.headers.count("retry-after"), 1U);
  wait_for_task(*bmc, pushed.body.at("@odata.id"), "Completed");
  EXPECT_EQ(bmc->send(verb::get, monitor).status, 200U);
  const Response failed = bmc->push("no image", "Immediate");
  wait_for_task(*bmc, failed.body.at("@odata.id"), "Exception");
  EXPECT_EQ(bmc->send(verb::get, failed.headers.at("location")).status, 400U);
}

class TaskInTest : public LabTest, public testing::WithParamInterface<TaskIn> {};

TEST_P(TaskInTest, the_answer_to_an_upload_tells_the_task_where_the_persona_does) {
  host_.persona.task_in = GetParam();
  start();
  const auto bmc = client();
  const Response pushed = bmc->push(image("bios", "3.4"), "OnReset");
  ASSERT_EQ(pushed.status, 202U);
  const bool located = pushed.headers.contains("location");
  std::string task = "/redfish/v1/TaskService/Tasks/1";
  switch (GetParam()) {
    case TaskIn::monitor_and_body:
      EXPECT_EQ(pushed.headers.at("location"), "/redfish/v1/TaskService/TaskMonitors/1");
      EXPECT_EQ(pushed.body.at("@odata.id"), task);
      break;
    case TaskIn::location:
      EXPECT_EQ(pushed.headers.at("location"), task);
      EXPECT_TRUE(pushed.text.empty());
      break;
    case TaskIn::body:
      EXPECT_FALSE(located);
      EXPECT_EQ(pushed.body.at("@odata.id"), task);
      break;
    case TaskIn::monitor:
      EXPECT_EQ(pushed.headers.at("location"), "/redfish/v1/TaskService/TaskMonitors/1");
      EXPECT_TRUE(pushed.text.empty());
      break;
    case TaskIn::extended_info:
      EXPECT_FALSE(located);
      EXPECT_EQ(pushed.body.at("Accepted").at("@Message.ExtendedInfo").at(0).at("MessageArgs").at(0), task);
      break;
  }
  wait_for_task(*bmc, task, "Pending");
}

INSTANTIATE_TEST_SUITE_P(Personas, TaskInTest,
                         testing::Values(TaskIn::monitor_and_body, TaskIn::location, TaskIn::body, TaskIn::monitor,
                                         TaskIn::extended_info));

}  // namespace
}  // namespace breakwater::lab::update_test
