// Every fault by its visible effect: what a driver that meets it can see.
#include <gmock/gmock.h>

#include "tests/drivers/lab/lab_fixture.hpp"

namespace breakwater::lab::fault_test {
namespace {

using boost::beast::http::verb;
using nlohmann::json;

constexpr const char* kInventory = "/redfish/v1/UpdateService/FirmwareInventory";
constexpr const char* kManagerReset = "/redfish/v1/Managers/1/Actions/Manager.Reset";
constexpr const char* kSystemReset = "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset";

class FaultTest : public LabTest {
 protected:
  void start_with(FaultRule rule) {
    host_.faults = {std::move(rule)};
    start();
  }

  json update(Client& bmc, const std::string& version, const std::string& wanted = "Completed") {
    return wait_for_task(bmc, push(bmc, image("bios", version), "Immediate"), wanted);
  }

  void switch_back(Client& bmc, const std::string& wanted = "Completed") {
    const Response switched =
        bmc.post(std::string(kInventory) + "/BIOS-Previous/Actions/SoftwareInventory.Activate", json::object());
    ASSERT_EQ(switched.status, 202U) << switched.text;
    wait_for_task(bmc, switched.body.at("@odata.id"), wanted);
  }

  std::string health(Client& bmc) { return bmc.get("/redfish/v1/Systems/1").at("Status").at("HealthRollup"); }

  void reset_bmc(Client& bmc) {
    bmc.post(kManagerReset, {{"ResetType", "ForceRestart"}});
    wait_until([](const HostState& host) { return host.counters.bmc_boots == 1 && host.bmc_up; });
    bmc.disconnect();
  }
};

TEST_F(FaultTest, task_exception_leaves_the_old_version) {
  start_with({.fault = LabFault::task_exception, .component = "bios", .times = 1});
  const auto bmc = client();
  EXPECT_EQ(update(*bmc, "3.4", "Exception").at("Messages").back().at("MessageId"), "Update.1.0.ApplyFailed");
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  update(*bmc, "3.4");
  EXPECT_EQ(state().versions.at("bios"), "3.4") << "the second try is past the fault's one time";
}

TEST_F(FaultTest, a_fault_of_another_component_does_not_strike) {
  start_with({.fault = LabFault::task_exception, .component = "nic"});
  const auto bmc = client();
  update(*bmc, "3.4");
}

TEST_F(FaultTest, unchanged_says_completed_with_the_old_version) {
  start_with({.fault = LabFault::unchanged});
  const auto bmc = client();
  update(*bmc, "3.4");
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  ASSERT_EQ(state().activations.size(), 1U);
  EXPECT_EQ(state().activations[0].outcome, "unchanged");
}

TEST_F(FaultTest, task_gone_is_404_and_the_update_happens) {
  start_with({.fault = LabFault::task_gone});
  const auto bmc = client();
  const std::string task = push(*bmc, image("bios", "3.4"), "Immediate");
  wait_until([](const HostState& host) { return host.versions.at("bios") == "3.4"; });
  EXPECT_EQ(bmc->send(verb::get, task).status, 404U);
}

TEST_F(FaultTest, failed_back_boots_the_old_bank_after_a_completed_task) {
  start_with({.fault = LabFault::failed_back});
  const auto bmc = client();
  update(*bmc, "3.4");
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  EXPECT_EQ(state().previous.at("bios"), "3.4");
  EXPECT_EQ(state().counters.host_boots, 1);
}

TEST_F(FaultTest, wrong_version_shows_what_nobody_sent) {
  start_with({.fault = LabFault::wrong_version, .times = 1});
  const auto bmc = client();
  update(*bmc, "3.4");
  EXPECT_THAT(state().versions.at("bios"), testing::AllOf(testing::Ne("3.4"), testing::Ne("3.2")));
}

TEST_F(FaultTest, a_bad_image_is_critical_while_it_runs_and_the_way_back_heals) {
  start();
  const auto bmc = client();
  wait_for_task(*bmc, push(*bmc, image("bios", "3.5", {LabFault::health_critical}), "Immediate"), "Completed");
  EXPECT_EQ(health(*bmc), "Critical");
  switch_back(*bmc);
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  EXPECT_EQ(health(*bmc), "OK");
}

TEST_F(FaultTest, a_component_is_lost_while_the_new_image_runs) {
  start_with({.fault = LabFault::component_lost, .times = 1});
  const auto bmc = client();
  update(*bmc, "3.4");
  EXPECT_EQ(bmc->send(verb::get, std::string(kInventory) + "/NIC").status, 404U);
  EXPECT_EQ(bmc->get(kInventory).at("Members").size(), 4U);
  switch_back(*bmc);
  EXPECT_EQ(bmc->send(verb::get, std::string(kInventory) + "/NIC").status, 200U);
}

TEST_F(FaultTest, an_image_changes_another_component_for_good) {
  start_with({.fault = LabFault::component_changed, .times = 1});
  const auto bmc = client();
  const std::string before = state().versions.at("nic");
  update(*bmc, "3.4");
  EXPECT_EQ(state().versions.at("bios"), "3.4");
  EXPECT_EQ(state().versions.at("nic"), before + "-changed");
  switch_back(*bmc);
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  EXPECT_EQ(state().versions.at("nic"), before + "-changed");
}

TEST_F(FaultTest, the_host_never_boots_until_the_bank_that_boots_is_back) {
  start_with({.fault = LabFault::host_never_boots, .component = "bios", .times = 1});
  const auto bmc = client();
  update(*bmc, "3.4");
  EXPECT_EQ(state().versions.at("bios"), "3.4");
  bmc->post(kSystemReset, {{"ResetType", "ForceRestart"}});
  const auto booted = [](const HostState& host) { return host.boot_progress == "OSRunning"; };
  EXPECT_FALSE(lab_->wait_until("n1", booted, 3 * host_.host_boot));
  switch_back(*bmc);
  wait_until(booted);
}

TEST_F(FaultTest, slow_boot_takes_its_factor_longer) {
  start_with({.fault = LabFault::slow_boot, .times = 1, .factor = 6});
  const auto bmc = client();
  const auto begun = std::chrono::steady_clock::now();
  bmc->post(kSystemReset, {{"ResetType", "ForceRestart"}});
  wait_until([](const HostState& host) { return host.boot_progress == "OSRunning"; });
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 6 * host_.host_boot);
}

TEST_F(FaultTest, the_bmc_never_returns_until_it_is_healed) {
  start_with({.fault = LabFault::bmc_never_returns});
  const auto bmc = client();
  push(*bmc, image("bmc", "2.20"), "Immediate");
  wait_until([](const HostState& host) { return !host.bmc_up; });
  EXPECT_FALSE(lab_->wait_until(
      "n1", [](const HostState& host) { return host.bmc_up; }, 3 * host_.bmc_boot));
  EXPECT_EQ(state().activations_of("bmc"), 1);
  lab_->heal("n1");
  EXPECT_TRUE(state().bmc_up);
  bmc->disconnect();
  bmc->log_in();
}

TEST_F(FaultTest, an_image_of_the_host_can_take_the_bmc_with_it) {
  start();
  const auto bmc = client();
  push(*bmc, image("bios", "3.5", {LabFault::bmc_never_returns}), "Immediate");
  wait_until([](const HostState& host) { return !host.bmc_up && host.versions.at("bios") == "3.5"; });
}

TEST_F(FaultTest, unavailable_answers_503_with_retry_after_for_a_while) {
  start_with({.fault = LabFault::unavailable, .times = 1, .lasting = Duration(1500)});
  const auto bmc = client();
  reset_bmc(*bmc);
  const Response refused = bmc->send(verb::get, "/redfish/v1");
  EXPECT_EQ(refused.status, 503U);
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (bmc->send(verb::get, "/redfish/v1").status != 200U) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
}

TEST_F(FaultTest, the_certificate_is_new_after_the_bmcs_reset) {
  start_with({.fault = LabFault::regenerate_certificate, .times = 1});
  const auto bmc = client();
  const std::string before = bmc->spki();
  reset_bmc(*bmc);
  bmc->connect();
  EXPECT_NE(bmc->spki(), before);
  EXPECT_EQ(bmc->spki(), to_hex(state().spki));
}

TEST_F(FaultTest, the_certificate_is_self_signed_after_the_bmcs_reset) {
  start_with({.fault = LabFault::regenerate_self_signed});
  const auto bmc = client();
  const Sha256 before = state().spki;
  reset_bmc(*bmc);
  EXPECT_NE(state().spki, before);
  EXPECT_THROW(bmc->connect(), boost::system::system_error);
}

TEST_F(FaultTest, the_way_back_fails) {
  start_with({.fault = LabFault::rollback_fails});
  const auto bmc = client();
  update(*bmc, "3.4");
  switch_back(*bmc, "Exception");
  update(*bmc, "3.2", "Exception");
  EXPECT_EQ(state().versions.at("bios"), "3.4");
}

TEST_F(FaultTest, an_upload_is_cut_in_its_middle) {
  start_with({.fault = LabFault::cut_upload, .component = "bios", .times = 1});
  const auto bmc = client();
  EXPECT_THROW(bmc->push(image("bios", "3.4"), "OnReset"), boost::system::system_error);
  EXPECT_EQ(state().counters.uploads_begun, 1);
  EXPECT_EQ(state().counters.uploads, 0);
  EXPECT_EQ(state().counters.tasks, 0);
  wait_for_task(*bmc, push(*bmc, image("bios", "3.4"), "OnReset"), "Pending");
}

TEST_F(FaultTest, a_connection_is_cut_after_the_body_and_the_update_goes_on) {
  start_with({.fault = LabFault::cut_after_body});
  const auto bmc = client();
  EXPECT_THROW(bmc->push(image("bios", "3.4"), "OnReset"), boost::system::system_error);
  wait_until([](const HostState& host) { return host.staged.contains("bios"); });
  EXPECT_EQ(state().counters.uploads, 1);
}

TEST_F(FaultTest, a_connection_is_cut_after_the_body_and_nothing_happens) {
  start();
  const auto bmc = client();
  EXPECT_THROW(bmc->push(image("bios", "3.4", {LabFault::cut_after_body_lost}), "OnReset"),
               boost::system::system_error);
  EXPECT_EQ(state().counters.uploads, 1);
  EXPECT_EQ(state().counters.tasks, 0);
}

TEST_F(FaultTest, the_inventory_is_garbage) {
  start_with({.fault = LabFault::garbage, .times = 1});
  const auto bmc = client();
  const Response answer = bmc->send(verb::get, kInventory);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_TRUE(answer.body.is_discarded());
  EXPECT_FALSE(bmc->send(verb::get, kInventory).body.is_discarded());
}

TEST_F(FaultTest, the_session_table_is_full) {
  start_with({.fault = LabFault::session_table_full, .times = 1});
  const auto bmc = client_without_session();
  EXPECT_THROW(bmc->log_in(), std::runtime_error);
  bmc->log_in();
}

TEST_F(FaultTest, faults_come_and_go_at_run_time) {
  start();
  const auto bmc = client();
  lab_->set_health("n1", "Warning");
  EXPECT_EQ(health(*bmc), "Warning");
  lab_->add_fault("n1", {.fault = LabFault::task_exception});
  update(*bmc, "3.4", "Exception");
  lab_->heal("n1");
  EXPECT_EQ(health(*bmc), "OK");
  update(*bmc, "3.4");
  lab_->set_power("n1", false);
  EXPECT_EQ(state().power, "Off");
  EXPECT_THROW(lab_->heal("nobody"), std::out_of_range);
}

}  // namespace
}  // namespace breakwater::lab::fault_test
