#include "inventories/firmware/component_match.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "inventories/document/json.hpp"
#include "tests/source_tree.hpp"

namespace breakwater::component_match_test {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

namespace {

using Inventory = std::vector<InstalledComponent>;

Release release_of(ComponentKind kind, std::vector<std::string> parts = {}) {
  Release release;
  release.component = kind;
  release.parts = std::move(parts);
  return release;
}

/// The ids that match, or the reason why none does.
std::vector<std::string> match(const Inventory& inventory, const Release& release, const ComponentSelect& select = {}) {
  const auto found = match_component(release.component, release.parts, select, inventory);
  if (!found) return {found.error().reason == NoMatch::Reason::none ? "none" : "ambiguous"};
  std::vector<std::string> ids;
  for (const InstalledComponent* entry : *found) ids.push_back(entry->id);
  return ids;
}

std::vector<std::string> match(const Inventory& inventory, ComponentKind kind, const ComponentSelect& select = {}) {
  return match(inventory, release_of(kind), select);
}

InstalledComponent entry(std::string id, ComponentKey key, Slot slot = Slot::running) {
  return {id, "/redfish/v1/UpdateService/FirmwareInventory/" + id, std::move(key), "1", slot};
}

}  // namespace

TEST(ComponentMatch, an_id_is_no_key) {
  const Inventory inventory{entry("BIOS", {"", "", {}, "Platform data"}), entry("0815", {"", "", {}, "System ROM"})};
  EXPECT_THAT(match(inventory, ComponentKind::bios), ElementsAre("0815"));
  EXPECT_THAT(match({inventory[0]}, ComponentKind::bios), ElementsAre("none"));
}

TEST(ComponentMatch, the_strongest_key_decides) {
  const Inventory inventory{entry("a", {"159", "", {"/redfish/v1/Systems/1"}, "x"}),
                            entry("b", {"", "P1", {"/redfish/v1/Systems/1/Bios"}, "y"}),
                            entry("c", {"", "", {}, "BIOS"})};
  EXPECT_THAT(match(inventory, ComponentKind::bios, {.software_id = "159"}), ElementsAre("a"));
  EXPECT_THAT(match(inventory, release_of(ComponentKind::bios, {"P*"})), ElementsAre("b"));
  EXPECT_THAT(match(inventory, ComponentKind::bios), ElementsAre("b"));
  EXPECT_THAT(match({inventory[0], inventory[2]}, ComponentKind::bios), ElementsAre("a"));
  EXPECT_THAT(match({inventory[2]}, ComponentKind::bios), ElementsAre("c"));
  EXPECT_THAT(match(inventory, ComponentKind::bios, {.name = "BIOS"}), ElementsAre("c"));
  EXPECT_THAT(match(inventory, ComponentKind::bios, {.related_item = "/redfish/v1/Systems/*", .name = "y"}),
              ElementsAre("b"));
}

TEST(ComponentMatch, only_what_runs_is_meant) {
  const ComponentKey key{"BMC-1", "", {"/redfish/v1/Managers/1"}, "BMC"};
  const Inventory inventory{entry("now", key), entry("before", key, Slot::previous), entry("next", key, Slot::staged)};
  EXPECT_THAT(match(inventory, ComponentKind::bmc), ElementsAre("now"));
  EXPECT_THAT(match({inventory[1], inventory[2]}, ComponentKind::bmc), ElementsAre("none"));
}

TEST(ComponentMatch, the_ports_of_a_card_are_one_component) {
  const Inventory inventory{entry("p1", {"0", "AOC-S25G-m2S", {"/redfish/v1/Chassis/1/NetworkAdapters/1"}, "NIC"}),
                            entry("p2", {"0", "AOC-S25G-m2S", {"/redfish/v1/Chassis/1/NetworkAdapters/1"}, "NIC"}),
                            entry("other", {"0", "AOC-X", {"/redfish/v1/Chassis/1/NetworkAdapters/2"}, "NIC"})};
  EXPECT_THAT(match(inventory, release_of(ComponentKind::nic, {"AOC-S25G-*"})), ElementsAre("p1", "p2"));
  EXPECT_THAT(match({inventory[0], inventory[1]}, ComponentKind::nic), ElementsAre("p1", "p2"));
  EXPECT_THAT(match(inventory, ComponentKind::nic), ElementsAre("ambiguous"));
  EXPECT_THAT(match(inventory, release_of(ComponentKind::nic, {"MCX-*"})), ElementsAre("none"));
}

TEST(ComponentMatch, a_software_id_of_zero_makes_nothing_one) {
  const Inventory inventory{entry("a", {"0", "", {}, "Disk"}), entry("b", {"0", "", {}, "Disk"})};
  EXPECT_THAT(match(inventory, ComponentKind::storage, {.name = "Disk"}), ElementsAre("ambiguous"));
  EXPECT_THAT(match(inventory, ComponentKind::storage, {.software_id = "0"}), ElementsAre("ambiguous"));
}

TEST(ComponentMatch, what_cannot_be_read_may_be_of_what_is_not_found_of_a_kind_with_several_and_of_any_part) {
  const Inventory inventory{entry("b", {"S1", "", {"/redfish/v1/Systems/1/Bios"}, "BIOS"}),
                            entry("n", {"S2", "P1", {"/redfish/v1/Chassis/1/NetworkAdapters/1"}, "NIC"})};
  const std::vector<UnreadEntry> bad_entry{{"/redfish/v1/UpdateService/FirmwareInventory/x", "HTTP 500 for x"}};
  const std::vector<UnreadEntry> bad_adapter{{"/redfish/v1/Chassis/1/NetworkAdapters/2", "HTTP 500 for 2", true}};
  struct Row {
    ComponentKind kind;
    std::vector<std::string> parts;
    ComponentSelect select;
    bool by_entry;    ///< a bad entry leaves it unknown
    bool by_adapter;  ///< and so does an adapter of unknown part
  };
  for (const Row& row :
       {Row{ComponentKind::bios, {}, {}, false, false}, Row{ComponentKind::tpm, {}, {}, true, false},
        Row{ComponentKind::nic, {}, {}, true, false}, Row{ComponentKind::nic, {}, {.software_id = "S2"}, true, false},
        Row{ComponentKind::nic, {}, {.part_number = "P1"}, true, true}, Row{ComponentKind::nic, {"P1"}, {}, true, true},
        Row{ComponentKind::bios, {}, {.software_id = "S9"}, true, false}}) {
    const auto unknown = [&](const std::vector<UnreadEntry>& unread) {
      const auto found = match_component(row.kind, row.parts, row.select, inventory, unread);
      return !found && found.error().reason == NoMatch::Reason::unread;
    };
    EXPECT_FALSE(unknown({})) << to_string(row.kind);
    EXPECT_EQ(unknown(bad_entry), row.by_entry) << to_string(row.kind);
    EXPECT_EQ(unknown(bad_adapter), row.by_adapter) << to_string(row.kind);
  }
  const auto why = match_component(ComponentKind::tpm, {}, {}, inventory, bad_entry);
  EXPECT_THAT(why.error().what, HasSubstr("HTTP 500 for x"));
}

TEST(ComponentMatch, says_what_it_found_instead) {
  const Inventory inventory{entry("a", {"", "", {}, "BIOS"}), entry("b", {"", "", {}, "System BIOS"})};
  const auto found = match_component(ComponentKind::bios, {}, {}, inventory);
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().what, HasSubstr("a (BIOS), b (System BIOS)"));
}

namespace {

/// Firmware inventories as real BMCs serve them; each tree is a folder of captured resources.
class RealInventory : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kTrees)) GTEST_SKIP() << "the captured Redfish trees are not beside the project: " << kTrees;
  }

  static Json resource(const fs::path& tree, const std::string& uri) {
    std::ifstream input(tree.string() + uri + "/index.json", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
    auto value = parse_json(text, {.bytes_max = std::size_t{8} << 20});
    return value ? std::move(*value) : Json();
  }

  /// Which bank an entry describes, as its vendor spells it.
  static Slot slot_of(const std::string& id, const Json& entry) {
    const auto starts = [&id](const char* prefix) { return id.starts_with(prefix); };
    if (starts("Previous-") || starts("Backup_") || starts("Golden_") || id == "BMC-Backup") return Slot::previous;
    if (starts("Available-") || starts("Staging_") || starts("Capsule_")) return Slot::staged;
    if (json_text(json_object(entry, "Status"), "State") == "Disabled") return Slot::staged;
    return Slot::running;
  }

  static Inventory load(const std::string& name) {
    const fs::path tree = kTrees / name;
    Inventory inventory;
    const Json collection = resource(tree, "/redfish/v1/UpdateService/FirmwareInventory");
    for (const Json& member : json_array(collection, "Members")) {
      const std::string uri = json_text(member, "@odata.id").value_or("");
      const Json entry = resource(tree, uri);
      InstalledComponent component;
      component.id = json_text(entry, "Id").value_or("");
      component.uri = uri;
      component.version = json_text(entry, "Version").value_or("");
      component.key.software_id = json_text(entry, "SoftwareId").value_or("");
      component.key.name = json_text(entry, "Name").value_or("");
      for (const Json& item : json_array(entry, "RelatedItem")) {
        if (const auto related = json_text(item, "@odata.id")) component.key.related_items.push_back(*related);
      }
      component.slot = slot_of(component.id, entry);
      inventory.push_back(std::move(component));
    }
    EXPECT_FALSE(inventory.empty()) << name;
    return inventory;
  }

  static inline const fs::path kTrees = source_tree("../shared/fixtures");
};

}  // namespace

TEST_F(RealInventory, dell_lists_one_bank_twice) {
  const Inventory inventory = load("dell-r750-idrac9-6.00.30");
  EXPECT_THAT(match(inventory, ComponentKind::bios),
              ElementsAre("Current-159-1.8.2__BIOS.Setup.1-1", "Installed-159-1.8.2__BIOS.Setup.1-1"));
  EXPECT_THAT(match(inventory, ComponentKind::bmc), ElementsAre("Installed-25227-6.00.30.00__iDRAC.Embedded.1-1"));
  EXPECT_THAT(match(inventory, ComponentKind::cpld), ElementsAre("Installed-27763-1.0.5__CPLD.Embedded.1"));
  EXPECT_THAT(match(inventory, ComponentKind::psu, {.software_id = "108076"}),
              ElementsAre("Installed-108076-00.2A.2B__PSU.Slot.1", "Installed-108076-00.2A.2B__PSU.Slot.2"));
  EXPECT_THAT(match(inventory, ComponentKind::psu), ElementsAre("none"));
  EXPECT_THAT(match(inventory, ComponentKind::storage, {.software_id = "0"}), ElementsAre("ambiguous"));
}

TEST_F(RealInventory, lenovo_relates_everything) {
  const Inventory inventory = load("lenovo-sr670v2-xcc-2.83");
  EXPECT_THAT(match(inventory, ComponentKind::bmc), ElementsAre("BMC-Primary"));
  EXPECT_THAT(match(inventory, ComponentKind::bios), ElementsAre("UEFI"));
  EXPECT_THAT(match(inventory, ComponentKind::psu), ElementsAre("PSU1", "PSU2", "PSU3", "PSU4"));
  EXPECT_THAT(match(inventory, ComponentKind::nic), ElementsAre("ambiguous"));
  EXPECT_THAT(match(inventory, ComponentKind::nic, {.software_id = "DEVICE-15B30128-13"}), ElementsAre("Slot_15.2"));
}

TEST_F(RealInventory, supermicro_relates_a_golden_image_to_the_bios_too) {
  const Inventory inventory = load("supermicro-sys821ge-x13");
  EXPECT_THAT(match(inventory, ComponentKind::bmc), ElementsAre("BMC"));
  EXPECT_THAT(match(inventory, ComponentKind::bios), ElementsAre("BIOS"));
  EXPECT_THAT(match(inventory, ComponentKind::cpld), ElementsAre("CPLD_Motherboard"));
  EXPECT_THAT(match(inventory, ComponentKind::nic, {.related_item = "/redfish/v1/Chassis/1/PCIeDevices/NIC9"}),
              ElementsAre("NIC9"));
  EXPECT_THAT(match(inventory, ComponentKind::nic, {.related_item = "/redfish/v1/Chassis/1/PCIeDevices/NIC*"}),
              ElementsAre("ambiguous"));
}

TEST_F(RealInventory, hpe_has_names_only) {
  for (const char* tree : {"hpe-dl380agen12-ilo7-1.13", "hpe-dl385gen10plusv2-ilo5-2.72"}) {
    const Inventory inventory = load(tree);
    EXPECT_THAT(match(inventory, ComponentKind::bmc), ElementsAre("1")) << tree;
    EXPECT_THAT(match(inventory, ComponentKind::bios), ElementsAre("2")) << tree;
    EXPECT_THAT(match(inventory, ComponentKind::cpld), ElementsAre("4")) << tree;
    EXPECT_THAT(match(inventory, ComponentKind::psu, {.name = "Power Supply Firmware"}), ElementsAre("ambiguous"))
        << tree;
  }
}

TEST_F(RealInventory, nvidia_calls_everything_the_same) {
  const Inventory gb200 = load("nvidia-gb200-openbmc-24.12");
  EXPECT_THAT(match(gb200, ComponentKind::bmc), ElementsAre("none"));
  EXPECT_THAT(match(gb200, ComponentKind::bmc, {.name = "Software Inventory"}), ElementsAre("ambiguous"));
  EXPECT_THAT(match(gb200, ComponentKind::bmc, {.software_id = "0x0010", .related_item = "/redfish/v1/Chassis/BMC_0"}),
              ElementsAre("FW_BMC_0"));
  EXPECT_THAT(match(gb200, ComponentKind::bmc, {.software_id = "0x0010"}), ElementsAre("FW_BMC_0", "HGX_FW_BMC_0"));

  const Inventory dgx = load("nvidia-dgxh100-ami-23.11");
  EXPECT_THAT(match(dgx, ComponentKind::bmc), ElementsAre("HostBMC_0"));
  EXPECT_THAT(match(dgx, ComponentKind::bios), ElementsAre("HostBIOS_0"));

  const Inventory bluefield = load("nvidia-bluefield3-openbmc-24.10");
  EXPECT_THAT(match(bluefield, ComponentKind::bios), ElementsAre("ambiguous"));
  EXPECT_THAT(match(bluefield, ComponentKind::bios, {.name = "UEFI image"}), ElementsAre("DPU_UEFI"));
}

TEST_F(RealInventory, others) {
  const Inventory dmtf = load("dmtf-public-rackmount1");
  EXPECT_THAT(match(dmtf, ComponentKind::bmc), ElementsAre("BMC"));
  EXPECT_THAT(match(dmtf, ComponentKind::bios), ElementsAre("BIOS"));
  EXPECT_THAT(match(dmtf, ComponentKind::storage), ElementsAre("SS"));
  const Inventory cray = load("hpe-cray-ex235a-nc");
  EXPECT_THAT(match(cray, ComponentKind::bmc), ElementsAre("BMC"));
  EXPECT_THAT(match(cray, ComponentKind::bios), ElementsAre("none"));
  EXPECT_THAT(match(cray, ComponentKind::bios, {.software_id = "bios.ex235a.*.*"}), ElementsAre("Node0.BIOS"));
}

TEST(ComponentMatch, banks_belong_together_by_the_strongest_key_that_both_have) {
  struct Case {
    const char* what;
    ComponentKey one;
    ComponentKey other;
    bool same;
  };
  const std::vector<std::string> system{"/redfish/v1/Systems/1"};
  for (const Case& each :
       {Case{"the id decides over the part", {"A", "P", {}, ""}, {"A", "Q", {}, ""}, true},
        Case{"another id", {"A", "P", system, ""}, {"B", "P", system, ""}, false},
        Case{"one has no id, the part decides", {"A", "P", {}, ""}, {"", "P", {}, ""}, true},
        Case{"an id of 0 says nothing", {"0", "P", {}, ""}, {"0", "Q", {}, ""}, false},
        Case{"what both belong to", {"", "", system, "x"}, {"", "P", system, "y"}, true},
        Case{"belonging to nothing is nothing in common", {"", "", {}, "x"}, {"", "", {}, "x"}, false}}) {
    EXPECT_EQ(same_component(each.one, each.other), each.same) << each.what;
    EXPECT_EQ(same_component(each.other, each.one), each.same) << each.what << ", the other way round";
  }
}

TEST(ComponentMatch, every_key_of_a_select_must_hold) {
  const Inventory inventory{entry("a", {"7", "P1", {"/redfish/v1/Chassis/1/Drives/1"}, "Disk"}),
                            entry("b", {"7", "P2", {"/redfish/v1/Chassis/1/Drives/2"}, "Disk"})};
  const auto kind = ComponentKind::storage;
  EXPECT_THAT(match(inventory, kind, {.software_id = "7", .part_number = "P2"}), ElementsAre("b"));
  EXPECT_THAT(match(inventory, kind, {.software_id = "8", .part_number = "P2"}), ElementsAre("none"));
  EXPECT_THAT(match(inventory, kind, {.software_id = "7", .related_item = "*/Drives/1"}), ElementsAre("none"))
      << "a star stands for the rest only at the end";
  EXPECT_THAT(match(inventory, kind, {.related_item = "/redfish/v1/Chassis/1/Drives/1", .name = "disk"}),
              ElementsAre("none"));
  EXPECT_THAT(match(inventory, kind, {.software_id = "7"}), ElementsAre("a", "b")) << "both are that kind of part";
}

TEST(ComponentMatch, a_link_is_taken_for_what_it_is_and_not_for_what_begins_like_it) {
  struct Case {
    ComponentKind kind;
    const char* uri;
    const char* found;
  };
  for (const Case& each : {Case{ComponentKind::bmc, "/redfish/v1/Managers/1", "x"},
                           Case{ComponentKind::bmc, "/redfish/v1/Managers/", "none"},
                           Case{ComponentKind::bmc, "/redfish/v1/Managers/1/NetworkProtocol", "none"},
                           Case{ComponentKind::bios, "/redfish/v1/Systems/1/Bios", "x"},
                           Case{ComponentKind::bios, "/redfish/v1/Systems/1", "x"},
                           Case{ComponentKind::bios, "/redfish/v1/Systems//Bios", "none"},
                           Case{ComponentKind::bios, "/redfish/v1/Systems/1/Bios/Settings", "none"},
                           Case{ComponentKind::psu, "/redfish/v1/Chassis/1/PowerSubsystem/PowerSupplies/0", "x"},
                           Case{ComponentKind::gpu, "/redfish/v1/Systems/1/Processors/GPU_0", "x"},
                           Case{ComponentKind::gpu, "/redfish/v1/Systems/1/Processors/CPU_0", "none"},
                           Case{ComponentKind::tpm, "/redfish/v1/Chassis/1/TrustedComponents/TPM", "x"},
                           Case{ComponentKind::storage, "/redfish/v1/Systems/1/SimpleStorage/1", "x"},
                           Case{ComponentKind::cpld, "/redfish/v1/Managers/1", "none"}}) {
    EXPECT_THAT(match({entry("x", {"", "", {each.uri}, "Part"})}, each.kind), ElementsAre(each.found))
        << to_string(each.kind) << ' ' << each.uri;
  }
}

TEST(ComponentMatch, many_candidates_are_named_up_to_five) {
  Inventory inventory;
  for (char id = 'a'; id <= 'g'; ++id) inventory.push_back(entry(std::string(1, id), {"", "", {}, "BIOS"}));
  const auto found = match_component(ComponentKind::bios, {}, {}, inventory);
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().what, HasSubstr("e (BIOS) and 2 more"));
}

}  // namespace breakwater::component_match_test
