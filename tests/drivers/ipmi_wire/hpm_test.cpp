#include "drivers/ipmi/wire/hpm.hpp"

#include <gtest/gtest.h>

#include "drivers/ipmi/wire/completion.hpp"
#include "tests/drivers/ipmi_wire/golden.hpp"

namespace breakwater::ipmi::hpm_test {

using golden::hex;

TEST(Hpm, capabilities_that_satisfied_ipmitool) {
  TargetCapabilities capabilities;
  capabilities.self_test = capabilities.manual_rollback = capabilities.deferred_activation = true;
  capabilities.upgrade_steps = 4;
  capabilities.self_test_steps = 2;
  capabilities.rollback_steps = 2;
  capabilities.inaccessibility_steps = 4;
  capabilities.components = 1;
  EXPECT_EQ(hex(encode(capabilities)), "0000150402020401");
  EXPECT_EQ(decode_target_capabilities(hex("0000150402020401")).value_or(TargetCapabilities{}), capabilities);
  const auto undesirable = decode_target_capabilities(hex("0000800402020401"));
  ASSERT_TRUE(undesirable);
  EXPECT_TRUE(undesirable->undesirable);
  EXPECT_FALSE(undesirable->self_test);
  EXPECT_FALSE(decode_target_capabilities(hex("0100150402020401")));
  EXPECT_FALSE(decode_target_capabilities(hex("00001504020204")));
}

TEST(Hpm, a_timeout_above_a_byte_of_seconds_does_not_wrap) {
  EXPECT_EQ(from_steps(52).count(), 260);
  EXPECT_EQ(from_steps(255).count(), 1275);
}

TEST(Hpm, component_properties) {
  EXPECT_EQ(hex(component_property_request(3, ComponentProperty::rollback_version).data), "000303");
  const auto question = decode_component_property_request(hex("0007c0"));
  ASSERT_TRUE(question);
  EXPECT_EQ(question->component, 7);
  EXPECT_EQ(question->selector, 0xC0);
  for (int flags = 0; flags < 64; ++flags) {
    const Bytes bytes{0, static_cast<std::uint8_t>(flags)};
    const auto general = decode_component_general(bytes);
    ASSERT_TRUE(general);
    EXPECT_EQ(encode(*general), bytes);
  }
  EXPECT_EQ(decode_component_general(hex("0011")).value_or(ComponentGeneral{}),
            (ComponentGeneral{1, false, false, true, false}));
  EXPECT_EQ(decode_component_version(hex("00092001020304")).value_or(Version{}).text(), "9.20.01020304");
  EXPECT_TRUE(decode_component_version(hex("00ffffffffffff")).value_or(Version{}).is_none());
  EXPECT_EQ(hex(encode_component_version(no_version())), "00ffffffffffff");
  EXPECT_FALSE(decode_component_version(hex("000920010203")));
}

TEST(Hpm, component_names_are_bounded_and_print) {
  EXPECT_EQ(hex(encode_component_name("BMC fw")), "00424d43206677000000000000");
  EXPECT_EQ(decode_component_name(hex("00424d43206677000000000000")).value_or(""), "BMC fw");
  EXPECT_EQ(encode_component_name("a name that is too long").size(), 13u);
  EXPECT_EQ(decode_component_name(encode_component_name("twelve bytes")).value_or(""), "twelve bytes");
  EXPECT_EQ(decode_component_name(hex("001b5b41")).value_or(""), "?[A");
  EXPECT_FALSE(decode_component_name(hex("00")));
  EXPECT_FALSE(decode_component_name(Bytes(14, 0)));
  EXPECT_FALSE(decode_component_name(hex("01424d43")));
}

TEST(Hpm, actions_blocks_and_their_end) {
  EXPECT_EQ(hex(initiate_upgrade_request({0x01, UpgradeAction::upload}).data), "000102");
  EXPECT_EQ(decode_initiate_upgrade_request(hex("000103")).value_or(InitiateUpgrade{}),
            (InitiateUpgrade{1, UpgradeAction::compare}));
  EXPECT_FALSE(decode_initiate_upgrade_request(hex("000104")));
  EXPECT_FALSE(decode_initiate_upgrade_request(hex("0001")));

  EXPECT_EQ(hex(upload_block_request(255, hex("aabb")).data), "00ffaabb");
  const auto block = decode_upload_block_request(hex("00ffaabb"));
  ASSERT_TRUE(block);
  EXPECT_EQ(block->number, 255);
  EXPECT_EQ(hex(block->firmware), "aabb");
  EXPECT_FALSE(decode_upload_block_request(hex("00ff")));

  EXPECT_EQ(hex(finish_upload_request({0, 20'006}).data), "0000264e0000");
  EXPECT_EQ(decode_finish_upload_request(hex("0000264e0000")).value_or(FinishUpload{}), (FinishUpload{0, 20'006}));
  EXPECT_FALSE(decode_finish_upload_request(hex("0000264e00")));
}

TEST(Hpm, an_upload_reply_is_one_or_nine_bytes) {
  const NextSection next{0x1000, 36};
  EXPECT_EQ(hex(encode_upload_reply(std::nullopt)), "00");
  EXPECT_EQ(hex(encode_upload_reply(next)), "000010000024000000");
  for (std::size_t length = 0; length < 12; ++length) {
    const auto reply = decode_upload_reply(Bytes(length, 0));
    EXPECT_EQ(reply.has_value(), length == 1 || length == 9) << length;
    if (reply) {
      EXPECT_EQ(reply->has_value(), length == 9);
    }
  }
  const auto decoded = decode_upload_reply(hex("000010000024000000"));
  ASSERT_TRUE(decoded && *decoded);
  EXPECT_EQ(**decoded, next);
}

TEST(Hpm, a_section_past_the_firmwares_end_does_not_fit) {
  EXPECT_TRUE((NextSection{0, 20'006}).fits(20'006));
  EXPECT_TRUE((NextSection{20'006, 0}).fits(20'006));
  EXPECT_FALSE((NextSection{1, 20'006}).fits(20'006));
  EXPECT_FALSE((NextSection{20'007, 0}).fits(20'006));
  EXPECT_FALSE((NextSection{16, 0xFFFF'FFF0}).fits(20'006)) << "their sum is 0 in 32 bits";
}

TEST(Hpm, status_self_test_rollback_and_activation) {
  EXPECT_EQ(hex(upgrade_status_request().data), "00");
  EXPECT_EQ(decode_upgrade_status(hex("003380")).value_or(UpgradeStatus{}), (UpgradeStatus{0x33, kInProgress}));
  EXPECT_EQ(hex(encode(UpgradeStatus{0x33, 0x80})), "003380");
  EXPECT_FALSE(decode_upgrade_status(hex("0033")));
  EXPECT_TRUE(decode_upgrade_self_test(hex("005500")).value_or(UpgradeSelfTest{0, 0}).passed());
  EXPECT_FALSE(decode_upgrade_self_test(hex("005600")).value_or(UpgradeSelfTest{}).passed());
  EXPECT_FALSE(decode_upgrade_self_test(hex("0055")));
  EXPECT_EQ(hex(encode(UpgradeSelfTest{0x57, 2})), "005702");
  EXPECT_EQ(decode_rolled_back(hex("0001")).value_or(0), 1);
  EXPECT_FALSE(decode_rolled_back(hex("00")));
  EXPECT_EQ(hex(encode_rolled_back(5)), "0005");
  EXPECT_EQ(hex(activate_firmware_request().data), "00");
  EXPECT_EQ(hex(activate_firmware_request(true).data), "0001");
  EXPECT_EQ(decode_activate_firmware_request(hex("0001")).value_or(false), true);
  EXPECT_EQ(decode_activate_firmware_request(hex("00")).value_or(true), false);
  EXPECT_FALSE(decode_activate_firmware_request({}));
  EXPECT_TRUE(without_group_id(group_id_only()));
  EXPECT_FALSE(without_group_id({}));
}

TEST(Hpm, a_code_means_what_its_command_says) {
  EXPECT_EQ(hpm_completion_text(code::kFinishUpload, 0x81), "size of the firmware does not match");
  EXPECT_EQ(hpm_completion_text(code::kInitiateUpgrade, 0x81), "invalid component");
  EXPECT_EQ(hpm_completion_text(code::kManualRollback, 0x81), "rollback failed");
  EXPECT_EQ(hpm_completion_text(code::kQueryRollback, 0x82), "rollback overridden");
  EXPECT_EQ(hpm_completion_text(code::kFinishUpload, 0x82), "internal checksum error");
  EXPECT_EQ(hpm_completion_text(code::kFinishUpload, 0x83), "firmware does not match");
  EXPECT_EQ(hpm_completion_text(code::kActivateFirmware, 0x80), "in progress");
  EXPECT_EQ(hpm_completion_text(code::kActivateFirmware, 0xC0), completion_text(0xC0));
}

}  // namespace breakwater::ipmi::hpm_test
