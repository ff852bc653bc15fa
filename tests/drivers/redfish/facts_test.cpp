// The facts on captured trees of real BMCs and on small hand-made bodies.
#include "drivers/redfish/facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "drivers/redfish/tasks.hpp"
#include "tests/source_tree.hpp"

namespace breakwater::redfish::facts_test {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

const fs::path kFixtures = source_tree("../shared/fixtures");

Json json(const std::string& text) {
  auto parsed = parse_json(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(Json::object());
}

/// One captured tree.
class Tree {
 public:
  explicit Tree(const std::string& name) : folder_(kFixtures / name) {}

  std::optional<Json> get(std::string link) const {
    if (link.empty()) return std::nullopt;
    link = link.substr(0, link.find('#'));
    std::ifstream file(folder_ / link.substr(1) / "index.json");
    if (!file) return std::nullopt;
    std::stringstream text;
    text << file.rdbuf();
    auto parsed = parse_json(text.str(), {std::size_t{8} << 20});
    EXPECT_TRUE(parsed) << link << ": " << (parsed ? "" : parsed.error().what);
    return parsed ? std::optional<Json>(*parsed) : std::nullopt;
  }
  ServiceRoot root() const { return read_service_root(get("/redfish/v1").value_or(Json::object())); }
  std::vector<Json> members(const std::string& link) const {
    std::vector<Json> bodies;
    for (const auto& member : read_page(get(link).value_or(Json::object())).members) {
      if (auto body = get(member.uri)) bodies.push_back(std::move(*body));
    }
    return bodies;
  }
  std::vector<SystemFacts> systems() const {
    std::vector<SystemFacts> facts;
    for (const Json& body : members(root().systems)) facts.push_back(read_system(body, quirks_of(root().family)));
    return facts;
  }
  SystemFacts system() const {
    const auto all = systems();
    const SystemFacts* const chosen = choose_system(all);
    return chosen == nullptr ? SystemFacts{} : *chosen;
  }
  ManagerFacts manager() const {
    std::vector<ManagerFacts> facts;
    for (const Json& body : members(root().managers)) facts.push_back(read_manager(body));
    const ManagerFacts* const chosen = choose_manager(facts, system(), root());
    return chosen == nullptr ? ManagerFacts{} : *chosen;
  }
  UpdateFacts update() const {
    return read_update_service(get(root().update_service).value_or(Json::object()), quirks_of(root().family));
  }
  std::vector<SoftwareEntry> software() const {
    std::vector<SoftwareEntry> entries;
    for (const Json& body : members(update().inventory))
      entries.push_back(read_software(body, quirks_of(root().family)));
    entries = settle_slots(std::move(entries), quirks_of(root().family), {manager().active_image});
    std::erase_if(entries, [](const SoftwareEntry& entry) { return !entry.known; });
    return entries;
  }
  std::vector<std::string> ids(Slot slot) const {
    std::vector<std::string> found;
    for (const SoftwareEntry& entry : software()) {
      if (entry.component.slot == slot) found.push_back(entry.component.id);
    }
    return found;
  }

 private:
  fs::path folder_;
};

class Captured : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kFixtures)) GTEST_SKIP() << "NO CAPTURED TREES at " << kFixtures << ": nothing was checked";
  }
};

struct TreeRow {
  const char* name;
  Family family;
  const char* system;
  const char* manager;
  std::size_t listed;  ///< entries of the firmware inventory
  std::vector<const char*> restart;
  Boot boot;
};

const TreeRow kTrees[] = {
    {"dell-r750-idrac9-6.00.30",
     Family::dell,
     "System.Embedded.1",
     "iDRAC.Embedded.1",
     29,
     {"GracefulRestart"},
     Boot::unknown},
    {"dell-r750-idrac9-7.10.30-dpu",
     Family::dell,
     "System.Embedded.1",
     "iDRAC.Embedded.1",
     23,
     {"GracefulRestart"},
     Boot::booted},
    {"hpe-dl385gen10plusv2-ilo5-2.72", Family::hpe, "1", "1", 48, {"GracefulRestart", "ForceRestart"}, Boot::unknown},
    {"hpe-dl380agen12-ilo7-1.13", Family::hpe, "1", "1", 43, {"GracefulRestart"}, Boot::unknown},
    {"lenovo-sr670v2-xcc-2.83", Family::lenovo, "1", "1", 43, {"GracefulRestart"}, Boot::unknown},
    {"supermicro-sys821ge-x13", Family::supermicro, "1", "1", 106, {"GracefulRestart", "ForceRestart"}, Boot::booted},
    {"supermicro-x10sdv-thin", Family::generic, "1", "1", 0, {"GracefulRestart"}, Boot::unknown},
    {"nvidia-gb200-openbmc-24.12", Family::nvidia, "System_0", "BMC_0", 30, {"GracefulRestart"}, Boot::booted},
    {"nvidia-dgxh100-ami-23.11", Family::ami, "DGX", "BMC", 66, {"GracefulRestart", "ForceRestart"}, Boot::unknown},
    {"nvidia-bluefield3-openbmc-24.10",
     Family::nvidia,
     "Bluefield",
     "Bluefield_BMC",
     14,
     {"GracefulRestart"},
     Boot::booted},
    {"hpe-cray-ex235a-nc", Family::generic, "Node0", "BMC", 14, {"none"}, Boot::unknown},
    {"dmtf-public-rackmount1", Family::generic, "437XR1138R2", "BMC", 3, {"GracefulRestart"}, Boot::booted},
};

TEST_F(Captured, every_tree_gives_its_system_manager_inventory_and_reset) {
  for (const TreeRow& row : kTrees) {
    SCOPED_TRACE(row.name);
    const Tree tree(row.name);
    EXPECT_EQ(tree.root().family, row.family);
    EXPECT_EQ(tree.system().uri, std::string("/redfish/v1/Systems/") + row.system);
    EXPECT_EQ(tree.manager().uri, std::string("/redfish/v1/Managers/") + row.manager);
    EXPECT_EQ(tree.members(tree.update().inventory).size(), row.listed);
    EXPECT_EQ(tree.system().boot, row.boot);
    EXPECT_EQ(tree.system().power, Power::on);
    EXPECT_FALSE(tree.root().sessions.empty());
    ASSERT_TRUE(tree.system().reset);
    auto allowed = tree.system().reset->reset_types;
    if (allowed.empty())
      allowed = read_action_info(tree.get(tree.system().reset->action_info).value_or(Json::object()));
    EXPECT_THAT(allowed, Not(IsEmpty()));
    const std::string chosen = choose_restart(allowed).value_or("none");
    EXPECT_THAT(row.restart, Contains(chosen));
  }
}

TEST_F(Captured, every_running_entry_has_a_uri_and_a_key) {
  for (const TreeRow& row : kTrees) {
    for (const SoftwareEntry& entry : Tree(row.name).software()) {
      EXPECT_TRUE(entry.component.uri.starts_with("/redfish/v1/")) << row.name << " " << entry.component.id;
      EXPECT_FALSE(entry.component.key.name.empty()) << row.name << " " << entry.component.id;
      EXPECT_FALSE(entry.component.id.empty()) << row.name;
    }
  }
}

TEST_F(Captured, identities_are_those_of_the_host_and_not_of_a_part) {
  EXPECT_EQ(Tree("nvidia-gb200-openbmc-24.12").system().identity.uuid, "501f2928-84ea-8579-cf52-dc2dbd2e4656");
  EXPECT_EQ(Tree("nvidia-dgxh100-ami-23.11").system().identity.serial, "1662923610124");
  EXPECT_EQ(Tree("nvidia-dgxh100-ami-23.11").system().identity.uuid, "b11dd4f2-bfde-1000-02bc-5cff35fbe6e9");
  EXPECT_EQ(Tree("supermicro-x10sdv-thin").system().identity.serial, "") << "ten spaces are no serial number";
  EXPECT_EQ(Tree("dell-r750-idrac9-7.10.30-dpu").system().health, Health::critical);
}

TEST(System, a_placeholder_is_no_serial_number) {
  for (const char* text : {"", "N/A", "None", "unknown", "Not Specified", "To be filled by O.E.M.", "0123456789"}) {
    const Json system = {{"SerialNumber", text}};
    EXPECT_EQ(read_system(system, quirks_of(Family::generic)).identity.serial, "") << text;
  }
  const Json system = {{"SerialNumber", " S1 "}};
  EXPECT_EQ(read_system(system, quirks_of(Family::generic)).identity.serial, "S1");
}

TEST_F(Captured, dell_lists_previous_banks_and_no_component_twice) {
  const Tree tree("dell-r750-idrac9-6.00.30");
  EXPECT_THAT(tree.ids(Slot::previous),
              ElementsAre("Previous-159-1.2.4__BIOS.Setup.1-1", "Previous-25227-4.40.29.00__iDRAC.Embedded.1-1"));
  for (const std::string& id : tree.ids(Slot::running)) EXPECT_TRUE(id.starts_with("Installed-")) << id;
  EXPECT_TRUE(tree.update().ability.multipart);
  EXPECT_FALSE(tree.update().ability.http_push) << "its HttpPushUri takes no bare image";
  EXPECT_TRUE(tree.update().ability.stage_on_reset) << "said on SimpleUpdate";
  EXPECT_TRUE(tree.update().ability.stage_for_start);
  EXPECT_EQ(tree.update().ability.max_image_bytes, 0u);
}

TEST_F(Captured, xcc_tells_banks_by_suffix_and_an_empty_pending_slot_holds_nothing) {
  const Tree tree("lenovo-sr670v2-xcc-2.83");
  EXPECT_THAT(tree.ids(Slot::previous), ElementsAre("BMC-Backup"));
  EXPECT_THAT(tree.ids(Slot::staged), IsEmpty());
  EXPECT_EQ(tree.update().multipart_uri, "/mfwupdate");
  EXPECT_EQ(tree.update().ability.max_image_bytes, 250000000u);
}

TEST_F(Captured, supermicro_shows_banks_by_prefix_and_not_present_is_nothing) {
  const Tree tree("supermicro-sys821ge-x13");
  EXPECT_THAT(tree.ids(Slot::previous), Contains("Golden_BIOS"));
  EXPECT_THAT(tree.ids(Slot::previous), Not(Contains("Backup_BIOS"))) << "its version is 'Not Present'";
  EXPECT_THAT(tree.ids(Slot::running), Contains("BIOS"));
}

TEST_F(Captured, ilo_takes_no_push_of_ours) {
  EXPECT_FALSE(Tree("hpe-dl385gen10plusv2-ilo5-2.72").update().ability.multipart);
  EXPECT_FALSE(Tree("hpe-dl385gen10plusv2-ilo5-2.72").update().ability.http_push);
}

TEST_F(Captured, an_x10_has_no_update_service_and_that_is_no_error) {
  const Tree tree("supermicro-x10sdv-thin");
  EXPECT_EQ(tree.root().expand, 0);
  EXPECT_FALSE(tree.update().ability.multipart);
  EXPECT_THAT(tree.software(), IsEmpty());
}

TEST_F(Captured, a_collection_without_members_is_empty) {
  const Tree tree("hpe-cray-ex235a-nc");
  EXPECT_THAT(read_page(tree.get("/redfish/v1/TaskService/Tasks").value_or(Json::object())).members, IsEmpty());
}

TEST_F(Captured, five_of_the_dgx_tasks_failed_though_their_status_is_ok) {
  int failed = 0;
  const std::vector<Json> tasks = Tree("nvidia-dgxh100-ami-23.11").members("/redfish/v1/TaskService/Tasks");
  EXPECT_EQ(tasks.size(), 9u);
  for (const Json& task : tasks) {
    const TaskView view = read_task(task);
    EXPECT_TRUE(is_over(view));
    EXPECT_FALSE(view.started.empty());
    failed += view.state == TaskState::failed ? 1 : 0;
  }
  EXPECT_EQ(failed, 5);
}

TEST_F(Captured, every_supermicro_task_snippet_is_read) {
  const auto state = [](const char* name) {
    std::ifstream file(kFixtures / "snippets/bmclib-supermicro-tasks" / name);
    std::stringstream text;
    text << file.rdbuf();
    return read_task(json(text.str())).state;
  };
  EXPECT_EQ(state("tasks_1_completed.json"), TaskState::succeeded);
  EXPECT_EQ(state("tasks_1_failed.json"), TaskState::failed);
  EXPECT_EQ(state("tasks_1_pending.json"), TaskState::pending);
  EXPECT_EQ(state("tasks_1_running.json"), TaskState::running);
  EXPECT_EQ(state("tasks_1_scheduled.json"), TaskState::pending);
  EXPECT_EQ(state("tasks_1_starting.json"), TaskState::running);
  EXPECT_EQ(state("tasks_1_unknown.json"), TaskState::unknown);
}

TEST(Facts, a_boot_is_told_by_what_the_service_shows) {
  const auto boot = [](const std::string& progress, Family family = Family::generic) {
    return read_system(json(R"({"LastResetTime":"2026-01-02T00:00:00Z","BootProgress":)" + progress + "}"),
                       quirks_of(family))
        .boot;
  };
  EXPECT_EQ(boot("null"), Boot::unknown);
  EXPECT_EQ(boot("{}"), Boot::unknown);
  EXPECT_EQ(boot(R"({"LastState":"None","LastBootTimeSeconds":0})"), Boot::unknown);
  EXPECT_EQ(boot(R"({"LastState":"None","LastStateTime":"2026-01-02T00:00:01Z"})"), Boot::booting);
  EXPECT_EQ(boot(R"({"LastState":"OSRunning"})"), Boot::booted);
  EXPECT_EQ(boot(R"({"LastState":"OSBootStarted"})"), Boot::booting);
  EXPECT_EQ(boot(R"({"LastState":"SystemHardwareInitializationComplete"})"), Boot::booting);
  EXPECT_EQ(boot(R"({"LastState":"SystemHardwareInitializationComplete"})", Family::supermicro), Boot::booted);
  EXPECT_EQ(boot(R"({"LastState":"OEM","OemLastState":"OsIsRunning"})"), Boot::unknown);
  EXPECT_EQ(boot(R"({"LastState":"OEM","OemLastState":"OsIsRunning"})", Family::nvidia), Boot::booted);
  EXPECT_EQ(boot(R"({"LastState":"OSRunning","LastStateTime":"2026-01-01T00:00:00Z"})"), Boot::booting)
      << "it describes the boot before the last reset";
  EXPECT_EQ(boot(R"({"LastState":"OSRunning","LastStateTime":"1970-01-21T01:08:26Z"})"), Boot::booted)
      << "a clock that was never set says nothing";
}

TEST(Facts, what_a_service_says_of_an_entry_goes_before_what_its_id_hints_at) {
  const auto slot = [](const std::string& entry, Family family = Family::generic) {
    return read_software(json(entry), quirks_of(family)).component.slot;
  };
  EXPECT_EQ(slot(R"({"Id":"BIOS","Version":"1"})"), Slot::running);
  EXPECT_EQ(slot(R"({"Id":"BIOS","Version":"1","Active":true,"Staged":false})"), Slot::running);
  EXPECT_EQ(slot(R"({"Id":"BIOS-2","Version":"1","Active":false,"Staged":false})"), Slot::previous);
  EXPECT_EQ(slot(R"({"Id":"BIOS-3","Version":"1","Active":false,"Staged":true})"), Slot::staged);
  EXPECT_EQ(slot(R"({"Id":"x","Version":"1","Status":{"State":"StandbySpare"}})"), Slot::previous);
  EXPECT_EQ(slot(R"({"Id":"UEFI-Pending","Version":"1"})", Family::lenovo), Slot::staged);
  EXPECT_EQ(slot(R"({"Id":"UEFI-Pending","Version":"1"})"), Slot::running);
  EXPECT_EQ(slot(R"({"Id":"Staging_BMC","Version":"1"})", Family::supermicro), Slot::staged);
  EXPECT_EQ(slot(R"({"Id":"Available-159-2__BIOS","Version":"2"})", Family::dell), Slot::staged);
}

TEST(Facts, the_image_a_manager_names_as_active_makes_its_twin_the_previous_one) {
  const auto entry = [](const std::string& id) {
    return read_software(json(R"({"@odata.id":"/redfish/v1/UpdateService/FirmwareInventory/)" + id + R"(","Id":")" +
                              id + R"(","Name":"BMC image","Version":")" + id + R"("})"),
                         quirks_of(Family::generic));
  };
  const auto settled = settle_slots({entry("5fa1"), entry("9c02")}, quirks_of(Family::generic),
                                    {"/redfish/v1/UpdateService/FirmwareInventory/9c02"});
  EXPECT_EQ(settled[0].component.slot, Slot::previous);
  EXPECT_EQ(settled[1].component.slot, Slot::running);
}

TEST(Facts, null_and_wrong_types_are_absent) {
  const SystemFacts system = read_system(
      json(R"({"@odata.id":7,"SerialNumber":null,"UUID":{},"Links":[],"Actions":"x","PowerState":true,"Status":3})"),
      quirks_of(Family::generic));
  EXPECT_EQ(system.identity, Identity{});
  EXPECT_FALSE(system.reset);
  EXPECT_EQ(system.health, Health::unknown);
  EXPECT_THAT(read_page(json(R"({"Members":[1,null,"/a",{"@odata.id":"/b"},{"x":1}]})")).members.size(), 2u);
  EXPECT_EQ(
      read_update_service(json(R"({"MaxImageSizeBytes":-1})"), quirks_of(Family::generic)).ability.max_image_bytes, 0u);
}

TEST(Facts, a_bare_push_may_be_told_when_to_apply) {
  const UpdateFacts facts =
      read_update_service(json(R"({"HttpPushUri":"/push","HttpPushUriOptions":{"HttpPushUriApplyTime":
        {"ApplyTime":"Immediate","ApplyTime@Redfish.AllowableValues":["Immediate","OnReset"]}}})"),
                          quirks_of(Family::generic));
  EXPECT_TRUE(facts.ability.http_push);
  EXPECT_TRUE(facts.push_options);
  EXPECT_TRUE(facts.ability.stage_on_reset);
  EXPECT_FALSE(facts.ability.stage_for_start);
}

}  // namespace
}  // namespace breakwater::redfish::facts_test
