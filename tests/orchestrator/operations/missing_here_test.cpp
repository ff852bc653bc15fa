// What can be found missing before any BMC is asked.
#include "orchestrator/operations/missing_here.hpp"

#include <gmock/gmock.h>

#include "tests/orchestrator/operations/estate.hpp"

namespace breakwater::operations::missing_here_test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class Missing : public Estate {
 protected:
  MissingHere missing() { return missing_here(loaded().documents, installation_); }
  std::vector<std::string> lines(const Diagnostics& found) {
    std::vector<std::string> texts;
    for (const Diagnostic& one : found) texts.push_back(to_string(one));
    return texts;
  }
  std::vector<std::string> faults() { return lines(missing().faults); }
  std::vector<std::string> doubts() { return lines(missing().doubts); }
  /// Where a line begins: the file as it was named, and the place in it.
  std::string at(const std::string& name, const std::string& place) const { return file(name).string() + ':' + place; }
  void unsign(const std::string& release) {
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "")) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(release + ".yaml.") && name.ends_with(".minisig")) std::filesystem::remove(entry.path());
    }
  }
};

TEST_F(Missing, nothing_is_where_everything_is_there) {
  EXPECT_THAT(faults(), IsEmpty());
  EXPECT_THAT(doubts(), IsEmpty());
}

TEST_F(Missing, a_login_is_told_once_where_it_is_said_with_its_hosts) {
  std::filesystem::remove(file("bmc.login"));
  EXPECT_THAT(faults(), IsEmpty());
  EXPECT_THAT(doubts(), ElementsAre(AllOf(
                            StartsWith(at("inventory.yaml", "6:24 spec.defaults.bmc.credentials: on this machine, ")),
                            HasSubstr("bmc.login cannot be read"), EndsWith(", for n1, n2, n3, n4"))));
  write_inventory("", "      bmc: {address: a, credentials: \"env:BREAKWATER_NO_SUCH_LOGIN\"}\n");
  replace("inventory.yaml", "      bmc: {address: \"127.0.0.1:1\"}\n", "");
  EXPECT_THAT(doubts(), ElementsAre(AllOf(StartsWith(at("inventory.yaml", "11:38 spec.hosts.n1.bmc.credentials: ")),
                                          HasSubstr("env:BREAKWATER_NO_SUCH_LOGIN is not set"), EndsWith(", for n1"))));
}

TEST_F(Missing, a_bundle_and_a_k_g_are_told_where_they_are_used) {
  const std::string pin = "{mode: pin, sha256: [\"" + std::string(64, 'a') + "\"]}";
  replace("inventory.yaml", pin, "{mode: ca, bundle: \"file:gone.pem\"}, ipmi: {kG: \"env:BREAKWATER_NO_SUCH_KEY\"}");
  EXPECT_THAT(doubts(), ElementsAre(AllOf(StartsWith(at("inventory.yaml", "6:")),
                                          HasSubstr(" spec.defaults.bmc.tls: on this machine, the CA bundle "),
                                          HasSubstr("gone.pem cannot be read"))))
      << "no driver needs the K_G";
  replace("inventory.yaml", "ipmi: {", "drivers: [ipmi], ipmi: {");
  EXPECT_THAT(doubts(), ElementsAre(AllOf(HasSubstr(" spec.defaults.bmc.ipmi: on this machine, "),
                                          HasSubstr("env:BREAKWATER_NO_SUCH_KEY is not set"))))
      << "and no driver needs the bundle";
}

TEST_F(Missing, signatures_are_told_where_the_rollout_names_the_release_its_way_back_too) {
  unsign("bios-3.2");
  EXPECT_THAT(doubts(), ElementsAre(AllOf(StartsWith(at("rollout.yaml", "7:16 spec.components[0].release: ")),
                                          HasSubstr("signature_missing: "), HasSubstr("bios-3.2.yaml"))));
  unsign("bios-3.4");
  sign("bios-3.4", "qa");
  EXPECT_THAT(doubts(), ElementsAre(AllOf(HasSubstr("threshold_unmet: "), HasSubstr("bios-3.4.yaml")),
                                    HasSubstr("signature_missing: ")));
  replace("bios-3.4.yaml", "typical: 1s", "typical: 2s");
  EXPECT_THAT(doubts(), ElementsAre(HasSubstr("signature_invalid: "), HasSubstr("signature_missing: ")));
}

TEST_F(Missing, images_are_looked_for_and_no_store_is_made_for_it) {
  std::filesystem::remove_all(state_ / "images" / "sha256");
  EXPECT_THAT(doubts(), ElementsAre(HasSubstr("not_in_store: Release bios-3.4: no image was ever imported here"),
                                    HasSubstr("not_in_store: Release bios-3.2: no image was ever imported here")));
  EXPECT_FALSE(std::filesystem::exists(state_ / "images" / "sha256"));
  ASSERT_TRUE(images().import(file("bios-3.2.bin")));
  EXPECT_THAT(doubts(), ElementsAre(AllOf(StartsWith(at("rollout.yaml", "7:16 spec.components[0].release: ")),
                                          HasSubstr("not_in_store: Release bios-3.4: no image sha256:"),
                                          HasSubstr("breakwater firmware import FILE"))));
}

TEST_F(Missing, what_the_policy_forbids_and_a_key_that_nobody_has_are_faults) {
  replace("policy.yaml",
          "    require:", "    forbidden: [{component: bios, versions: [\"3.2\"], why: CASE-1}]\n    require:");
  EXPECT_THAT(faults(),
              ElementsAre(AllOf(StartsWith(at("rollout.yaml", "7:16 spec.components[0].release: forbidden: ")),
                                HasSubstr("CASE-1"))));
  std::filesystem::remove(file("qa.pub"));
  EXPECT_THAT(faults(), ElementsAre(HasSubstr("spec.trust.signers.qa.key: "))) << "without it nothing else is known";
}

}  // namespace
}  // namespace breakwater::operations::missing_here_test
