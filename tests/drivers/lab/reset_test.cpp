// Resets and power: what a BMC's own reset does to everybody connected, and what the host's does to its boot.
#include <gmock/gmock.h>

#include "tests/drivers/lab/lab_fixture.hpp"

namespace breakwater::lab::reset_test {
namespace {

using boost::beast::http::verb;
using nlohmann::json;

constexpr const char* kSystemReset = "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset";
constexpr const char* kManagerReset = "/redfish/v1/Managers/1/Actions/Manager.Reset";

class ResetTest : public LabTest {
 protected:
  unsigned reset(Client& bmc, const char* type) { return bmc.post(kSystemReset, {{"ResetType", type}}).status; }
};

TEST_F(ResetTest, the_bmcs_reset_drops_every_connection_and_refuses_new_ones) {
  host_.bmc_boot = Duration(1500);
  start();
  const auto bmc = client();
  const auto bystander = client();
  EXPECT_EQ(lab_->connections("n1"), 2U);
  EXPECT_EQ(bmc->post(kManagerReset, {{"ResetType", "ForceRestart"}}).status, 204U);
  wait_until([](const HostState& host) { return !host.bmc_up; });
  EXPECT_THROW(bystander->send(verb::get, "/redfish/v1"), boost::system::system_error);
  try {
    client_without_session()->connect();
    FAIL() << "the port is open in the middle of the reset";
  } catch (const boost::system::system_error& error) {
    EXPECT_EQ(error.code(), boost::system::errc::connection_refused);
  }
  wait_until([](const HostState& host) { return host.bmc_up; });
  EXPECT_EQ(bystander->send(verb::get, "/redfish/v1").status, 200U);
  EXPECT_EQ(bystander->send(verb::get, "/redfish/v1/Systems/1").status, 401U);
  EXPECT_EQ(state().counters.resets_of_manager, 1);
  EXPECT_EQ(state().counters.host_boots, 0);
  EXPECT_EQ(state().power, "On");
}

TEST_F(ResetTest, a_bmc_reset_in_the_middle_of_a_flash_loses_the_update_and_is_counted) {
  host_.flash = Duration(60'000);
  start();
  const auto bmc = client();
  push(*bmc, image("bios", "3.4"), "Immediate");
  EXPECT_EQ(bmc->post(kManagerReset, {{"ResetType", "ForceRestart"}}).status, 204U);
  wait_until([](const HostState& host) { return host.counters.bmc_boots == 1 && host.bmc_up; });
  EXPECT_EQ(state().counters.writes_interrupted, 1);
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  bmc->disconnect();
  bmc->log_in();
  EXPECT_EQ(bmc->get("/redfish/v1/TaskService/Tasks").at("Members").size(), 0U);
}

TEST_F(ResetTest, the_host_boots_after_each_kind_of_restart) {
  start();
  const auto bmc = client();
  int boots = 0;
  for (const char* type : {"ForceRestart", "GracefulRestart", "PowerCycle"}) {
    EXPECT_EQ(reset(*bmc, type), 204U) << type;
    ++boots;
    wait_until([&](const HostState& host) { return host.counters.host_boots == boots; });
    wait_until([](const HostState& host) { return host.boot_progress == "OSRunning" && host.power == "On"; });
  }
  EXPECT_EQ(state().counters.resets_of_system, 3);
  EXPECT_EQ(reset(*bmc, "Nmi"), 400U);
}

TEST_F(ResetTest, the_power_goes_off_and_on) {
  host_.host_boot = Duration(2000);
  start();
  const auto bmc = client();
  EXPECT_EQ(reset(*bmc, "GracefulShutdown"), 204U);
  EXPECT_EQ(bmc->get("/redfish/v1/Systems/1").at("PowerState"), "PoweringOff");
  wait_until([](const HostState& host) { return host.power == "Off"; });
  EXPECT_EQ(bmc->get("/redfish/v1/Systems/1").at("BootProgress").at("LastState"), "None");
  EXPECT_EQ(reset(*bmc, "ForceRestart"), 409U);
  EXPECT_EQ(reset(*bmc, "On"), 204U);
  EXPECT_EQ(state().power, "On");
  EXPECT_EQ(state().boot_progress, "SystemHardwareInitializationComplete");
  wait_until([](const HostState& host) { return host.boot_progress == "OSRunning"; });
  EXPECT_EQ(reset(*bmc, "ForceOff"), 204U);
  EXPECT_EQ(state().power, "Off");
}

TEST_F(ResetTest, a_host_that_is_off_takes_its_image_without_booting) {
  host_.powered_on = false;
  start();
  const auto bmc = client();
  wait_for_task(*bmc, push(*bmc, image("bios", "3.4"), "Immediate"), "Completed");
  EXPECT_EQ(state().versions.at("bios"), "3.4");
  EXPECT_EQ(state().power, "Off");
  EXPECT_EQ(state().counters.host_boots, 0);
}

}  // namespace
}  // namespace breakwater::lab::reset_test
