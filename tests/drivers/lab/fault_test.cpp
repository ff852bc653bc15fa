// Every fault by its visible effect: what a driver that meets it can see.
#include <gmock/gmock.h>

#include "tests/drivers/lab/lab_fixture.hpp"

namespace breakwater::lab {
namespace {

using boost::beast::http::verb;
using nlohmann::json;

constexpr const char* inventory = "/redfish/v1/UpdateService/FirmwareInventory";
constexpr const char* manager_reset = "/redfish/v1/Managers/1/Actions/Manager.Reset";
constexpr const char* system_reset = "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset";

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
        bmc.post(std::string(inventory) + "/BIOS-Previous/Actions/SoftwareInventory.Activate", json::object());
    ASSERT_EQ(switched.status, 202U) << switched.text;
    wait_for_task(bmc, switched.body.at("@odata.id"), wanted);
  }

  std::string health(Client& bmc) { return bmc.get("/redfish/v1/Systems/1").at("Status").at("HealthRollup"); }

  void reset_bmc(Client& bmc) {
    bmc.post(manager_reset, {{"ResetType", "ForceRestart"}});
    wait_until([](const HostState& host) { return host.counters.bmc_boots == 1 && host.bmc_up; });
    bmc.disconnect();
  }
};

TEST_F(FaultTest, TaskExceptionLeavesTheOldVersion) {
  start_with({.fault = Fault::task_exception, .component = "bios", .times = 1});
  const auto bmc = client();
  EXPECT_EQ(update(*bmc, "3.4", "Exception").at("Messages").back().at("MessageId"), "Update.1.0.ApplyFailed");
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  update(*bmc, "3.4");
  EXPECT_EQ(state().versions.at("bios"), "3.4") << "the second try is past the fault's one time";
}

TEST_F(FaultTest, AFaultOfAnotherComponentDoesNotStrike) {
  start_with({.fault = Fault::task_exception, .component = "nic"});
  const auto bmc = client();
  update(*bmc, "3.4");
}

TEST_F(FaultTest, UnchangedSaysCompletedWithTheOldVersion) {
  start_with({.fault = Fault::unchanged});
  const auto bmc = client();
  update(*bmc, "3.4");
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  ASSERT_EQ(state().activations.size(), 1U);
  EXPECT_EQ(state().activations[0].outcome, "unchanged");
}

TEST_F(FaultTest, TaskGoneIs404AndTheUpdateHappens) {
  start_with({.fault = Fault::task_gone});
  const auto bmc = client();
  const std::string task = push(*bmc, image("bios", "3.4"), "Immediate");
  wait_until([](const HostState& host) { return host.versions.at("bios") == "3.4"; });
  EXPECT_EQ(bmc->send(verb::get, task).status, 404U);
}

TEST_F(FaultTest, FailedBackBootsTheOldBankAfterACompletedTask) {
  start_with({.fault = Fault::failed_back});
  const auto bmc = client();
  update(*bmc, "3.4");
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  EXPECT_EQ(state().previous.at("bios"), "3.4");
  EXPECT_EQ(state().counters.host_boots, 1);
}

TEST_F(FaultTest, WrongVersionShowsWhatNobodySent) {
  start_with({.fault = Fault::wrong_version, .times = 1});
  const auto bmc = client();
  update(*bmc, "3.4");
  EXPECT_THAT(state().versions.at("bios"), testing::AllOf(testing::Ne("3.4"), testing::Ne("3.2")));
}

TEST_F(FaultTest, ABadImageIsCriticalWhileItRunsAndTheWayBackHeals) {
  start();
  const auto bmc = client();
  wait_for_task(*bmc, push(*bmc, image("bios", "3.5", {Fault::health_critical}), "Immediate"), "Completed");
  EXPECT_EQ(health(*bmc), "Critical");
  switch_back(*bmc);
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  EXPECT_EQ(health(*bmc), "OK");
}

TEST_F(FaultTest, AComponentIsLostWhileTheNewImageRuns) {
  start_with({.fault = Fault::component_lost, .times = 1});
  const auto bmc = client();
  update(*bmc, "3.4");
  EXPECT_EQ(bmc->send(verb::get, std::string(inventory) + "/NIC").status, 404U);
  EXPECT_EQ(bmc->get(inventory).at("Members").size(), 4U);
  switch_back(*bmc);
  EXPECT_EQ(bmc->send(verb::get, std::string(inventory) + "/NIC").status, 200U);
}

TEST_F(FaultTest, TheHostNeverBootsUntilTheBankThatBootsIsBack) {
  start_with({.fault = Fault::host_never_boots, .component = "bios", .times = 1});
  const auto bmc = client();
  update(*bmc, "3.4");
  EXPECT_EQ(state().versions.at("bios"), "3.4");
  bmc->post(system_reset, {{"ResetType", "ForceRestart"}});
  const auto booted = [](const HostState& host) { return host.boot_progress == "OSRunning"; };
  EXPECT_FALSE(lab_->wait_until("n1", booted, 3 * host_.host_boot));
  switch_back(*bmc);
  wait_until(booted);
}

TEST_F(FaultTest, SlowBootTakesItsFactorLonger) {
  start_with({.fault = Fault::slow_boot, .times = 1, .factor = 6});
  const auto bmc = client();
  const auto begun = std::chrono::steady_clock::now();
  bmc->post(system_reset, {{"ResetType", "ForceRestart"}});
  wait_until([](const HostState& host) { return host.boot_progress == "OSRunning"; });
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 6 * host_.host_boot);
}

TEST_F(FaultTest, TheBmcNeverReturnsUntilItIsHealed) {
  start_with({.fault = Fault::bmc_never_returns});
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

TEST_F(FaultTest, AnImageOfTheHostCanTakeTheBmcWithIt) {
  start();
  const auto bmc = client();
  push(*bmc, image("bios", "3.5", {Fault::bmc_never_returns}), "Immediate");
  wait_until([](const HostState& host) { return !host.bmc_up && host.versions.at("bios") == "3.5"; });
}

TEST_F(FaultTest, UnavailableAnswers503WithRetryAfterForAWhile) {
  start_with({.fault = Fault::unavailable, .times = 1, .lasting = Duration(1500)});
  const auto bmc = client();
  reset_bmc(*bmc);
  const Response refused = bmc->send(verb::get, "/redfish/v1");
  EXPECT_EQ(refused.status, 503U);
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (bmc->send(verb::get, "/redfish/v1").status != 200U) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
}

TEST_F(FaultTest, TheCertificateIsNewAfterTheBmcsReset) {
  start_with({.fault = Fault::regenerate_certificate, .times = 1});
  const auto bmc = client();
  const std::string before = bmc->spki();
  reset_bmc(*bmc);
  bmc->connect();
  EXPECT_NE(bmc->spki(), before);
  EXPECT_EQ(bmc->spki(), to_hex(state().spki));
}

TEST_F(FaultTest, TheCertificateIsSelfSignedAfterTheBmcsReset) {
  start_with({.fault = Fault::regenerate_self_signed});
  const auto bmc = client();
  const Sha256 before = state().spki;
  reset_bmc(*bmc);
  EXPECT_NE(state().spki, before);
  EXPECT_THROW(bmc->connect(), boost::system::system_error);
}

TEST_F(FaultTest, TheWayBackFails) {
  start_with({.fault = Fault::rollback_fails});
  const auto bmc = client();
  update(*bmc, "3.4");
  switch_back(*bmc, "Exception");
  update(*bmc, "3.2", "Exception");
  EXPECT_EQ(state().versions.at("bios"), "3.4");
}

TEST_F(FaultTest, AnUploadIsCutInItsMiddle) {
  start_with({.fault = Fault::cut_upload, .component = "bios", .times = 1});
  const auto bmc = client();
  EXPECT_THROW(bmc->push(image("bios", "3.4"), "OnReset"), boost::system::system_error);
  EXPECT_EQ(state().counters.uploads_begun, 1);
  EXPECT_EQ(state().counters.uploads, 0);
  EXPECT_EQ(state().counters.tasks, 0);
  wait_for_task(*bmc, push(*bmc, image("bios", "3.4"), "OnReset"), "Pending");
}

TEST_F(FaultTest, AConnectionIsCutAfterTheBodyAndTheUpdateGoesOn) {
  start_with({.fault = Fault::cut_after_body});
  const auto bmc = client();
  EXPECT_THROW(bmc->push(image("bios", "3.4"), "OnReset"), boost::system::system_error);
  wait_until([](const HostState& host) { return host.staged.contains("bios"); });
  EXPECT_EQ(state().counters.uploads, 1);
}

TEST_F(FaultTest, AConnectionIsCutAfterTheBodyAndNothingHappens) {
  start();
  const auto bmc = client();
  EXPECT_THROW(bmc->push(image("bios", "3.4", {Fault::cut_after_body_lost}), "OnReset"), boost::system::system_error);
  EXPECT_EQ(state().counters.uploads, 1);
  EXPECT_EQ(state().counters.tasks, 0);
}

TEST_F(FaultTest, TheInventoryIsGarbage) {
  start_with({.fault = Fault::garbage, .times = 1});
  const auto bmc = client();
  const Response answer = bmc->send(verb::get, inventory);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_TRUE(answer.body.is_discarded());
  EXPECT_FALSE(bmc->send(verb::get, inventory).body.is_discarded());
}

TEST_F(FaultTest, TheSessionTableIsFull) {
  start_with({.fault = Fault::session_table_full, .times = 1});
  const auto bmc = client_without_session();
  EXPECT_THROW(bmc->log_in(), std::runtime_error);
  bmc->log_in();
}

TEST_F(FaultTest, FaultsComeAndGoAtRunTime) {
  start();
  const auto bmc = client();
  lab_->set_health("n1", "Warning");
  EXPECT_EQ(health(*bmc), "Warning");
  lab_->add_fault("n1", {.fault = Fault::task_exception});
  update(*bmc, "3.4", "Exception");
  lab_->heal("n1");
  EXPECT_EQ(health(*bmc), "OK");
  update(*bmc, "3.4");
  lab_->set_power("n1", false);
  EXPECT_EQ(state().power, "Off");
  EXPECT_THROW(lab_->heal("nobody"), std::out_of_range);
}

}  // namespace
}  // namespace breakwater::lab
