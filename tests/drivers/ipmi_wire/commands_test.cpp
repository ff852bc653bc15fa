#include <gtest/gtest.h>

#include <array>

#include "drivers/ipmi/wire/chassis.hpp"
#include "drivers/ipmi/wire/command_code.hpp"
#include "drivers/ipmi/wire/completion.hpp"
#include "drivers/ipmi/wire/device.hpp"
#include "drivers/ipmi/wire/hpm2.hpp"
#include "drivers/ipmi/wire/session_commands.hpp"
#include "tests/drivers/ipmi_wire/golden.hpp"

namespace breakwater::ipmi::commands_test {

using golden::hex;

namespace {

// A reply of each kind: what the bytes say, and that the same bytes come out again.
template <class T>
void expect_both_ways(const char* bytes, const T& value, Decoded<T> (*decode)(ByteView)) {
  const auto decoded = decode(hex(bytes));
  ASSERT_TRUE(decoded) << bytes << ": " << decoded.error().what;
  EXPECT_TRUE(*decoded == value) << bytes;
  EXPECT_EQ(hex(encode(value)), bytes);
}

// No reply that is cut anywhere is taken.
template <class T>
void expect_no_cut(const char* bytes, Decoded<T> (*decode)(ByteView)) {
  const Bytes whole = hex(bytes);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(decode(ByteView(whole).first(length))) << bytes << " cut to " << length;
  }
}

}  // namespace

TEST(SessionCommands, capabilities_are_asked_and_read_as_ipmitool_does) {
  EXPECT_EQ(hex(encode(capabilities_request(Privilege::administrator))), "2018c88100388e04b5");
  EXPECT_EQ(decode_capabilities_request(hex("8e04")).value_or(Privilege::oem), Privilege::administrator);
  const auto sim = decode_capabilities(hex("0197060300000000"));  // ipmi_sim
  ASSERT_TRUE(sim);
  EXPECT_EQ(*sim, (Capabilities{1, true, true, false, true, true, false}));
  const auto old = decode_capabilities(hex("0115060200000000"));  // no extended data: bit 7 is clear
  ASSERT_TRUE(old);
  EXPECT_FALSE(old->ipmi_2);
  EXPECT_TRUE(old->ipmi_1_5);
  expect_both_ways("0180240200000000", Capabilities{1, false, true, true, true, false, false}, decode_capabilities);
  expect_no_cut("01801402", decode_capabilities);
}

TEST(SessionCommands, cipher_suites_come_in_parts_of_sixteen) {
  EXPECT_EQ(hex(cipher_suites_request(2).data), "0e0082");
  EXPECT_EQ(decode_cipher_suites_request(hex("0e0082")).value_or(0), 2);
  Bytes records;
  for (std::uint8_t i = 0; i < 20; ++i) records.push_back(i);
  const Bytes first = encode_cipher_suites_part(records, 0);
  EXPECT_EQ(hex(first), "01000102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(hex(decode_cipher_suites_part(first).value_or(Bytes{})), "000102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(hex(encode_cipher_suites_part(records, 1)), "0110111213");
  EXPECT_EQ(hex(encode_cipher_suites_part(records, 63)), "01");
  EXPECT_FALSE(decode_cipher_suites_part({}));
  EXPECT_FALSE(decode_cipher_suites_part(Bytes(18, 0)));
}

TEST(SessionCommands, privilege_and_close_are_those_of_ipmitool) {
  EXPECT_EQ(hex(privilege_request(Privilege::administrator).data), "04");
  EXPECT_EQ(decode_privilege(hex("04")).value_or(Privilege::oem), Privilege::administrator);
  EXPECT_FALSE(decode_privilege({}));
  EXPECT_EQ(hex(close_request(0x0a0b0c0d).data), "0d0c0b0a");
  EXPECT_EQ(decode_close_request(hex("0d0c0b0a")).value_or(0u), 0x0a0b0c0du);
  expect_no_cut("0d0c0b0a", decode_close_request);
}

TEST(Device, the_ids_of_ipmi_sim_and_of_a_responder) {
  DeviceId sim;
  sim.revision = 3;
  sim.major = 9;
  sim.minor = 0x08;
  sim.support = 0x9f;
  sim.manufacturer = 0x1291;
  sim.product = 0x0f02;
  sim.aux = {0, 0, 0, 0};
  expect_both_ways("00030908029f911200020f00000000", sim, decode_device_id);
  EXPECT_EQ(version_text(sim), "9.08");

  EXPECT_EQ(hex(encode(device_id_request())), "2018c88100017e");
}

TEST(Device, a_reply_without_auxiliary_bytes_is_whole_and_a_shorter_one_is_not) {
  expect_no_cut("0003090802 9f9112 00020f", decode_device_id);
  const Bytes bare = hex("0083890802 9f9112 00020f");
  const auto id = decode_device_id(bare);
  ASSERT_TRUE(id);
  EXPECT_FALSE(id->aux);
  EXPECT_TRUE(id->has_sdrs);
  EXPECT_TRUE(id->updating);
  EXPECT_EQ(id->major, 9);
  EXPECT_EQ(version_text(*id), "9.08");
  EXPECT_EQ(encode(*id), bare);
  Bytes with_two = bare;
  with_two.insert(with_two.end(), {0x01, 0x02});
  const auto odd = decode_device_id(with_two);
  ASSERT_TRUE(odd);
  EXPECT_FALSE(odd->aux) << "two of the four bytes";
}

TEST(Device, the_version_text_is_the_same_for_every_maker) {
  const struct {
    std::uint32_t manufacturer;
    std::uint8_t major, minor;
    std::array<std::uint8_t, 4> aux;
    const char* text;
  } rows[] = {
      {343, 1, 0x10, {0x01, 0x05, 0xE1, 0x10}, "1.10.0105e110"},
      {674, 2, 0x85, {0x00, 0x03, 0x55, 0x04}, "2.85.00035504"},
      {7244, 4, 0x12, {0x07, 0, 0, 0}, "4.12.07000000"},
      {10876, 3, 0x17, {0x01, 0, 0, 0}, "3.17.01000000"},
      {47488, 3, 0x17, {0, 0, 0, 0}, "3.17"},
      {42817, 2, 0x09, {0, 0, 0, 0}, "2.09"},
      {42817, 2, 0x1A, {0, 0, 0, 0}, "2.1a"},
  };
  for (const auto& row : rows) {
    DeviceId id;
    id.manufacturer = row.manufacturer;
    id.major = row.major;
    id.minor = row.minor;
    id.aux = row.aux;
    EXPECT_EQ(version_text(id), row.text);
  }
}

TEST(Device, two_builds_that_differ_in_one_auxiliary_byte_have_two_texts) {
  const Version first{9, 0x20, {1, 2, 3, 4}};
  const Version second{9, 0x20, {1, 2, 3, 5}};
  EXPECT_EQ(first.text(), "9.20.01020304");
  EXPECT_NE(first.text(), second.text());
  EXPECT_EQ(no_version().text(), "none");
  EXPECT_TRUE(no_version().is_none());
  EXPECT_FALSE((Version{0xFF, 0xFF, {0xFF, 0xFF, 0xFF, 0}}).is_none());
}

TEST(Device, self_test_results) {
  const struct {
    const char* bytes;
    bool passed, corrupt;
    const char* text;
  } rows[] = {
      {"5500", true, false, "passed"},
      {"5600", false, false, "not implemented"},
      {"5701", false, true, "operational firmware corrupt"},
      {"5788", false, false, "SDR repository empty, SEL not accessible"},
      {"5700", false, false, "failed"},
      {"5812", false, false, "fatal hardware error 0x12"},
      {"5801", false, false, "fatal hardware error 0x01"},
      {"9901", false, false, "failed, result 0x99 0x01"},
  };
  for (const auto& row : rows) {
    const auto test = decode_self_test(hex(row.bytes));
    ASSERT_TRUE(test) << row.bytes;
    EXPECT_EQ(test->passed(), row.passed) << row.bytes;
    EXPECT_EQ(test->firmware_corrupt(), row.corrupt) << row.bytes;
    EXPECT_EQ(test->text(), row.text);
    EXPECT_EQ(hex(encode(*test)), row.bytes);
  }
  expect_no_cut("5500", decode_self_test);
}

TEST(Device, a_guid_names_a_machine_unless_it_is_blank) {
  const auto guid = decode_system_guid(hex("a123456789abcdefa123456789abcdef"));
  ASSERT_TRUE(guid);
  EXPECT_EQ(uuid_of(*guid), "674523a1-ab89-efcd-a123-456789abcdef") << "three little-endian fields";
  EXPECT_EQ(uuid_of(Guid{}), "");
  Guid blank;
  blank.fill(0xFF);
  EXPECT_EQ(uuid_of(blank), "");
  expect_no_cut("a123456789abcdefa123456789abcdef", decode_system_guid);
}

TEST(Chassis, status_both_ways) {
  ChassisStatus status;
  status.power_on = true;
  status.restore_policy = 3;
  expect_both_ways("610000", status, decode_chassis_status);
  status = ChassisStatus{false, true, true, true, true, 1, 0x10, 0x0C};
  expect_both_ways("3e100c", status, decode_chassis_status);
  expect_no_cut("610000", decode_chassis_status);
  EXPECT_TRUE(decode_chassis_status(hex("61000012"))) << "the front panel byte is optional";
}

TEST(Chassis, control_values) {
  const ChassisControl all[] = {ChassisControl::off,
                                ChassisControl::on,
                                ChassisControl::cycle,
                                ChassisControl::reset,
                                ChassisControl::diagnostic_interrupt,
                                ChassisControl::soft_off};
  std::uint8_t value = 0;
  for (const ChassisControl control : all) {
    EXPECT_EQ(chassis_control_request(control).data, Bytes{value++});
    EXPECT_EQ(decode_chassis_control_request(chassis_control_request(control).data).value_or(ChassisControl::off),
              control);
  }
  EXPECT_FALSE(decode_chassis_control_request(hex("06")));
  EXPECT_FALSE(decode_chassis_control_request({}));
  EXPECT_EQ(decode_identify_request({}).value_or(0), 15);
  EXPECT_EQ(decode_identify_request(hex("3c")).value_or(0), 60);
}

TEST(Chassis, boot_flags_both_ways) {
  const BootFlags pxe{true, false, false, BootDevice::pxe};
  expect_both_ways("01058004000000", pxe, decode_boot_flags);
  expect_both_ways("0105e018000000", BootFlags{true, true, true, BootDevice::setup}, decode_boot_flags);
  const auto read_back = decode_boot_flags(hex("01050004000000"));  // ipmi_sim
  ASSERT_TRUE(read_back);
  EXPECT_EQ(*read_back, (BootFlags{false, false, false, BootDevice::pxe}));
  EXPECT_FALSE(decode_boot_flags(hex("01048004000000"))) << "another parameter";
  const auto option = decode_set_boot_options_request(hex("058004000000"));
  ASSERT_TRUE(option);
  EXPECT_EQ(option->parameter, kBootFlagsParameter);
  EXPECT_EQ(boot_flags_in(option->data).value_or(BootFlags{}), pxe);
  EXPECT_EQ(decode_boot_options_request(boot_flags_request().data).value_or(0), kBootFlagsParameter);
  expect_no_cut("010580", decode_boot_flags);
}

TEST(Hpm2, limits_and_what_they_leave_for_data) {
  EXPECT_EQ(hex(encode(hpm2_request())), "20b03081003e00023f");
  expect_both_ways("000202010000c0010000", Hpm2Capabilities{2, 1, 0, 0xC0}, decode_hpm2);
  EXPECT_FALSE(decode_hpm2(hex("000202010000bf010000"))) << "a parameter below the OEM range";
  EXPECT_FALSE(decode_hpm2(hex("010202010000c0010000"))) << "another group";
  EXPECT_EQ(hex(payload_limits_request(0xC0).data), "0ec00000");
  const auto question = decode_lan_configuration_request(hex("0ec00000"));
  ASSERT_TRUE(question);
  EXPECT_EQ(question->parameter, 0xC0);
  expect_both_ways("1100000000040008", PayloadLimits{1024, 2048}, decode_payload_limits);
  EXPECT_EQ((PayloadLimits{1024, 2048}).request_data_max(), 1017u);
  EXPECT_EQ((PayloadLimits{7, 3}).request_data_max(), 0u);
  expect_no_cut("1100000000040008", decode_payload_limits);
}

TEST(Completion, every_code_has_a_text) {
  for (int value = 0; value < 256; ++value) EXPECT_FALSE(completion_text(static_cast<std::uint8_t>(value)).empty());
  EXPECT_EQ(completion_text(0xC1), "command not supported");
  EXPECT_EQ(completion_text(0x85), "command-specific error");
  EXPECT_EQ(completion_text(0xBF), "unknown completion code");
}

}  // namespace breakwater::ipmi::commands_test
