#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inventories/hosts/inventory_document.hpp"

namespace breakwater::inventory_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;

namespace {

/// An Inventory with this spec, indented as YAML wants it.
Result<Inventory, Diagnostics> read(const std::string& spec) {
  const std::string head = "apiVersion: breakwater/v1\nkind: Inventory\nmetadata: {name: fra1}\nspec:\n";
  const DocumentFile file = parse_documents({"inventory.yaml", "/plans", head + spec, false});
  for (const Diagnostic& fault : file.faults) ADD_FAILURE() << to_string(fault);
  return read_inventory(file.documents.at(0));
}

Inventory good(const std::string& spec) {
  auto inventory = read(spec);
  if (!inventory) {
    for (const Diagnostic& fault : inventory.error()) ADD_FAILURE() << to_string(fault);
    return {};
  }
  return *inventory;
}

std::vector<std::string> faults(const std::string& spec) {
  std::vector<std::string> lines;
  const auto inventory = read(spec);
  if (inventory) return lines;
  for (const Diagnostic& fault : inventory.error()) lines.push_back(to_string(fault));
  return lines;
}

const Host& host(const Inventory& inventory, const std::string& name) {
  for (const Host& each : inventory.hosts) {
    if (each.name == name) return each;
  }
  throw std::out_of_range(name);
}

const std::string kDefaults =
    "  defaults:\n"
    "    labels: {site: fra1, role: none}\n"
    "    timeZone: Europe/Berlin\n"
    "    bmc: {credentials: \"file:login/$(host.name)\", tls: {mode: ca, bundle: \"file:ca.pem\"}}\n";

}  // namespace

TEST(InventoryDocument, merges_defaults_groups_and_hosts) {
  const Inventory inventory = good(kDefaults + R"(  groups:
    r07:
      hosts: "r07-n[01-03]"
      labels: {rack: r07, role: search}
      bmc: {address: "$(host.name)-oob.example"}
    canaries: {hosts: [r07-n02], labels: {canary: "true"}, timeZone: UTC}
  hosts:
    r07-n03:
      identity: {serial: S1, uuid: "3F2A6C1E-90B7-4A57-9D5E-0CC47A112233"}
      labels: {role: db}
      hold: {reason: "DIMM swap", until: "2026-12-02T09:00:00+01:00"}
      bmc: {address: "10.0.0.7:8443", credentials: "env:DB_LOGIN"}
)");
  ASSERT_THAT(inventory.hosts, SizeIs(3));
  const Host& first = inventory.hosts[0];
  EXPECT_EQ(first.name, "r07-n01");
  EXPECT_THAT(first.labels, ElementsAre(Pair("rack", "r07"), Pair("role", "search"), Pair("site", "fra1")));
  EXPECT_EQ(first.bmc.address, "r07-n01-oob.example");
  EXPECT_EQ(first.bmc.port, 443);
  EXPECT_EQ(first.bmc.credentials, "file:/plans/login/r07-n01");
  EXPECT_EQ(first.bmc.tls.ca_bundle, "/plans/ca.pem");
  EXPECT_EQ(first.time_zone, "Europe/Berlin");
  EXPECT_EQ(first.declared_at.line, 11);
  EXPECT_EQ(host(inventory, "r07-n02").labels.at("canary"), "true");
  EXPECT_EQ(host(inventory, "r07-n02").time_zone, "UTC");
  const Host& last = inventory.hosts[2];
  EXPECT_EQ(last.labels.at("role"), "db");
  EXPECT_EQ(last.serial, "S1");
  EXPECT_EQ(last.uuid, "3f2a6c1e-90b7-4a57-9d5e-0cc47a112233");
  EXPECT_EQ(last.bmc.address, "10.0.0.7");
  EXPECT_EQ(last.bmc.port, 8443);
  EXPECT_EQ(last.bmc.credentials, "env:DB_LOGIN");
  ASSERT_TRUE(last.hold);
  EXPECT_EQ(last.hold->until, parse_instant("2026-12-02T08:00:00Z"));
}

TEST(InventoryDocument, counts_addresses_up_in_the_order_of_the_range) {
  const Inventory inventory = good(kDefaults + R"(  groups:
    a: {hosts: ["n[03-04]", "n[01-02]"], bmc: {firstAddress: "127.7.1.255:8443"}}
  hosts:
    n02: {bmc: {address: elsewhere.example}}
)");
  EXPECT_EQ(host(inventory, "n03").bmc.address, "127.7.1.255");
  EXPECT_EQ(host(inventory, "n04").bmc.address, "127.7.2.0");
  EXPECT_EQ(host(inventory, "n01").bmc.address, "127.7.2.1");
  EXPECT_EQ(host(inventory, "n01").bmc.port, 8443);
  EXPECT_EQ(host(inventory, "n02").bmc.address, "elsewhere.example");
}

TEST(InventoryDocument, pins_replace_the_ca_as_a_whole) {
  const std::string pin(64, 'a');
  const Inventory inventory =
      good(kDefaults + "  hosts:\n    n1: {bmc: {address: a, tls: {mode: pin, sha256: [\"" + pin + "\"]}}}\n");
  EXPECT_EQ(inventory.hosts.at(0).bmc.tls.mode, TlsPolicy::Mode::pin);
  EXPECT_TRUE(inventory.hosts.at(0).bmc.tls.ca_bundle.empty());
  EXPECT_EQ(to_hex(inventory.hosts.at(0).bmc.tls.pins.at(0)), pin);
}

TEST(InventoryDocument, groups_that_disagree_are_a_fault_unless_the_host_decides) {
  const std::string groups = kDefaults + R"(  groups:
    a: {hosts: "n[1-2]", labels: {rack: r1}, bmc: {firstAddress: "127.0.0.1"}}
    b: {hosts: "n[1-2]", labels: {rack: r2}}
)";
  EXPECT_THAT(faults(groups),
              ElementsAre(HasSubstr("inventory.yaml:11:41 spec.groups.b.labels.rack: gives host 'n1' another "
                                    "value than spec.groups.a.labels.rack in line 10")));
  EXPECT_TRUE(read(groups + "  hosts: {n1: {labels: {rack: r1}}, n2: {labels: {rack: r2}}}\n"));
}

TEST(InventoryDocument, reports_what_hosts_lack_once) {
  EXPECT_THAT(faults("  groups:\n    a: {hosts: \"n[1-9]\", bmc: {firstAddress: \"127.0.0.1\"}}\n"),
              ElementsAre(HasSubstr("host 'n1' and 8 more without bmc.credentials"),
                          HasSubstr("host 'n1' and 8 more without bmc.tls")));
}

TEST(InventoryDocument, twins_are_named_with_both_places) {
  EXPECT_THAT(faults(kDefaults + R"(  hosts:
    a: {identity: {serial: S}, bmc: {address: "10.0.0.1"}}
    b: {identity: {serial: S}, bmc: {address: "10.0.0.1:443"}}
)"),
              ElementsAre(HasSubstr("inventory.yaml:11:8 host 'b' has the BMC address 10.0.0.1:443 of host 'a' "
                                    "(inventory.yaml:10)"),
                          HasSubstr("host 'b' has the serial S of host 'a'")));
}

TEST(InventoryDocument, an_address_that_does_not_work_out_is_reported_once) {
  EXPECT_THAT(faults(kDefaults + "  groups:\n    a: {hosts: \"n[1-9]\", bmc: {address: \"$(host.name):99999\"}}\n"),
              ElementsAre(HasSubstr("is no address for host 'n1'")));
}

TEST(InventoryDocument, twenty_thousand_hosts_are_no_burden) {
  const Inventory inventory =
      good(kDefaults + "  groups:\n    a: {hosts: \"n[00001-20000]\", bmc: {firstAddress: \"127.0.0.1:8443\"}}\n");
  EXPECT_THAT(inventory.hosts, SizeIs(20'000));
}

TEST(InventoryDocument, what_is_said_of_ipmi_is_merged_as_one) {
  const Inventory inventory = good(R"yaml(  defaults:
    bmc: {credentials: "env:LOGIN", drivers: [ipmi], ipmi: {port: 1623, kG: "file:kg/$(host.name)"}}
  hosts:
    n1: {bmc: {address: a}}
    n2: {bmc: {address: b, ipmi: {port: 2623}}}
)yaml");
  EXPECT_THAT(host(inventory, "n1").bmc.drivers, ElementsAre(Driver::ipmi));
  EXPECT_EQ(host(inventory, "n1").bmc.ipmi, (IpmiEndpoint{1623, "file:/plans/kg/n1"}));
  EXPECT_EQ(host(inventory, "n2").bmc.ipmi, (IpmiEndpoint{2623, ""})) << "a key left out is not the defaults' key";
}

TEST(InventoryDocument, a_slow_bmc_is_given_its_time) {
  const Inventory inventory = good(R"yaml(  defaults:
    bmc: {credentials: "env:LOGIN", drivers: [ipmi], timeouts: {request: 4m, noProgress: 200s}}
  hosts:
    n1: {bmc: {address: a}}
    n2: {bmc: {address: b, timeouts: {request: 20s}}}
)yaml");
  EXPECT_EQ(host(inventory, "n1").bmc.timeouts, (BmcTimeouts{Duration(240'000), Duration(200'000)}));
  EXPECT_EQ(host(inventory, "n2").bmc.timeouts, (BmcTimeouts{Duration(20'000), Duration(15'000)}));
  const auto fault_of = [](const std::string& timeouts) {
    return faults("  defaults: {bmc: {credentials: \"env:L\", drivers: [ipmi], timeouts: " + timeouts +
                  "}}\n  hosts: {n1: {bmc: {address: a}}}\n");
  };
  EXPECT_THAT(fault_of("{request: 11m}"), ElementsAre(HasSubstr("bmc.timeouts.request: expected 1s to 10m")));
  EXPECT_THAT(fault_of("{request: 900ms, noProgress: 900ms}"), SizeIs(2));
  EXPECT_THAT(fault_of("{noProgress: 31s}"), ElementsAre(HasSubstr("noProgress: is longer than request")));
  EXPECT_EQ(look_length(BmcTimeouts(), Duration(60'000)), Duration(60'000));
  EXPECT_EQ(look_length(host(inventory, "n1").bmc.timeouts, Duration(60'000)), Duration(960'000));
  EXPECT_EQ(look_length(host(inventory, "n2").bmc.timeouts, Duration(60'000)), Duration(60'000));
}

TEST(InventoryDocument, only_redfish_needs_a_tls_policy) {
  const std::string one = "  hosts: {n1: {bmc: {address: a, credentials: \"env:L\", drivers: ";
  EXPECT_TRUE(read(one + "[ipmi]}}}\n"));
  EXPECT_THAT(faults(one + "[ipmi, redfish]}}}\n"), ElementsAre(HasSubstr("host 'n1' without bmc.tls")));
}

TEST(InventoryDocument, one_address_may_serve_two_bmcs_at_two_ports) {
  const std::string head = "  defaults: {bmc: {credentials: \"env:L\", drivers: [ipmi]}}\n  hosts:\n";
  EXPECT_TRUE(read(head + "    a: {bmc: {address: \"10.0.0.1\"}}\n"
                          "    b: {bmc: {address: \"10.0.0.1\", ipmi: {port: 624}}}\n"));
  EXPECT_THAT(faults(head + "    a: {bmc: {address: \"10.0.0.1:1\"}}\n    b: {bmc: {address: \"10.0.0.1:2\"}}\n"),
              ElementsAre(HasSubstr("host 'b' has the BMC address 10.0.0.1:623 of host 'a'")))
      << "a host of IPMI does not use its Redfish port";
}

TEST(InventoryDocument, a_layer_takes_only_what_belongs_to_it) {
  const auto one_fault = [](const std::string& spec, const char* wanted) {
    EXPECT_THAT(faults(spec), ElementsAre(HasSubstr(wanted))) << spec;
  };
  one_fault("  defaults: {hold: {reason: x}}\n", "inventory.yaml:5:14 spec.defaults.hold: unknown key");
  one_fault("  defaults: {bmc: {firstAddress: \"10.0.0.1\"}}\n", "spec.defaults.bmc.firstAddress: unknown key");
  one_fault("  groups: {g: {hosts: n1, identity: {serial: S}}}\n", "spec.groups.g.identity: unknown key");
  one_fault("  hosts: {n1: {bmc: {firstAddress: \"10.0.0.1\"}}}\n", "spec.hosts.n1.bmc.firstAddress: unknown key");
  one_fault("  groups: {g: {hosts: [n1, n1]}}\n", "inventory.yaml:5:28 spec.groups.g.hosts[1]: names host 'n1' twice");
  one_fault("  hosts: {n1: {bmc: {credentials: \"env:1LOGIN\"}}}\n", "expected env:NAME or file:PATH");
  one_fault("  hosts: {n1: {timeZone: \"Europe/Berlin;x\"}}\n", "is no IANA time zone");
}

TEST(InventoryDocument, groups_may_say_the_same_and_a_counted_address_wins_over_the_defaults) {
  const Inventory inventory = good(R"yaml(
  defaults: {bmc: {address: "$(host.name).example", credentials: "env:L", drivers: [ipmi]}}
  groups:
    a: {hosts: "n[1-2]", labels: {rack: r1}, timeZone: UTC, bmc: {firstAddress: "10.0.0.1"}}
    b: {hosts: "n[1-3]", labels: {rack: r1}, timeZone: UTC}
)yaml");
  EXPECT_EQ(host(inventory, "n2").bmc.address, "10.0.0.2");
  EXPECT_EQ(host(inventory, "n3").bmc.address, "n3.example");
  EXPECT_THAT(host(inventory, "n1").labels, ElementsAre(Pair("rack", "r1")));
}

TEST(InventoryDocument, two_counts_for_one_host_are_a_fault) {
  EXPECT_THAT(faults(kDefaults + R"yaml(  groups:
    a: {hosts: n1, bmc: {firstAddress: "10.0.0.1"}}
    b: {hosts: n1, bmc: {firstAddress: "10.0.0.1"}}
)yaml"),
              ElementsAre(HasSubstr("spec.groups.b.bmc.firstAddress: gives host 'n1' another value")));
}

}  // namespace breakwater::inventory_test
