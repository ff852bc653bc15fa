// The data of every command, both ways: replies as the driver gets them, requests as the lab does.
#include "drivers/ipmi/wire/chassis.hpp"
#include "drivers/ipmi/wire/device.hpp"
#include "drivers/ipmi/wire/hpm.hpp"
#include "drivers/ipmi/wire/hpm2.hpp"
#include "drivers/ipmi/wire/session_commands.hpp"
#include "drivers/ipmi/wire/suite.hpp"
#include "tests/fuzz/ipmi.hpp"

namespace breakwater::fuzz::ipmi_commands_target {

using namespace breakwater::ipmi;

namespace {

void read_replies(ByteView bytes) {
  round_trip(bytes, decode_capabilities);
  round_trip(bytes, decode_privilege);
  round_trip(bytes, decode_device_id);
  round_trip(bytes, decode_self_test);
  round_trip(bytes, decode_chassis_status);
  round_trip(bytes, decode_boot_flags);
  round_trip(bytes, decode_hpm2);
  round_trip(bytes, decode_payload_limits);
  if (const auto id = decode_device_id(bytes)) {
    require(is_printable(version_text(*id)), "a version can be printed");
  }
  if (const auto test = decode_self_test(bytes)) require(is_printable(test->text()), "a self test can be printed");
  if (const auto guid = read(bytes, decode_system_guid)) {
    require(uuid_of(*guid).empty() || uuid_of(*guid).size() == 36, "a UUID has 36 letters");
  }
  if (const auto part = read(bytes, decode_cipher_suites_part)) {
    require(part->size() <= kCipherSuitePartBytes, "a part of the suites is bounded");
  }
}

void read_upgrade_replies(ByteView bytes) {
  round_trip(bytes, decode_target_capabilities);
  round_trip(bytes, decode_component_general);
  round_trip(bytes, decode_component_version, encode_component_version);
  round_trip(bytes, decode_component_name, encode_component_name);
  round_trip(bytes, decode_upload_reply, encode_upload_reply);
  round_trip(bytes, decode_upgrade_status);
  round_trip(bytes, decode_upgrade_self_test);
  round_trip(bytes, decode_rolled_back, encode_rolled_back);
  if (const auto rest = read(bytes, without_group_id)) require(lies_in(*rest, bytes), "data lies in its reply");
  if (const auto name = decode_component_name(bytes)) {
    require(name->size() <= kComponentNameBytes && is_printable(*name), "a name is bounded and can be printed");
  }
  const auto next = decode_upload_reply(bytes);
  if (next && *next && (*next)->fits(1000)) {
    require(std::uint64_t{(*next)->offset} + (*next)->length <= 1000, "a section that fits ends in its firmware");
  }
}

void read_requests(ByteView bytes) {
  round_trip_request(bytes, decode_capabilities_request, capabilities_request);
  round_trip_request(bytes, decode_cipher_suites_request, cipher_suites_request);
  round_trip_request(bytes, decode_privilege_request, privilege_request);
  round_trip_request(bytes, decode_close_request, close_request);
  round_trip_request(bytes, decode_chassis_control_request, chassis_control_request);
  round_trip_request(bytes, decode_identify_request, identify_request);
  if (const auto option = read(bytes, decode_set_boot_options_request)) read(ByteView(option->data), boot_flags_in);
  read(bytes, decode_boot_options_request);
  read(bytes, decode_lan_configuration_request);
  read(bytes, decode_component_property_request);
  round_trip_request(bytes, decode_initiate_upgrade_request, initiate_upgrade_request);
  if (const auto block = read(bytes, decode_upload_block_request)) {
    require(block->firmware.size() < bytes.size(), "a block is shorter than its request");
  }
  round_trip_request(bytes, decode_finish_upload_request, finish_upload_request);
  round_trip_request(bytes, decode_activate_firmware_request, activate_firmware_request);
}

}  // namespace

void one_input(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  read_replies(bytes);
  read_upgrade_replies(bytes);
  read_requests(bytes);
}

}  // namespace breakwater::fuzz::ipmi_commands_target
