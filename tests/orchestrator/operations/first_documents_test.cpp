// The first documents of a fleet: what is written is taken as it is, says what was found, and replaces nothing.
#include "orchestrator/operations/first_documents.hpp"

#include <gmock/gmock.h>

#include "inventories/document/files.hpp"
#include "policies/documents.hpp"
#include "tests/orchestrator/operations/estate.hpp"

namespace breakwater::operations::first_documents_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class FirstDocuments : public Estate {
 protected:
  FirstFleet fleet(const std::string& ca_bundle = "") const {
    return {file("fleet").string(),
            "fra1",
            "lena",
            {{"r07", "r07-n[01-02]", "10.7.0.1"}, {"08", "r08-n1", "10.8.0.1:8443"}},
            "env:BMC_LOGIN",
            ca_bundle};
  }
  Result<ReleaseWritten, Problem> described(const NewRelease& wanted) {
    return operations::write_release(installation_, wanted, interrupts_, [](std::size_t, std::size_t) {});
  }
  /// An image beside the estate's documents, for its BIOS.
  NewRelease wanted(const std::string& image) {
    folder_.write(image, "bytes");
    return {file(image).string(), ComponentKind::bios, folder_.path().string(), "", "", ""};
  }
};

std::string why(const Result<ReleaseWritten, Problem>& written) {
  return written ? "written" : written.error().messages.front();
}

TEST_F(FirstDocuments, what_init_writes_is_right_and_says_what_was_chosen) {
  const auto written = write_first_fleet(fleet());
  ASSERT_TRUE(written) << written.error().messages.front();
  EXPECT_THAT(*written, SizeIs(4));
  const auto documents = load_documents(read_sources({file("fleet").string()}));
  ASSERT_TRUE(documents) << to_string(documents.error().front());
  ASSERT_THAT(documents->hosts, SizeIs(3));
  const Host& second = documents->hosts[1];
  EXPECT_EQ(second.name, "r07-n02");
  EXPECT_EQ(second.bmc.address, "10.7.0.2");
  EXPECT_EQ(second.bmc.credentials, "env:BMC_LOGIN");
  EXPECT_EQ(second.bmc.tls.mode, TlsPolicy::Mode::pin);
  EXPECT_EQ(second.labels.at("rack"), "r07");
  EXPECT_EQ(documents->hosts[2].labels.at("rack"), "08") << "a rack's name may look like a number";
  EXPECT_THAT(documents->policies.at("fra1").signers, SizeIs(1));
}

TEST_F(FirstDocuments, a_ca_bundle_takes_the_place_of_pins) {
  ASSERT_TRUE(write_first_fleet(fleet("pki/ca.pem")));
  const auto documents = load_documents(read_sources({file("fleet").string()}));
  ASSERT_TRUE(documents);
  EXPECT_EQ(documents->hosts.front().bmc.tls.ca_bundle, (file("fleet") / "pki/ca.pem").string());
}

TEST_F(FirstDocuments, nothing_that_is_there_is_replaced_and_nothing_is_half_done) {
  std::filesystem::create_directories(file("fleet"));
  folder_.write("fleet/policy.yaml", "# mine\n");
  const auto written = write_first_fleet(fleet());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, Problem::Kind::bad_argument);
  EXPECT_THAT(written.error().messages.front(), HasSubstr("policy.yaml: is there already"));
  EXPECT_EQ(text_of(file("fleet/policy.yaml")), "# mine\n");
  EXPECT_FALSE(std::filesystem::exists(file("fleet/inventory.yaml")));
  EXPECT_FALSE(std::filesystem::exists(file("fleet/keys")));
}

TEST_F(FirstDocuments, an_inventory_that_is_there_gets_its_policy_and_key) {
  FirstFleet imported = fleet();
  EXPECT_FALSE(holds(imported.folder, DocumentKind::inventory)) << "there is no folder";
  ASSERT_TRUE(write_first_fleet(imported));
  EXPECT_TRUE(holds(imported.folder, DocumentKind::inventory));
  for (const char* taken : {"fleet/policy.yaml", "fleet/keys/lena.key", "fleet/keys/lena.pub"}) {
    std::filesystem::remove(file(taken));
  }
  EXPECT_FALSE(holds(imported.folder, DocumentKind::policy));
  imported.racks.clear();
  const auto written = write_first_fleet(imported);
  ASSERT_TRUE(written) << written.error().messages.front();
  EXPECT_THAT(*written, ElementsAre(HasSubstr("policy.yaml"), HasSubstr("lena.key"), HasSubstr("lena.pub")));
  const auto documents = load_documents(read_sources({imported.folder}));
  ASSERT_TRUE(documents) << to_string(documents.error().front());
  EXPECT_THAT(documents->hosts, SizeIs(3)) << "the Inventory stands as it was";
  EXPECT_THAT(documents->policies, SizeIs(1));
}

TEST_F(FirstDocuments, what_makes_no_right_document_is_not_written) {
  FirstFleet twice = fleet();
  twice.racks.push_back({"r09", "r09-n[1-2]", "10.7.0.2"});
  const auto overlap = write_first_fleet(twice);
  ASSERT_FALSE(overlap);
  EXPECT_EQ(overlap.error().kind, Problem::Kind::bad_argument);
  EXPECT_THAT(overlap.error().messages.front(), HasSubstr("has the BMC address 10.7.0.2"));
  FirstFleet odd = fleet();
  odd.credentials = "plain:pw";
  EXPECT_FALSE(write_first_fleet(odd));
  EXPECT_FALSE(std::filesystem::exists(file("fleet"))) << "no key pair either";
  odd = fleet("pki/a\"b.pem");
  odd.signer = "123";
  ASSERT_TRUE(write_first_fleet(odd));
  const auto documents = load_documents(read_sources({file("fleet").string()}));
  ASSERT_TRUE(documents) << to_string(documents.error().front());
  EXPECT_THAT(documents->hosts.front().bmc.tls.ca_bundle, HasSubstr("a\"b.pem"));
}

TEST_F(FirstDocuments, a_rack_that_cannot_be_is_named) {
  EXPECT_TRUE(parse_rack("r07=r07-n[01-40]@10.7.0.1"));
  EXPECT_TRUE(parse_rack("r07=r07-n[01-40]@[fd00::7]:8443"));
  for (const char* wrong : {"r07", "r07=n1", "r07@10.0.0.1", "R07=n1@10.0.0.1", "r07=n[1-@10.0.0.1",
                            "r07=n1@10.0.0.1:x", "r07=n[1-300]@255.255.255.1"}) {
    const auto rack = parse_rack(wrong);
    ASSERT_FALSE(rack) << wrong;
    EXPECT_THAT(rack.error().messages.front(), HasSubstr("--rack"));
  }
}

TEST_F(FirstDocuments, a_release_says_what_the_hosts_run) {
  turn_on_lab();
  const auto written = described(wanted("lab-bios-3.6.bin"));
  ASSERT_TRUE(written) << why(written);
  EXPECT_EQ(written->found.begin()->first.second, "3.2");
  EXPECT_EQ(written->found.begin()->second, 4U);
  const auto documents = load_documents(read_rollout_sources(written->rollout_file));
  ASSERT_TRUE(documents) << to_string(documents.error().front());
  const Release& release = documents->releases.at(written->ref.name);
  EXPECT_EQ(release.version, "3.6");
  EXPECT_EQ(release.image.digest, written->ref.digest);
  EXPECT_EQ(release.image.size, 5U);
  EXPECT_THAT(release.edges.front().from, ElementsAre("3.2"));
  EXPECT_THAT(release.models, SizeIs(1));
  EXPECT_THAT(*stored_images(installation_),
              testing::Contains(testing::Field(&StoredImage::digest, release.image.digest)));
  const Rollout& rollout = documents->rollouts.at(written->ref.name);
  EXPECT_EQ(rollout.components.front().release, written->ref);
  EXPECT_FALSE(described(wanted("lab-bios-3.6.bin"))) << "what a person may have edited is not replaced";
}

TEST_F(FirstDocuments, a_release_that_nothing_can_be_said_of_is_not_written) {
  EXPECT_THAT(why(described(wanted("firmware.bin"))), HasSubstr("--version"));
  NewRelease absent = wanted("bios-3.6.bin");
  absent.image = file("nosuch.bin").string();
  EXPECT_THAT(why(described(absent)), HasSubstr("nosuch.bin: is no file"));
  EXPECT_THAT(why(described(wanted("bios-3.6.bin"))), HasSubstr("no host shows")) << "nobody answers";
  turn_on_lab();
  EXPECT_THAT(why(described(wanted("bios-3.2.bin"))), HasSubstr("runs 3.2 already"));
  NewRelease gpu = wanted("gpu-1.1.bin");
  gpu.component = ComponentKind::gpu;
  EXPECT_THAT(why(described(gpu)), HasSubstr("gpu"));
  NewRelease elsewhere = wanted("bios-3.6.bin");
  elsewhere.selector = "site=nowhere";
  EXPECT_EQ(described(elsewhere).error().kind, Problem::Kind::no_host);
  EXPECT_FALSE(std::filesystem::exists(file("releases")));
}

TEST(VersionIn, a_file_name_tells_one_version_or_none) {
  EXPECT_EQ(version_in("BIOS_X13DEM-1B9C_20231010_3.4_STDsp.bin"), "3.4");
  EXPECT_EQ(version_in("fw-v22.31.1014.bin"), "22.31.1014");
  EXPECT_EQ(version_in("fw.3.bin"), "") << "no part of numbers";
  EXPECT_EQ(version_in("a-1.2-b-3.4.bin"), "") << "two of them";
  EXPECT_EQ(version_in("20231010.bin"), "");
  EXPECT_EQ(version_in(""), "");
}

}  // namespace
}  // namespace breakwater::operations::first_documents_test
