// The Redfish tree as each persona shows it: discovery, the firmware inventory, and what is no part of it.
#include <gmock/gmock.h>

#include "tests/drivers/lab/lab_fixture.hpp"

namespace breakwater::lab::tree_test {
namespace {

using boost::beast::http::verb;
using nlohmann::json;
using testing::ElementsAre;

constexpr const char* kInventory = "/redfish/v1/UpdateService/FirmwareInventory";

class TreeTest : public LabTest {
 protected:
  /// Follows every `@odata.id` from the root; counts what answers 200.
  void walk(Client& bmc, const std::string& from, std::map<std::string, unsigned>& visited) {
    if (visited.contains(from)) return;
    const Response response = bmc.send(verb::get, from);
    visited[from] = response.status;
    const json links = response.body.flatten();
    for (const auto& item : links.items())
      if (item.key().ends_with("/@odata.id")) walk(bmc, item.value().get<std::string>(), visited);
  }
};

TEST_F(TreeTest, every_link_of_the_tree_leads_somewhere) {
  start();
  const auto bmc = client();
  wait_for_task(*bmc, push(*bmc, image("bios", "3.4"), "OnReset"), "Pending");
  std::map<std::string, unsigned> visited;
  walk(*bmc, "/redfish/v1", visited);
  for (const auto& [uri, status] : visited) EXPECT_EQ(status, 200U) << uri;
  for (const char* wanted :
       {"/redfish/v1/Systems/1", "/redfish/v1/Managers/1", "/redfish/v1/TaskService/Tasks/1",
        "/redfish/v1/Chassis/1/NetworkAdapters/NIC1", "/redfish/v1/UpdateService/FirmwareInventory/BIOS-Staged"})
    EXPECT_TRUE(visited.contains(wanted)) << wanted;
}

TEST_F(TreeTest, the_root_is_for_everybody_the_rest_is_not) {
  start();
  const auto visitor = client_without_session();
  for (const char* uri : {"/redfish", "/redfish/v1", "/redfish/v1/"})
    EXPECT_EQ(visitor->send(verb::get, uri).status, 200U) << uri;
  const Response refused = visitor->send(verb::get, kInventory);
  EXPECT_EQ(refused.status, 401U);
  EXPECT_TRUE(refused.body.contains("error"));
  const json root = visitor->get("/redfish/v1/");
  EXPECT_EQ(root.at("UUID"), state().uuid);
  EXPECT_EQ(root.at("Links").at("Sessions").at("@odata.id"), "/redfish/v1/SessionService/Sessions");
}

TEST_F(TreeTest, unknown_paths_and_methods_are_refused_in_redfishs_words) {
  start();
  const auto bmc = client();
  EXPECT_EQ(bmc->send(verb::get, "/redfish/v1/Nowhere").status, 404U);
  EXPECT_EQ(bmc->send(verb::get, std::string(kInventory) + "/FLUX").body.at("error").at("code"),
            "Base.1.18.ResourceMissingAtURI");
  const Response refused = bmc->send(verb::delete_, "/redfish/v1/Systems/1");
  EXPECT_EQ(refused.status, 405U);
  EXPECT_EQ(refused.headers.at("allow"), "GET, HEAD");
  EXPECT_EQ(
      bmc->send(verb::post, "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", "{}", {{"If-Match", "*"}}).status,
      412U);
  const Response head = bmc->send(verb::head, "/redfish/v1/Systems/1");
  EXPECT_EQ(head.status, 200U);
  EXPECT_TRUE(head.text.empty());
}

TEST_F(TreeTest, the_inventory_holds_active_and_previous_banks_with_their_stable_keys) {
  start();
  const auto bmc = client();
  const json collection = bmc->get(kInventory);
  EXPECT_EQ(collection.at("Members@odata.count"), 6);
  EXPECT_EQ(collection.at("Members").at(0), json({{"@odata.id", std::string(kInventory) + "/BMC"}}));
  const json active = bmc->get(std::string(kInventory) + "/BIOS");
  EXPECT_EQ(active.at("Version"), "3.2");
  EXPECT_EQ(active.at("SoftwareId"), "LAB-BIOS");
  EXPECT_EQ(active.at("Active"), true);
  const json previous = bmc->get(std::string(kInventory) + "/BIOS-Previous");
  EXPECT_EQ(previous.at("Version"), "3.1");
  EXPECT_EQ(previous.at("SoftwareId"), "LAB-BIOS");
  EXPECT_EQ(previous.at("RelatedItem"), active.at("RelatedItem"));
  EXPECT_EQ(previous.at("Status").at("State"), "StandbySpare");
  const std::string adapter = bmc->get(std::string(kInventory) + "/NIC").at("RelatedItem").at(0).at("@odata.id");
  EXPECT_EQ(bmc->get(adapter).at("PartNumber"), "LAB-PN-NIC");
}

TEST_F(TreeTest, pages_and_expands_as_the_persona_does) {
  host_.persona.page_size = 4;
  start();
  const auto bmc = client();
  const json first = bmc->get(std::string(kInventory) + "?$expand=.");
  ASSERT_EQ(first.at("Members").size(), 4U);
  EXPECT_EQ(first.at("Members").at(2).at("Version"), "3.2");
  const json second = bmc->get(first.at("Members@odata.nextLink"));
  ASSERT_EQ(second.at("Members").size(), 2U);
  EXPECT_EQ(second.at("Members").at(0).at("Version"), "20.5");
  EXPECT_FALSE(second.contains("Members@odata.nextLink"));
  EXPECT_EQ(bmc->get(std::string(kInventory) + "?%24expand=*($levels=1)").at("Members").at(0).at("Id"), "BMC");
}

TEST_F(TreeTest, advertises_expand_without_doing_it) {
  host_.persona.expand = Expand::ignored;
  start();
  const auto bmc = client();
  EXPECT_EQ(bmc->get("/redfish/v1/").at("ProtocolFeaturesSupported").at("ExpandQuery").at("ExpandAll"), true);
  EXPECT_EQ(bmc->get(std::string(kInventory) + "?$expand=.").at("Members").at(0).size(), 1U);
}

TEST_F(TreeTest, advertises_no_expand) {
  host_.persona.expand = Expand::absent;
  start();
  const auto bmc = client();
  EXPECT_FALSE(bmc->get("/redfish/v1/").at("ProtocolFeaturesSupported").contains("ExpandQuery"));
  EXPECT_EQ(bmc->get(std::string(kInventory) + "?$expand=.").at("Members").at(0).size(), 1U);
}

TEST_F(TreeTest, lists_reset_types_in_an_action_info) {
  host_.persona.reset_values_in = ResetValuesIn::action_info;
  start();
  const auto bmc = client();
  for (const char* uri : {"/redfish/v1/Systems/1", "/redfish/v1/Managers/1"}) {
    const json actions = bmc->get(uri).at("Actions");
    const json& action = actions.begin().value();
    EXPECT_FALSE(action.contains("ResetType@Redfish.AllowableValues"));
    const json info = bmc->get(action.at("@Redfish.ActionInfo"));
    EXPECT_THAT(info.at("Parameters").at(0).at("AllowableValues"), testing::Contains("GracefulRestart"));
  }
}

TEST_F(TreeTest, hides_what_the_persona_has_not) {
  host_.persona.multipart_push = false;
  host_.persona.apply_times = {ApplyTime::on_reset};
  host_.persona.boot_progress = false;
  host_.persona.last_reset_time = false;
  start();
  const auto bmc = client();
  const json service = bmc->get("/redfish/v1/UpdateService");
  EXPECT_FALSE(service.contains("MultipartHttpPushUri"));
  EXPECT_TRUE(service.contains("HttpPushUri"));
  EXPECT_EQ(service.at("HttpPushUriOptions").at("HttpPushUriApplyTime").at("ApplyTime"), "OnReset");
  const json system = bmc->get("/redfish/v1/Systems/1");
  EXPECT_FALSE(system.contains("BootProgress"));
  EXPECT_FALSE(system.contains("LastResetTime"));
  EXPECT_EQ(bmc->push(image("bios", "3.4"), "OnReset").status, 404U);
}

}  // namespace
}  // namespace breakwater::lab::tree_test
