#include "policies/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "inventories/trust/digest.hpp"

namespace breakwater::documents_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

namespace {

const std::string kImage(64, 'a');
const std::string kOldImage(64, 'b');

std::string document(const std::string& kind, const std::string& name, const std::string& spec) {
  return "apiVersion: breakwater/v1\nkind: " + kind + "\nmetadata: {name: " + name + "}\nspec:\n" + spec;
}

std::string release(const std::string& name, const std::string& version, const std::string& image,
                    const std::string& edges, const std::string& rollback) {
  return document(
      "Release", name,
      "  component: bios\n  vendor: V\n  models: [M]\n  version: \"" + version + "\"\n  reportedAs: [\"" + version +
          "\"]\n  files: [{role: image, name: a.bin, sha256: \"" + image + "\", size: 5}]\n  edges: " + edges +
          "\n  apply: {activate: bmcReset, duration: {typical: 1m, most: 2m}}\n  rollback: " + rollback + "\n");
}

const std::string kOld =
    release("old", "1", kOldImage, "[{from: [\"2\"], verdict: ok, downgrade: true}]", "{method: bankSwitch}");
const std::string kNew = release("new", "2", kImage, "[{from: [\"1\"], verdict: ok}]",
                                 "{method: reflash, to: \"old@sha256:" + kOldImage + "\"}");
const std::string kPolicy = document("Policy", "p", R"(  trust:
    signers: {us: {key: "file:us.pub", components: ["*"]}}
    require: {signers: 1}
  ceilings: {global: 10, per: {rack: 2}}
  gates: {strict: {successRate: {atLeast: 100%}}}
)");
const std::string kInventory = document("Inventory", "i", R"(  hosts:
    n1: {bmc: {address: a, credentials: "env:L", tls: {mode: ca, bundle: "file:ca.pem"}}}
)");

std::string rollout(const std::string& release_ref, const std::string& more = "") {
  return document("Rollout", "r",
                  "  policy: p\n  targets: {selector: rack}\n  components: [{id: bios, release: \"" + release_ref +
                      "\"}]\n  waves: [{name: all, size: 100%, gate: strict}]\n" +
                      "  checks: {list: [{check: redfish.serviceReady}, {check: inventory.versionEquals}]}\n" + more);
}
const std::string kRollout = rollout("new@sha256:" + kImage);

Sources sources(const std::vector<std::string>& texts) {
  Sources all;
  int number = 0;
  for (const std::string& text : texts) {
    all.texts.push_back({std::to_string(++number) + ".yaml", "/plans", text, false});
  }
  return all;
}

std::vector<std::string> faults(const Sources& all) {
  const auto loaded = load_documents(all);
  std::vector<std::string> lines;
  if (loaded) return lines;
  for (const Diagnostic& fault : loaded.error()) lines.push_back(to_string(fault));
  return lines;
}

std::vector<std::string> faults(const std::vector<std::string>& texts) {
  return faults(sources(texts));
}

std::string changed(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST(Documents, are_held_together) {
  const auto loaded = load_documents(sources({kOld, kNew, kPolicy + "---\n" + kInventory, kRollout}));
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  EXPECT_EQ(loaded->hosts.at(0).name, "n1");
  EXPECT_EQ(loaded->releases.at("new").back_to->name, "old");
  EXPECT_EQ(loaded->release_texts.at("new"), kNew);
  EXPECT_EQ(loaded->releases.at("new").document_digest, sha256(kNew));
  EXPECT_EQ(loaded->limits.at("r").global, 10);
  EXPECT_EQ(loaded->limits.at("r").per.at("rack"), CountOrShare(1)) << "the Rollout asks for no more";
}

/// A plan is stale where these differ.
TEST(Documents, have_digests_of_their_values) {
  const auto digests = [](const std::string& policy, const std::string& inventory, const std::string& rollout) {
    const auto loaded = load_documents(sources({kOld, kNew, policy, inventory, rollout}));
    EXPECT_TRUE(loaded) << to_string(loaded.error().front());
    if (!loaded) return std::vector<std::string>();
    return std::vector<std::string>{to_hex(loaded->policies.at("p").document_digest), to_hex(loaded->inventory_digest),
                                    to_hex(loaded->rollouts.at("r").document_digest)};
  };
  const std::vector<std::string> before = digests(kPolicy, kInventory, kRollout);
  EXPECT_EQ(digests("# reviewed\n" + changed(kPolicy, "{global: 10, per: {rack: 2}}", "{per: {rack: 2}, global: 10}"),
                    changed(kInventory, "{address: a, credentials: \"env:L\",", "{credentials: 'env:L', address: a,"),
                    changed(kRollout, "policy: p", "policy: \"p\"   # ours")),
            before);
  const std::vector<std::string> after =
      digests(changed(kPolicy, "global: 10", "global: 11"), changed(kInventory, "address: a", "address: b"),
              changed(kRollout, "name: all", "name: most"));
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NE(after.at(i), before.at(i)) << i;
}

TEST(Documents, a_name_is_there_once_in_a_load) {
  EXPECT_THAT(faults({kPolicy, changed(kPolicy, "signers: 1", "signers: 1 ")}),
              ElementsAre("2.yaml:3:18 metadata.name: there is a second Policy 'p'; the first is at 1.yaml:3"));
  EXPECT_THAT(faults({kInventory, changed(changed(kInventory, "name: i", "name: j"), "address: a", "address: b")}),
              ElementsAre(HasSubstr("host 'n1' has the name n1 of host 'n1' (1.yaml:6)")));
}

TEST(Documents, references_lead_somewhere) {
  EXPECT_THAT(faults({kOld, kNew, changed(kPolicy, "name: p", "name: q"), kRollout}),
              ElementsAre("4.yaml:5:11 spec.policy: there is no Policy 'p'"));
  EXPECT_THAT(
      faults({kOld, kNew, changed(kPolicy, "strict", "strickt"), kRollout}),
      ElementsAre(
          "4.yaml:8:41 spec.waves[0].gate: there is no gate 'strict'; did you mean 'strickt'? (in Policy 'p')"));
  EXPECT_THAT(faults({kOld, kNew, kPolicy, rollout("nwe@sha256:" + kImage)}),
              ElementsAre(HasSubstr("spec.components[0].release: there is no Release 'nwe'; did you mean 'new'?")));
  EXPECT_THAT(faults({kOld, kNew, kPolicy, rollout("new@sha256:" + kOldImage)}),
              ElementsAre(HasSubstr("Release 'new' (2.yaml:10) has the image sha256:" + kImage)));
  EXPECT_THAT(faults({kNew, kPolicy, kRollout}), ElementsAre(HasSubstr("spec.rollback.to: there is no Release 'old'")));
}

TEST(Documents, the_way_back_is_an_edge) {
  EXPECT_THAT(faults({changed(kOld, "[\"2\"]", "[\"3\"]"), kNew, kPolicy, kRollout}),
              ElementsAre(HasSubstr(
                  "2.yaml:13:35 spec.rollback.to: Release 'old' has no edge with verdict ok from version '2'")));
  EXPECT_THAT(faults({changed(kOld, "component: bios", "component: bmc"), kNew, kPolicy, kRollout}),
              ElementsAre(HasSubstr("Release 'old' is for another component or vendor")));
}

TEST(Documents, no_way_back_must_be_acknowledged) {
  const std::string one_way = release("new", "2", kImage, "[{from: [\"1\"], verdict: ok}]", "{method: none}");
  EXPECT_THAT(faults({one_way, kPolicy, kRollout}), ElementsAre(HasSubstr("say irreversible: acknowledged")));
  EXPECT_THAT(faults({one_way, kPolicy, changed(kRollout, kImage + "\"}", kImage + "\", irreversible: acknowledged}")}),
              IsEmpty());
}

TEST(Documents, via_makes_no_circle) {
  const std::string a =
      release("a", "2", kImage, "[{from: [\"1\"], verdict: via, release: \"b@sha256:" + kOldImage + "\"}]",
              "{method: bankSwitch}");
  const std::string b =
      release("b", "3", kOldImage, "[{from: [\"1\"], verdict: via, release: \"a@sha256:" + kImage + "\"}]",
              "{method: bankSwitch}");
  EXPECT_THAT(faults({a, b}), ElementsAre(HasSubstr("spec.edges: goes in a circle over verdict via")));
}

TEST(Documents, a_rollout_stays_under_its_ceilings) {
  EXPECT_THAT(faults({kOld, kNew, kPolicy, rollout("new@sha256:" + kImage, "  limits: {per: {rack: 3}}\n")}),
              ElementsAre("4.yaml:10:24 spec.limits.per.rack: 3 is looser than the Policy's 2 (3.yaml:8)"));
}

TEST(Documents, the_stable_time_fits_into_the_whole_update_of_a_host) {
  const std::string stable = changed(kRollout, "checks: {", "checks: {stableFor: 3h, ");
  EXPECT_THAT(
      faults({kOld, kNew, kPolicy, stable}),
      ElementsAre(HasSubstr(
          "spec.checks.stableFor: takes 3h over all components, and timeouts.host, which must be longer, is 3h")));
  EXPECT_THAT(faults({kOld, kNew, kPolicy, stable + "  timeouts: {host: 4h}\n"}), IsEmpty());
}

TEST(Documents, a_host_that_is_excluded_must_exist) {
  const std::string excluding = changed(kRollout, "{selector: rack}", "{selector: rack, exclude: {hosts: [n1, n2]}}");
  EXPECT_THAT(faults({kOld, kNew, kPolicy, kInventory, excluding}),
              ElementsAre(HasSubstr("spec.targets.exclude.hosts[1]: there is no host 'n2' in the Inventory")));
  EXPECT_THAT(faults({kOld, kNew, kPolicy, excluding}), IsEmpty());
}

TEST(Documents, a_document_with_faults_is_not_called_missing) {
  const auto lines =
      faults({kOld, changed(kNew, "vendor: V", "vendro: V"), changed(kPolicy, "signers: 1", "signers: 0"), kRollout});
  EXPECT_THAT(lines, ElementsAre(HasSubstr("3.yaml:7:24 spec.trust.require.signers: '0' is out of range"),
                                 HasSubstr("2.yaml:5:3 spec.vendor: is missing"),
                                 HasSubstr("2.yaml:6:3 spec.vendro: unknown key; did you mean 'vendor'?")));
}

TEST(Documents, what_a_document_with_faults_names_is_looked_for_all_the_same) {
  const std::string typo = changed(kRollout, "policy: p\n", "policy: p\n  polcy: p\n");
  EXPECT_THAT(faults({kOld, kNew, kPolicy, changed(typo, "gate: strict", "gate: stricd")}),
              UnorderedElementsAre(HasSubstr("spec.polcy: unknown key; did you mean 'policy'?"),
                                   HasSubstr("spec.waves[0].gate: there is no gate 'stricd'")));
  EXPECT_THAT(faults({kOld, kPolicy, typo}),
              UnorderedElementsAre(HasSubstr("spec.polcy: unknown key"),
                                   HasSubstr("spec.components[0].release: there is no Release 'new'")));
  EXPECT_THAT(faults({changed(kNew, "vendor: V", "vendor: V\n  vendro: V"), kPolicy}),
              UnorderedElementsAre(HasSubstr("spec.vendro: unknown key"),
                                   HasSubstr("spec.rollback.to: there is no Release 'old'")));
}

/// One slip is one fault: what could not be read is not missing as well.
TEST(Documents, what_could_not_be_read_is_not_looked_for) {
  EXPECT_THAT(faults({kOld, kNew, kPolicy, changed(kRollout, "gate: strict", "gate: Strict")}),
              ElementsAre(HasSubstr("spec.waves[0].gate: 'Strict' is no name")));
  EXPECT_THAT(faults({kOld, kNew, kPolicy, changed(kRollout, "policy: p", "policy: P")}),
              ElementsAre(HasSubstr("spec.policy: 'P' is no name")));
  EXPECT_THAT(faults({kOld, kNew, kPolicy, rollout("new")}),
              ElementsAre(HasSubstr("spec.components[0].release: 'new' is no reference")));
  const std::string one_way = release("new", "2", kImage, "[{from: [\"1\"], verdict: ok}]", "{method: none}");
  EXPECT_THAT(faults({one_way, kPolicy, changed(kRollout, kImage + "\"}", kImage + "\", irreversible: true}")}),
              ElementsAre(HasSubstr("irreversible")));
}

TEST(Documents, of_neighbours_no_rollout_is_read) {
  Sources all = sources(
      {kOld, kNew, kPolicy, kRollout, changed(changed(kRollout, "name: r", "name: other"), "policy: p", "policy: x")});
  all.texts[4].neighbour = true;
  EXPECT_THAT(faults(all), IsEmpty());
  all.texts[4].neighbour = false;
  EXPECT_THAT(faults(all), ElementsAre(HasSubstr("there is no Policy 'x'")));
}

TEST(Documents, of_neighbours_only_what_is_named_must_be_right) {
  const auto broken = [](const std::string& text) { return changed(text, "spec:", "spec:\n  nonsense: 1"); };
  const auto beside = [](const std::string& text) {
    Sources all = sources({kOld, kNew, kPolicy, kRollout, text});
    for (SourceText& source : all.texts) source.neighbour = true;
    all.texts[3].neighbour = false;
    return all;
  };
  EXPECT_THAT(faults(beside(broken(changed(kPolicy, "name: p", "name: other")))), IsEmpty());
  EXPECT_THAT(faults(beside(changed(kPolicy, "spec:", "spec: }"))), testing::SizeIs(1)) << "it may be anything";
  EXPECT_THAT(faults(beside(broken(changed(kNew, "name: new", "name: newer")))), ElementsAre(HasSubstr("nonsense")))
      << "its sequence tells a downgrade";
  Sources named = sources({kOld, kNew, broken(kPolicy), kRollout});
  named.texts[2].neighbour = true;
  EXPECT_THAT(faults(named), ElementsAre(HasSubstr("nonsense")));
  Sources alone = sources({kOld, broken(kNew), kPolicy});
  alone.texts[0].neighbour = alone.texts[1].neighbour = true;
  EXPECT_THAT(faults(alone), IsEmpty()) << "a Policy names no Release";
}

namespace {

const std::string kRacks = document("Inventory", "i", R"(  defaults:
    bmc: {credentials: "env:L", tls: {mode: ca, bundle: "file:ca.pem"}}
  hosts:
    n1: {labels: {rack: r01, site: lab}, bmc: {address: a}}
    n2: {labels: {rack: r02, site: lab, old: "1"}, bmc: {address: b}}
)");

std::string selecting(const std::string& selector) {
  return changed(kRollout, "{selector: rack}", "{selector: \"" + selector + "\"}");
}

CheckedDocuments checked(const std::string& rollout, const std::string& policy = kPolicy) {
  return check_documents(sources({kOld, kNew, policy, kRacks, rollout}));
}

std::vector<std::string> lines_of(const Diagnostics& found) {
  std::vector<std::string> lines;
  for (const Diagnostic& one : found) lines.push_back(to_string(one));
  return lines;
}

}  // namespace

TEST(Documents, a_rollout_that_can_select_no_host_is_a_fault_of_a_check) {
  const std::string at = "5.yaml:6:23 spec.targets.selector: ";
  const std::pair<std::string, std::string> kRows[] = {
      {"rak=r01", at + "no host has a label 'rak'; did you mean 'rack'?"},
      {"datacenter", at + "no host has a label 'datacenter'"},
      {"rack=r1", at + "no host has rack=r1; did you mean 'r01'?"},
      {"rack in (r01,r02),site in (there)", at + "no host has site=there"},
      {"rack=r01,old", at + "selects none of the 2 hosts of the Inventory"},
      {"!rack", at + "selects none of the 2 hosts of the Inventory"},
  };
  for (const auto& [selector, line] : kRows) {
    const CheckedDocuments found = checked(selecting(selector));
    EXPECT_THAT(lines_of(found.faults), ElementsAre(line)) << selector;
    EXPECT_THAT(lines_of(found.doubts), IsEmpty()) << selector;
    EXPECT_THAT(faults({kOld, kNew, kPolicy, kRacks, selecting(selector)}), IsEmpty()) << "a plan has its own word";
  }
  EXPECT_THAT(lines_of(check_documents(sources({kOld, kNew, kPolicy, kRollout})).faults),
              ElementsAre("4.yaml:6:12 spec.targets: there is no Inventory among these documents, so there is no host "
                          "to update"));
  EXPECT_THAT(lines_of(check_documents(sources({kOld, kNew, kPolicy})).faults), IsEmpty());
}

TEST(Documents, labels_and_values_that_no_host_has_are_doubts) {
  const std::string at = "5.yaml:6:23 spec.targets.selector: ";
  const std::pair<std::string, std::vector<std::string>> kRows[] = {
      {"", {}},
      {"rack,!retired,site!=elsewhere", {}},
      {"rack in (r01,r03)", {at + "no host has rack=r03; did you mean 'r01'?"}},
      {"!odl", {at + "no host has a label 'odl', so this leaves nobody out; did you mean 'old'?"}},
      {"rack notin (r2)", {at + "no host has rack=r2, so this leaves nobody out; did you mean 'r02'?"}},
  };
  for (const auto& [selector, lines] : kRows) {
    const CheckedDocuments found = checked(selecting(selector));
    EXPECT_THAT(lines_of(found.faults), IsEmpty()) << selector;
    EXPECT_THAT(lines_of(found.doubts), testing::ElementsAreArray(lines)) << selector;
  }
}

TEST(Documents, limits_and_spreads_by_a_label_that_no_host_has_are_doubts) {
  const std::string spread = changed(kRollout, "size: 100%,", "size: 100%, spread: [model, rack, rakc],");
  EXPECT_THAT(lines_of(checked(spread).doubts),
              ElementsAre("5.yaml:8:57 spec.waves[0].spread[2]: no host that it selects has a label 'rakc'; did you "
                          "mean 'rack'?"));
  EXPECT_THAT(lines_of(checked(kRollout + "  limits: {per: {rack: 1, power/feed: 2}}\n").doubts),
              ElementsAre("5.yaml:10:39 spec.limits.per.power/feed: no host that it selects has a label 'power/feed', "
                          "so they all count together"));
  EXPECT_THAT(
      lines_of(checked(changed(selecting("site=lab,rack=r01"), "size: 100%,", "size: 100%, spread: [old],")).doubts),
      ElementsAre(HasSubstr("no host that it selects has a label 'old'")))
      << "n2 has it, and is not selected";
  EXPECT_THAT(lines_of(checked(kRollout, changed(kPolicy, "per: {rack: 2}", "per: {racks: 2}")).doubts),
              ElementsAre("3.yaml:8:39 spec.ceilings.per.racks: no host of the Inventory has a label 'racks', so they "
                          "all count together; did you mean 'rack'?"));
}

TEST(Documents, where_hosts_could_not_be_read_no_label_is_missed) {
  const auto found =
      check_documents(sources({kOld, kNew, kPolicy, changed(kRacks, "site: lab", "site: [lab]"), selecting("rak")}));
  EXPECT_THAT(lines_of(found.faults), ElementsAre(HasSubstr("labels.site")));
}

/// n1 in pin mode, and keys of `hosts` beside it.
CheckedDocuments with_keys(const std::string& tls, const std::string& hosts) {
  const std::string inventory = changed(kInventory, "{mode: ca, bundle: \"file:ca.pem\"}", tls);
  return check_documents(sources({inventory, document("BmcKeys", "k", "  hosts:\n" + hosts)}));
}

TEST(Documents, keys_of_bmcs_count_beside_those_of_the_inventory) {
  const std::string a(64, 'a');
  const std::string b(64, 'b');
  const auto found = with_keys("{mode: pin, sha256: [\"" + a + "\"]}", "    n1: [\"" + b + "\", \"" + a + "\"]\n");
  EXPECT_THAT(lines_of(found.faults), IsEmpty());
  EXPECT_THAT(lines_of(found.doubts), IsEmpty());
  ASSERT_EQ(found.documents.hosts.size(), 1U);
  const auto& pins = found.documents.hosts.front().bmc.tls.pins;
  ASSERT_EQ(pins.size(), 2U) << "each once";
  EXPECT_EQ(to_hex(pins[0]), a);
  EXPECT_EQ(to_hex(pins[1]), b);
  const auto others = with_keys("{mode: pin, sha256: [\"" + a + "\"]}", "    n1: [\"" + b + "\"]\n");
  const auto none = with_keys("{mode: pin}", "    n1: [\"" + b + "\"]\n");
  EXPECT_NE(to_hex(others.documents.inventory_digest), to_hex(none.documents.inventory_digest));
  EXPECT_NE(to_hex(with_keys("{mode: pin}", "    n1: [\"" + a + "\"]\n").documents.inventory_digest),
            to_hex(none.documents.inventory_digest))
      << "another key makes a plan stale";
}

TEST(Documents, keys_that_count_for_nobody_and_hosts_without_one_are_doubts) {
  const std::string key = "[\"" + std::string(64, 'b') + "\"]\n";
  EXPECT_THAT(
      lines_of(with_keys("{mode: pin}", "    n2: " + key).doubts),
      ElementsAre("2.yaml:6:9 spec.hosts.n2: no Inventory has this host",
                  "1.yaml:6:9 host 'n1' in pin mode without a key, and so not spoken to: breakwater pin 1.yaml"));
  const auto in_ca_mode = with_keys("{mode: ca, bundle: \"file:ca.pem\"}", "    n1: " + key);
  EXPECT_THAT(lines_of(in_ca_mode.doubts),
              ElementsAre("2.yaml:6:9 spec.hosts.n1: this host is in CA mode: its key does not count"));
  EXPECT_TRUE(in_ca_mode.documents.hosts.front().bmc.tls.pins.empty());
  EXPECT_THAT(lines_of(with_keys("{mode: pin}", "    n1: [short]\n").faults), ElementsAre(HasSubstr("2.yaml:6:10")));
}

TEST(Documents, what_could_not_be_read_is_among_the_faults) {
  Sources all = sources({kPolicy});
  all.faults.push_back({{"gone.yaml", 0, 0}, "", "cannot be read"});
  EXPECT_THAT(faults(all), ElementsAre("gone.yaml: cannot be read"));
}

}  // namespace breakwater::documents_test
