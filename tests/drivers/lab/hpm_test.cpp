// HPM.1 on a lab BMC: two banks, deferred activation, rollback, and what can go wrong on the way.
#include "drivers/ipmi/wire/hpm.hpp"

#include <gmock/gmock.h>

#include "drivers/ipmi/wire/device.hpp"
#include "inventories/trust/digest.hpp"
#include "tests/drivers/lab/ipmi_client.hpp"
#include "tests/drivers/lab/lab_fixture.hpp"

namespace breakwater::lab::hpm_test {
namespace {

constexpr std::uint8_t kBmcNumber = 0;
constexpr std::uint8_t kBiosNumber = 1;

class HpmTest : public LabTest {
 protected:
  void start() {
    LabTest::start();
    bmc_.emplace(state());
    ASSERT_TRUE(bmc_->open());
  }

  ipmi::Bytes property(std::uint8_t component, ipmi::ComponentProperty which) {
    return bmc_->ask(ipmi::component_property_request(component, which)).data;
  }
  std::string deferred() {
    return ipmi::decode_component_version(property(kBiosNumber, ipmi::ComponentProperty::deferred_version))->text();
  }
  std::uint8_t rolled_back() {
    const auto status = bmc_->await_end(ipmi::query_rollback_request());
    EXPECT_EQ(status.completion, ipmi::kCompleted);
    return ipmi::decode_rolled_back(status.data).value_or(0xFF);
  }
  std::uint8_t self_test() {
    return ipmi::decode_upgrade_self_test(bmc_->await_end(ipmi::query_self_test_request()).data)->result;
  }
  std::uint8_t send_block(std::uint8_t number, const std::string& text) {
    return bmc_->ask(ipmi::upload_block_request(number, ipmi::Bytes(text.begin(), text.end()))).completion;
  }
  void begin_upload() {
    ASSERT_EQ(bmc_->ask(ipmi::initiate_upgrade_request({.components = 1U << kBiosNumber})).completion, 0);
  }

  std::optional<IpmiClient> bmc_;
};

TEST_F(HpmTest, an_upload_waits_until_it_is_activated) {
  start();
  const std::string content = image("bios", "3.4");
  ASSERT_EQ(upload(*bmc_, kBiosNumber, content), ipmi::kCompleted);
  EXPECT_EQ(state().staged.at("bios"), "3.4");
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  EXPECT_EQ(deferred(), "3.04");
  const auto redfish = client();
  EXPECT_EQ(redfish->get("/redfish/v1/UpdateService/FirmwareInventory/BIOS-Staged").at("Version"), "3.4");
  ASSERT_EQ(activate(*bmc_), ipmi::kCompleted);
  EXPECT_EQ(state().versions.at("bios"), "3.4");
  EXPECT_EQ(state().previous.at("bios"), "3.2");
  EXPECT_EQ(deferred(), "none");
  EXPECT_EQ(self_test(), 0x55);
  EXPECT_EQ(rolled_back(), 0);
  EXPECT_EQ(state().counters.host_boots, 1);
  EXPECT_EQ(state().images.at(0).sha256, sha256(content));
  EXPECT_EQ(state().counters.hpm_uploads_begun, 1);
  EXPECT_EQ(state().counters.hpm_uploads, 1);
  EXPECT_EQ(state().counters.hpm_activations, 1);
}

TEST_F(HpmTest, a_block_sent_again_is_stored_once) {
  start();
  const std::string content = image("bios", "3.4").substr(0, 3000);
  begin_upload();
  EXPECT_EQ(send_block(0, content.substr(0, 1000)), 0);
  EXPECT_EQ(send_block(0, content.substr(0, 1000)), 0);
  EXPECT_EQ(send_block(2, content.substr(1000, 1000)), ipmi::kHpmChecksum);
  EXPECT_EQ(send_block(1, content.substr(1000, 1000)), 0);
  EXPECT_EQ(send_block(0, content.substr(0, 1000)), ipmi::kHpmChecksum);
  EXPECT_EQ(send_block(2, content.substr(2000)), 0);
  EXPECT_EQ(bmc_->ask(ipmi::finish_upload_request({kBiosNumber, 3000})).completion, ipmi::kInProgress);
  wait_until([](const HostState& host) { return host.staged.contains("bios"); });
  EXPECT_EQ(state().images.at(0).sha256, sha256(content));
}

TEST_F(HpmTest, more_than_256_blocks_wrap_their_number) {
  start();
  ASSERT_EQ(upload(*bmc_, kBiosNumber, image("bios", "3.4").substr(0, 12'000), 36), ipmi::kCompleted);
  EXPECT_EQ(state().images.at(0).bytes, 12'000U);
}

TEST_F(HpmTest, refuses_what_is_out_of_turn_or_of_the_wrong_size) {
  start();
  EXPECT_EQ(send_block(0, "firmware"), ipmi::kNotInThisState);
  EXPECT_EQ(bmc_->ask(ipmi::finish_upload_request({kBiosNumber, 8})).completion, ipmi::kNotInThisState);
  EXPECT_EQ(bmc_->ask(ipmi::activate_firmware_request()).completion, ipmi::kHpmNotSupported);
  EXPECT_EQ(bmc_->ask(ipmi::manual_rollback_request()).completion, ipmi::kNotInThisState);
  EXPECT_EQ(bmc_->ask(ipmi::initiate_upgrade_request({.components = 0x80})).completion, ipmi::kHpmNotSupported);
  EXPECT_EQ(bmc_->ask(ipmi::initiate_upgrade_request({.components = 0x03})).completion, ipmi::kHpmNotSupported);
  EXPECT_EQ(bmc_->ask(ipmi::component_property_request(3, ipmi::ComponentProperty::name)).completion,
            ipmi::kHpmChecksum);
  EXPECT_EQ(bmc_->ask(ipmi::component_property_request(0, static_cast<ipmi::ComponentProperty>(9))).completion,
            ipmi::kHpmMismatch);
  begin_upload();
  EXPECT_EQ(send_block(0, std::string(1018, 'x')), ipmi::kLengthExceeded);
  EXPECT_EQ(send_block(0, std::string(1015, 'x')), ipmi::kCompleted);
  EXPECT_EQ(bmc_->ask(ipmi::finish_upload_request({kBiosNumber, 1014})).completion, ipmi::kHpmNotSupported);
  EXPECT_TRUE(state().images.empty());
  EXPECT_EQ(state().counters.hpm_uploads, 0);
}

TEST_F(HpmTest, an_image_that_is_not_for_this_component_or_model_is_refused_at_the_end_of_its_upload) {
  start();
  EXPECT_EQ(upload(*bmc_, kBmcNumber, image("bios", "3.4")), ipmi::kHpmChecksum);
  EXPECT_EQ(upload(*bmc_, kBiosNumber, make_image({"bios", "3.4", {"Other-*"}, {}}, 5000)), ipmi::kHpmChecksum);
  EXPECT_EQ(upload(*bmc_, kBiosNumber, "no lab image"), ipmi::kHpmChecksum);
  EXPECT_TRUE(state().staged.empty());
}

TEST_F(HpmTest, abort_cancels_what_waits) {
  start();
  ASSERT_EQ(upload(*bmc_, kBiosNumber, image("bios", "3.4")), ipmi::kCompleted);
  EXPECT_EQ(bmc_->ask(ipmi::abort_upgrade_request()).completion, ipmi::kCompleted);
  EXPECT_TRUE(state().staged.empty());
  EXPECT_EQ(bmc_->ask(ipmi::activate_firmware_request()).completion, ipmi::kHpmNotSupported);
}

TEST_F(HpmTest, an_upload_makes_room_for_the_next_but_not_for_redfishs) {
  start();
  ASSERT_EQ(upload(*bmc_, kBiosNumber, image("bios", "3.4")), ipmi::kCompleted);
  ASSERT_EQ(upload(*bmc_, kBiosNumber, image("bios", "3.5")), ipmi::kCompleted);
  EXPECT_EQ(state().staged.at("bios"), "3.5");
  ASSERT_EQ(bmc_->ask(ipmi::abort_upgrade_request()).completion, 0);
  const auto redfish = client();
  wait_for_task(*redfish, push(*redfish, image("bios", "3.6"), "OnReset"), "Pending");
  EXPECT_EQ(upload(*bmc_, kBiosNumber, image("bios", "3.7")), ipmi::kNotInThisState);
}

TEST_F(HpmTest, the_bmcs_own_firmware_ends_its_sessions) {
  start();
  ASSERT_EQ(upload(*bmc_, kBmcNumber, image("bmc", "2.11.01020304")), ipmi::kCompleted);
  EXPECT_EQ(bmc_->ask(ipmi::activate_firmware_request()).completion, ipmi::kInProgress);
  wait_until([](const HostState& host) { return host.counters.bmc_boots == 1 && host.bmc_up; });
  ASSERT_TRUE(bmc_->open());
  const auto status = ipmi::decode_upgrade_status(bmc_->ask(ipmi::upgrade_status_request()).data);
  EXPECT_EQ(*status, (ipmi::UpgradeStatus{0x35, ipmi::kCompleted}));
  const auto id = ipmi::decode_device_id(bmc_->ask(ipmi::device_id_request()).data);
  EXPECT_EQ(ipmi::version_text(*id), "2.11.01020304");
  EXPECT_EQ(state().counters.host_boots, 0);
}

TEST_F(HpmTest, several_components_go_together_the_bmc_last) {
  start();
  ASSERT_EQ(upload(*bmc_, kBmcNumber, image("bmc", "2.11")), ipmi::kCompleted);
  ASSERT_EQ(upload(*bmc_, kBiosNumber, image("bios", "3.4")), ipmi::kCompleted);
  EXPECT_EQ(bmc_->ask(ipmi::activate_firmware_request()).completion, ipmi::kInProgress);
  wait_until([](const HostState& host) { return host.counters.bmc_boots == 1 && host.bmc_up; });
  EXPECT_EQ(state().versions.at("bios"), "3.4");
  EXPECT_EQ(state().versions.at("bmc"), "2.11");
  ASSERT_TRUE(bmc_->open());
  EXPECT_EQ(bmc_->ask(ipmi::manual_rollback_request()).completion, ipmi::kInProgress);
  wait_until([](const HostState& host) { return host.counters.bmc_boots == 2 && host.bmc_up; });
  ASSERT_TRUE(bmc_->open());
  EXPECT_EQ(rolled_back(), 0x03);
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  EXPECT_EQ(state().versions.at("bmc"), "2.10");
}

TEST_F(HpmTest, a_self_test_that_fails_is_left_behind_by_the_rollback) {
  start();
  ASSERT_EQ(upload(*bmc_, kBiosNumber, image("bios", "3.4", {LabFault::self_test_failed})), ipmi::kCompleted);
  ASSERT_EQ(activate(*bmc_), ipmi::kCompleted);
  EXPECT_EQ(self_test(), 0x57);
  EXPECT_TRUE(ipmi::decode_self_test(bmc_->ask(ipmi::self_test_request()).data)->firmware_corrupt());
  EXPECT_EQ(bmc_->ask(ipmi::manual_rollback_request()).completion, ipmi::kInProgress);
  EXPECT_EQ(rolled_back(), 1U << kBiosNumber);
  EXPECT_EQ(self_test(), 0x55);
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  EXPECT_EQ(state().counters.hpm_rollbacks, 1);
  EXPECT_EQ(bmc_->ask(ipmi::manual_rollback_request()).completion, ipmi::kNotInThisState);
}

TEST_F(HpmTest, a_rollback_that_fails_says_so) {
  start();
  lab_->add_fault("n1", {.fault = LabFault::rollback_fails});
  ASSERT_EQ(upload(*bmc_, kBiosNumber, image("bios", "3.4")), ipmi::kCompleted);
  ASSERT_EQ(activate(*bmc_), ipmi::kCompleted);
  EXPECT_EQ(bmc_->ask(ipmi::manual_rollback_request()).completion, ipmi::kInProgress);
  EXPECT_EQ(bmc_->await_end(ipmi::query_rollback_request()).completion, ipmi::kHpmNotSupported);
  EXPECT_EQ(state().versions.at("bios"), "3.4");
}

TEST_F(HpmTest, a_bank_that_is_refused_at_boot_shows_as_rolled_back) {
  start();
  ASSERT_EQ(upload(*bmc_, kBiosNumber, image("bios", "3.4", {LabFault::failed_back})), ipmi::kCompleted);
  ASSERT_EQ(activate(*bmc_), ipmi::kCompleted);
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  EXPECT_EQ(rolled_back(), 1U << kBiosNumber);
}

TEST_F(HpmTest, a_block_is_refused_half_way_and_a_write_fails) {
  start();
  lab_->add_fault("n1", {.fault = LabFault::hpm_block_refused, .component = "bios", .times = 1});
  EXPECT_EQ(upload(*bmc_, kBiosNumber, image("bios", "3.4")), ipmi::kHpmChecksum);
  EXPECT_EQ(send_block(2, "x"), ipmi::kNotInThisState);
  EXPECT_TRUE(state().images.empty());
  ASSERT_EQ(upload(*bmc_, kBiosNumber, image("bios", "3.4", {LabFault::task_exception})), ipmi::kCompleted);
  EXPECT_EQ(activate(*bmc_), ipmi::kHpmNotSupported);
  EXPECT_EQ(state().versions.at("bios"), "3.2");
}

TEST_F(HpmTest, a_reset_in_the_middle_of_an_activation_is_a_failed_one) {
  host_.flash = Duration(3000);
  start();
  ASSERT_EQ(upload(*bmc_, kBiosNumber, image("bios", "3.4")), ipmi::kCompleted);
  EXPECT_EQ(bmc_->ask(ipmi::activate_firmware_request()).completion, ipmi::kInProgress);
  EXPECT_EQ(bmc_->ask(ipmi::cold_reset_request()).completion, ipmi::kCompleted);
  wait_until([](const HostState& host) { return host.counters.bmc_boots == 1 && host.bmc_up; });
  ASSERT_TRUE(bmc_->open());
  const auto status = ipmi::decode_upgrade_status(bmc_->ask(ipmi::upgrade_status_request()).data);
  EXPECT_EQ(*status, (ipmi::UpgradeStatus{0x35, ipmi::kHpmNotSupported}));
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  EXPECT_EQ(state().counters.writes_interrupted, 1);
}

TEST_F(HpmTest, the_same_file_serves_redfish) {
  start();
  const std::string file = hpm_file(kBiosNumber, image("bios", "3.4"));
  const auto redfish = client();
  wait_for_task(*redfish, push(*redfish, file, "Immediate"), "Completed");
  EXPECT_EQ(state().versions.at("bios"), "3.4");
  EXPECT_EQ(state().images.at(0).sha256, sha256(file));
  // What Redfish activated is taken back by IPMI, too.
  EXPECT_EQ(bmc_->ask(ipmi::manual_rollback_request()).completion, ipmi::kInProgress);
  EXPECT_EQ(rolled_back(), 1U << kBiosNumber);
}

TEST(ImageTest, an_image_is_found_behind_the_records_of_hpm1_and_nowhere_past_the_end) {
  const std::string content = make_image({"bios", "3.4", {}, {}}, 500);
  const std::string file = hpm_file(kBiosNumber, content);
  ASSERT_TRUE(parse_image(file));
  EXPECT_EQ(parse_image(file)->version, "3.4");
  for (std::size_t bytes = 0; bytes < 120; ++bytes) EXPECT_FALSE(parse_image(file.substr(0, bytes)));
  std::string far = file;
  far[33] = '\xff';
  EXPECT_FALSE(parse_image(far));
}

}  // namespace
}  // namespace breakwater::lab::hpm_test
