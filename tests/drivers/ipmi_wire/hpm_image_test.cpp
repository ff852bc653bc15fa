#include "drivers/ipmi/wire/hpm_image.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "tests/drivers/ipmi_wire/golden.hpp"

namespace breakwater::ipmi::hpm_image_test {

using golden::hex;

namespace {

std::string sha256(ByteView bytes) {
  std::array<std::uint8_t, 32> sum{};
  EVP_Digest(bytes.data(), bytes.size(), sum.data(), nullptr, EVP_sha256(), nullptr);
  return hex(sum);
}

// The same file with a right MD5 again, for changes that another check must find.
Bytes summed_again(Bytes file) {
  const Bytes sum = golden::md5(ByteView(file).first(file.size() - 16));
  std::copy(sum.begin(), sum.end(), file.end() - 16);
  return file;
}

constexpr std::size_t kRecordAt = 35;  // where the first action of a file without OEM data begins

Bytes example_firmware() {
  Bytes firmware = hex("092001020304");
  for (unsigned i = 0; i < 20'000; ++i) firmware.push_back(static_cast<std::uint8_t>(7 * i));
  return firmware;
}

HpmImage example(const Bytes& firmware) {
  HpmImage image;
  image.header.manufacturer = 0x1291;
  image.header.product = 0x0f02;
  image.header.time = 0x6b021f96;
  image.header.self_test = image.header.automatic_rollback = true;
  image.header.components = 0x01;
  image.header.self_test_steps = 2;
  image.header.rollback_steps = 2;
  image.header.inaccessibility_steps = 4;
  image.header.earliest_major = 9;
  image.header.version = Version{9, 0x20, {}};
  HpmAction upload;
  upload.components = 0x01;
  upload.version = Version{9, 0x20, {1, 2, 3, 4}};
  upload.name = "BMC fw";
  upload.firmware = firmware;
  image.actions = {upload};
  return image;
}

std::string_view refusal_of(ByteView file) {
  const auto image = parse_hpm_image(file);
  return image ? "taken" : image.error().what;
}

}  // namespace

TEST(HpmImage, the_file_that_ipmitool_installed_comes_out_byte_for_byte) {
  const Bytes firmware = example_firmware();
  const Bytes file = build_hpm_image(example(firmware));
  EXPECT_EQ(file.size(), 20'091u);
  EXPECT_EQ(hex(ByteView(file).first(38)),
            "5049434d474657550000911200020f961f026bc00102020409000920000000000000cd0201fd");
  EXPECT_EQ(hex(ByteView(file).last(16)), "c34e1492a0df5e1a0082ff4b0137e948");
  EXPECT_EQ(sha256(file), "24978d47ef4f8b9838414ba296fad94cc118c56ed239a48c90a44b4250e6bd45");
}

TEST(HpmImage, the_file_that_ipmitool_installed_is_read) {
  const Bytes firmware = example_firmware();
  const Bytes file = build_hpm_image(example(firmware));
  const auto image = parse_hpm_image(file);
  ASSERT_TRUE(image) << image.error().what;
  const HpmHeader& header = image->header;
  EXPECT_EQ(header.device_id, 0);
  EXPECT_EQ(header.manufacturer, 0x1291u);
  EXPECT_EQ(header.product, 0x0f02);
  EXPECT_EQ(header.time, 0x6b021f96u);
  EXPECT_TRUE(header.self_test && header.automatic_rollback);
  EXPECT_FALSE(header.manual_rollback || header.services_affected);
  EXPECT_EQ(header.components, 1);
  EXPECT_EQ(header.inaccessibility_steps, 4);
  EXPECT_EQ(header.version.text(), "9.20");
  ASSERT_EQ(image->actions.size(), 1u);
  const HpmAction& upload = image->actions.front();
  EXPECT_EQ(upload.action, UpgradeAction::upload);
  EXPECT_EQ(upload.component(), 0);
  EXPECT_EQ(upload.version.text(), "9.20.01020304");
  EXPECT_EQ(upload.name, "BMC fw");
  EXPECT_TRUE(std::ranges::equal(upload.firmware, firmware));
}

TEST(HpmImage, which_firmware_it_may_follow) {
  HpmHeader header;
  header.earliest_major = 9;
  header.earliest_minor = 0x08;
  EXPECT_TRUE(header.may_follow(9, 0x08));
  EXPECT_TRUE(header.may_follow(9, 0x20));
  EXPECT_TRUE(header.may_follow(10, 0x00));
  EXPECT_FALSE(header.may_follow(9, 0x07));
  EXPECT_FALSE(header.may_follow(8, 0x99));
}

TEST(HpmImage, many_actions_oem_data_and_both_forms_of_the_checksum) {
  const Bytes oem = hex("0a0b0c");
  const Bytes boot = hex("b007");
  const Bytes main = hex("a0a1a2");
  HpmImage image = example(main);
  image.header.oem_data = oem;
  image.header.components = 0x81;
  HpmAction backup;
  backup.action = UpgradeAction::backup;
  backup.components = 0x81;
  HpmAction prepare = backup;
  prepare.action = UpgradeAction::prepare;
  HpmAction second = image.actions.front();
  second.components = 0x80;
  second.name = "a name of 21 letters.";
  second.firmware = boot;
  image.actions = {backup, prepare, image.actions.front(), second};
  for (const HpmChecksum form : {HpmChecksum::short_form, HpmChecksum::long_form}) {
    const Bytes file = build_hpm_image(image, form);
    const auto read = parse_hpm_image(file);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_TRUE(std::ranges::equal(read->header.oem_data, oem));
    ASSERT_EQ(read->actions.size(), 4u);
    EXPECT_EQ(read->actions[0].action, UpgradeAction::backup);
    EXPECT_EQ(read->actions[1].action, UpgradeAction::prepare);
    EXPECT_EQ(read->actions[1].components, 0x81);
    EXPECT_EQ(read->actions[3].component(), 7);
    EXPECT_EQ(read->actions[3].name, second.name);
    EXPECT_TRUE(std::ranges::equal(read->actions[3].firmware, boot));
    EXPECT_EQ(build_hpm_image(*read, form), file);
  }
  EXPECT_NE(build_hpm_image(image, HpmChecksum::short_form), build_hpm_image(image, HpmChecksum::long_form));
}

TEST(HpmImage, every_changed_byte_and_every_cut_is_refused) {
  const Bytes firmware = hex("0102030405");
  const Bytes file = build_hpm_image(example(firmware));
  for (std::size_t at = 0; at < file.size(); ++at) {
    Bytes changed = file;
    changed[at] ^= 0x04;
    EXPECT_FALSE(parse_hpm_image(changed)) << at;
    EXPECT_FALSE(parse_hpm_image(ByteView(file).first(at))) << at;
  }
}

TEST(HpmImage, each_lie_has_its_reason_although_the_md5_is_right) {
  const Bytes firmware = hex("0102030405");
  const Bytes file = build_hpm_image(example(firmware));
  const auto with = [&](std::size_t at, std::uint8_t value) {
    Bytes changed = file;
    changed[at] = value;
    return summed_again(changed);
  };
  EXPECT_EQ(refusal_of(with(0, 'Q')), "no HPM.1 file");
  EXPECT_EQ(refusal_of(with(8, 1)), "HPM.1 file of another format version");
  EXPECT_EQ(refusal_of(with(33, 0xFF)), "HPM.1 header longer than its file");
  EXPECT_EQ(refusal_of(with(20, 0x03)), "HPM.1 header with a wrong checksum");
  EXPECT_EQ(refusal_of(with(kRecordAt, 3)), "an unknown HPM.1 action");
  EXPECT_EQ(refusal_of(with(kRecordAt + 2, 0)), "HPM.1 action with a wrong checksum");
  EXPECT_EQ(refusal_of(with(kRecordAt + 30, 6)), "HPM.1 firmware longer than its file, or empty");
  EXPECT_EQ(refusal_of(with(kRecordAt + 33, 0xFF)), "HPM.1 firmware longer than its file, or empty");
  EXPECT_EQ(refusal_of(with(kRecordAt + 30, 4)), "HPM.1 action cut short") << "a byte is left over";
  EXPECT_EQ(refusal_of(with(file.size() - 17, 9)), "taken") << "firmware is nobody's business here";
  Bytes wrong_sum = file;
  wrong_sum.back() ^= 1;
  EXPECT_EQ(refusal_of(wrong_sum), "HPM.1 file with a wrong MD5");
}

TEST(HpmImage, an_upload_names_one_component_of_the_header_and_brings_firmware) {
  const Bytes firmware = hex("01");
  for (const int mask : {0x00, 0x02, 0x03, 0xFF}) {
    HpmImage image = example(firmware);
    image.actions.front().components = static_cast<std::uint8_t>(mask);
    EXPECT_EQ(refusal_of(build_hpm_image(image)), "HPM.1 upload for other than one component of its image") << mask;
  }
  HpmImage empty = example(firmware);
  empty.actions.front().firmware = {};
  EXPECT_EQ(refusal_of(build_hpm_image(empty)), "HPM.1 firmware longer than its file, or empty");
}

TEST(HpmImage, a_file_of_countless_small_actions_is_refused) {
  HpmImage image = example({});
  HpmAction backup;
  backup.action = UpgradeAction::backup;
  backup.components = 1;
  image.actions.assign(kHpmActionsMax, backup);
  EXPECT_EQ(refusal_of(build_hpm_image(image)), "taken");
  image.actions.push_back(backup);
  EXPECT_EQ(refusal_of(build_hpm_image(image)), "HPM.1 file of more than 64 actions");
}

}  // namespace breakwater::ipmi::hpm_image_test
