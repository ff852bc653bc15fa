// Lab documents: layers, defaults, and every way to get one wrong.
#include "drivers/lab/lab_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace breakwater::lab::lab_document_test {
namespace {

Result<LabConfig, Diagnostics> read(const std::string& spec) {
  const SourceText source{"lab.yaml", "/srv/labs",
                          "apiVersion: breakwater/v1\nkind: Lab\nmetadata: {name: l}\n" + spec};
  DocumentFile file = parse_documents(source);
  if (!file.faults.empty()) return fail(std::move(file.faults));
  return read_lab(file.documents.at(0));
}

LabConfig well(const std::string& spec) {
  auto config = read(spec);
  if (config) return std::move(*config);
  for (const Diagnostic& fault : config.error()) ADD_FAILURE() << to_string(fault);
  return {};
}

TEST(LabDocumentTest, reads_every_key) {
  const LabConfig lab = well(R"(spec:
  port: 9443
  control: 9000
  username: root
  password: "calvin"
  certificates: pki
  defaults:
    model: Box-1
    vendor: Acme
    flash: 1s
    bmcBoot: 2s
    hostBoot: 3s
    applyTimes: [OnReset]
    push: [httpPush]
    taskIn: extendedInfo
    expand: ignored
    pageSize: 2
    resetValuesIn: actionInfo
    imageBytesMax: 1000
    sessionsMax: 3
    bootProgress: false
    lastResetTime: false
    certificate: selfSigned
    power: "off"
    components:
      bios: {version: "3.2", previous: "3.1", softwareId: B1, id: UEFI, relatedItem: /redfish/v1/Systems/1}
      nic1: {version: "20.5", partNumber: P1, activatedBy: hostReboot, banks: 1}
  groups:
    r01: {hosts: "r01-n[01-03]", firstAddress: "127.9.1.1"}
)");
  EXPECT_EQ(lab.name, "l");
  EXPECT_EQ(lab.port, 9443);
  EXPECT_EQ(lab.control_port, 9000);
  EXPECT_EQ(lab.credentials.username, "root");
  EXPECT_EQ(lab.credentials.password.reveal(), "calvin");
  EXPECT_EQ(lab.certificates, "/srv/labs/pki");
  ASSERT_EQ(lab.hosts.size(), 3U);
  EXPECT_EQ(lab.hosts[2].name, "r01-n03");
  EXPECT_EQ(lab.hosts[2].address, "127.9.1.3");
  const HostConfig& host = lab.hosts[0];
  EXPECT_EQ(host.group, "r01");
  EXPECT_EQ(host.model, "Box-1");
  EXPECT_EQ(host.manufacturer, "Acme");
  EXPECT_EQ(host.persona.vendor, "Acme");
  EXPECT_EQ(host.flash, Duration(1000));
  EXPECT_EQ(host.bmc_boot, Duration(2000));
  EXPECT_EQ(host.host_boot, Duration(3000));
  EXPECT_THAT(host.persona.apply_times, testing::ElementsAre(ApplyTime::on_reset));
  EXPECT_FALSE(host.persona.multipart_push);
  EXPECT_TRUE(host.persona.http_push);
  EXPECT_EQ(host.persona.task_in, TaskIn::extended_info);
  EXPECT_EQ(host.persona.expand, Expand::ignored);
  EXPECT_EQ(host.persona.page_size, 2U);
  EXPECT_EQ(host.persona.reset_values_in, ResetValuesIn::action_info);
  EXPECT_EQ(host.persona.image_bytes_max, 1000U);
  EXPECT_EQ(host.persona.sessions_max, 3U);
  EXPECT_FALSE(host.persona.boot_progress);
  EXPECT_FALSE(host.persona.last_reset_time);
  EXPECT_EQ(host.certificate, Certificate::self_signed);
  EXPECT_FALSE(host.powered_on);
  ASSERT_EQ(host.components.size(), 2U);
  EXPECT_EQ(host.components[0].id, "UEFI");
  EXPECT_EQ(host.components[0].software_id, "B1");
  EXPECT_EQ(host.components[0].previous, "3.1");
  EXPECT_EQ(host.components[1].part_number, "P1");
  EXPECT_EQ(host.components[1].activated_by, ResetOf::system);
  EXPECT_FALSE(host.components[1].two_banks);
}

TEST(LabDocumentTest, reads_who_speaks_what) {
  const LabConfig lab = well(R"(spec:
  ipmiPort: 9623
  ipmiDelay: 50ms
  defaults: {ipmiMessageBytesMax: 512, redfish: false}
  hosts: {n1: {}, n2: {redfish: true, ipmi: false}}
)");
  EXPECT_EQ(lab.ipmi_port, 9623);
  EXPECT_EQ(lab.ipmi_delay, Duration(50));
  ASSERT_EQ(lab.hosts.size(), 2U);
  EXPECT_EQ(lab.hosts[0].persona.ipmi_message_bytes_max, 512U);
  EXPECT_FALSE(lab.hosts[0].redfish);
  EXPECT_TRUE(lab.hosts[0].ipmi);
  EXPECT_TRUE(lab.hosts[1].redfish);
  EXPECT_FALSE(lab.hosts[1].ipmi);
}

TEST(LabDocumentTest, reads_how_an_image_that_waits_is_shown) {
  const LabConfig lab = well("spec: {hosts: {n1: {}, n2: {waitsAs: task}, n3: {waitsAs: job}}}");
  ASSERT_EQ(lab.hosts.size(), 3U);
  EXPECT_EQ(lab.hosts[0].persona.waits_as, WaitsAs::entry);
  EXPECT_EQ(lab.hosts[1].persona.waits_as, WaitsAs::task);
  EXPECT_EQ(lab.hosts[2].persona.waits_as, WaitsAs::job);
}

TEST(LabDocumentTest, nearer_layers_win) {
  const LabConfig lab = well(R"(spec:
  defaults:
    flash: 1s
    components: {bios: {version: "3.2", previous: "3.1"}}
    faults: [unchanged]
  groups:
    a: {hosts: "a[1-2]", flash: 2s}
    b: {hosts: b1, components: {bios: {version: "3.0"}, bmc: {version: "2.0"}}}
  hosts:
    a2: {flash: 3s, address: "127.9.9.9", serial: S2, faults: [{fault: slow_boot, component: bios, times: 2, every: 4, factor: 3}]}
    c1: {uuid: 00000000-0000-8000-a000-000000000001, expand: false}
)");
  ASSERT_EQ(lab.hosts.size(), 4U);
  EXPECT_EQ(lab.hosts[0].flash, Duration(2000));
  EXPECT_EQ(lab.hosts[0].faults.at(0).fault, LabFault::unchanged);
  EXPECT_EQ(lab.hosts[1].flash, Duration(3000));
  EXPECT_EQ(lab.hosts[1].address, "127.9.9.9");
  EXPECT_EQ(lab.hosts[1].serial, "S2");
  ASSERT_EQ(lab.hosts[1].faults.size(), 1U);
  EXPECT_EQ(lab.hosts[1].faults[0].fault, LabFault::slow_boot);
  EXPECT_EQ(lab.hosts[1].faults[0].component, "bios");
  EXPECT_EQ(lab.hosts[1].faults[0].times, 2);
  EXPECT_EQ(lab.hosts[1].faults[0].every, 4);
  EXPECT_EQ(lab.hosts[1].faults[0].factor, 3);
  EXPECT_EQ(lab.hosts[2].address, "127.9.9.10");
  ASSERT_EQ(lab.hosts[2].components.size(), 2U);
  EXPECT_EQ(lab.hosts[2].components[0].version, "3.0");
  EXPECT_EQ(lab.hosts[2].components[0].previous, "3.1");
  EXPECT_EQ(lab.hosts[3].name, "c1");
  EXPECT_EQ(lab.hosts[3].flash, Duration(1000));
  EXPECT_EQ(lab.hosts[3].persona.expand, Expand::absent);
}

/// As an Inventory counts: a host's place decides, whatever address the hosts before it were given.
TEST(LabDocumentTest, an_address_of_its_own_takes_its_place_in_the_count_too) {
  const LabConfig lab = well(R"(spec:
  groups:
    a: {hosts: "a[1-3]", firstAddress: "127.9.1.1"}
  hosts:
    a1: {address: "127.9.9.8"}
    a2: {address: "127.9.9.9"}
    c1: {}
)");
  ASSERT_EQ(lab.hosts.size(), 4U);
  EXPECT_EQ(lab.hosts[0].address, "127.9.9.8");
  EXPECT_EQ(lab.hosts[1].address, "127.9.9.9");
  EXPECT_EQ(lab.hosts[2].address, "127.9.1.3");
  EXPECT_EQ(lab.hosts[3].address, "127.9.1.4");
}

TEST(LabDocumentTest, a_host_that_says_nothing_has_the_default_firmware) {
  const LabConfig lab = well("spec: {hosts: {n1: {}}}\n");
  ASSERT_EQ(lab.hosts.size(), 1U);
  EXPECT_EQ(lab.hosts[0].components.size(), default_components().size());
  EXPECT_EQ(lab.hosts[0].address, "127.7.1.1");
  EXPECT_EQ(lab.port, 8443);
  EXPECT_EQ(lab.ipmi_port, 6230);
  EXPECT_EQ(lab.control_port, 0);
}

TEST(LabDocumentTest, says_what_is_wrong_and_where) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"spec: {}", "a lab needs hosts"},
      {"spec: {hosts: {n1: {flsh: 1s}}}", "flsh"},
      {"spec: {hosts: {n1: {faults: [unchangd]}}}", "no fault is called 'unchangd'; did you mean 'unchanged'?"},
      {"spec: {hosts: {n1: {faults: [{component: bios}]}}}", "fault"},
      {"spec: {hosts: {n1: {address: 10.0.0.1}}}", "'10.0.0.1' is no address of 127.0.0.0/8"},
      {"spec: {hosts: {n1: {address: 127.7.1.1}, n2: {address: 127.7.1.1}}}", "n2 has the address of n1"},
      {"spec: {groups: {a: {hosts: n1}, b: {hosts: n1}}}", "host n1 is in the group a already"},
      {"spec: {groups: {a: {hosts: \"n[2-1]\"}}}", "spec.groups.a.hosts"},
      {"spec: {groups: {a: {firstAddress: 127.7.1.1}}}", "hosts"},
      {"spec: {hosts: {n1: {components: {bios: {previous: \"1\"}}}}}", "version"},
      {"spec: {hosts: {n1: {taskIn: header}}}", "'header' is not one of"},
      {"spec: {port: 0, hosts: {n1: {}}}", "spec.port"},
      {"spec: {ipmiPort: 0, hosts: {n1: {}}}", "spec.ipmiPort"},
      {"spec: {hosts: {n1: {redfish: false, ipmi: false}}}", "n1 speaks neither Redfish nor IPMI"},
      {"spec: {password: a-password-of-21-byte, hosts: {n1: {}}}", "20 bytes at most"},
      {"spec: {username: a-name-of-17-byte, hosts: {n1: {}}}", "16 bytes at most"},
  };
  for (const auto& [spec, wanted] : rows) {
    const auto config = read(spec + "\n");
    ASSERT_FALSE(config) << spec;
    ASSERT_EQ(config.error().size(), 1U) << spec;
    EXPECT_THAT(to_string(config.error()[0]), testing::HasSubstr(wanted)) << spec;
    EXPECT_EQ(config.error()[0].at.line, 4) << spec;
  }
}

TEST(LabDocumentTest, a_file_holds_exactly_one_lab) {
  const auto folder = std::filesystem::temp_directory_path() / ("breakwater-lab-doc-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const std::string lab = "apiVersion: breakwater/v1\nkind: Lab\nmetadata: {name: l}\nspec: {hosts: {n1: {}}}\n";
  const auto load = [&](const std::string& text) {
    std::ofstream(folder / "lab.yaml") << text;
    return load_lab((folder / "lab.yaml").string());
  };
  ASSERT_TRUE(load(lab));
  EXPECT_EQ(load(lab)->certificates, std::filesystem::canonical(folder) / "lab-certificates");
  EXPECT_EQ(load(lab + "---\n" + lab).error().at(0).message, "there is more than one Lab in it");
  EXPECT_EQ(load("apiVersion: breakwater/v1\nkind: Policy\nmetadata: {name: l}\nspec: {}\n").error().at(0).message,
            "there is no Lab in it");
  EXPECT_FALSE(load_lab((folder / "none.yaml").string()));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace breakwater::lab::lab_document_test
