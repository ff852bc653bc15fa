#pragma once
// The commands of a firmware upgrade, PICMG HPM.1. Every request begins with the group id of PICMG and every
// reply repeats it behind the completion code; both are added and taken off here.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/command_code.hpp"
#include "drivers/ipmi/wire/packet.hpp"
#include "drivers/ipmi/wire/version.hpp"

namespace breakwater::ipmi {

constexpr std::uint8_t kComponentsMax = 8;  ///< components 0 to 7, bits of one byte

/// What an error code means depends on the command, HPM.1.
constexpr std::uint8_t kInProgress = 0x80;       ///< poll Get Upgrade Status
constexpr std::uint8_t kHpmNotSupported = 0x81;  ///< or size mismatch, bad component mask, rollback or abort failed
constexpr std::uint8_t kHpmChecksum = 0x82;      ///< or bad component, wrong upload mode, rollback overridden
constexpr std::uint8_t kHpmMismatch = 0x83;      ///< or bad property selector, rollback denied

/// For people: what `completion` says as the answer to `command`.
std::string_view hpm_completion_text(CommandCode command, std::uint8_t completion);

/// Whether `completion`, of an upgrade status or of a question about one, means that the target is still at work.
bool still_running(std::uint8_t completion);

/// Timeouts travel in steps of five seconds; seconds, because 255 steps do not fit the byte they came in.
using Seconds = std::chrono::seconds;
constexpr Seconds from_steps(std::uint8_t steps) {
  return Seconds(5 * int{steps});
}

/// A reply or a request that is the group id alone: what Abort, Initiate, Finish, Activate and Manual Rollback answer.
Bytes group_id_only();
/// Checks that a reply repeats the group id, and returns what stands behind it.
Decoded<ByteView> without_group_id(ByteView data);

/// Get Target Upgrade Capabilities.
struct TargetCapabilities {
  std::uint8_t hpm_version = 0;
  bool self_test = false;
  bool automatic_rollback = false;
  bool manual_rollback = false;
  bool services_affected = false;
  bool deferred_activation = false;
  bool degraded = false;  ///< the controller does less while it is upgraded
  bool rollback_overridable = false;
  bool undesirable = false;        ///< do not upgrade now
  std::uint8_t upgrade_steps = 0;  ///< timeouts; see from_steps
  std::uint8_t self_test_steps = 0;
  std::uint8_t rollback_steps = 0;
  std::uint8_t inaccessibility_steps = 0;
  std::uint8_t components = 0;  ///< mask
  bool operator==(const TargetCapabilities&) const = default;
};
IpmiRequest target_capabilities_request();
Bytes encode(const TargetCapabilities& capabilities);
Decoded<TargetCapabilities> decode_target_capabilities(ByteView data);

/// Get Component Properties, by selector.
enum class ComponentProperty : std::uint8_t {
  general = 0,
  current_version = 1,
  name = 2,
  rollback_version = 3,
  deferred_version = 4
};
struct ComponentQuestion {
  std::uint8_t component = 0;
  std::uint8_t selector = 0;  ///< a ComponentProperty, or what a BMC answers 83 to
};
IpmiRequest component_property_request(std::uint8_t component, ComponentProperty property);
Decoded<ComponentQuestion> decode_component_property_request(ByteView data);

struct ComponentGeneral {
  std::uint8_t rollback = 0;  ///< 0 none; else 1 to 3, with or without backup copy
  bool preparation = false;
  bool comparison = false;
  bool deferred_activation = false;
  bool cold_reset_needed = false;
  bool operator==(const ComponentGeneral&) const = default;
};
Bytes encode(const ComponentGeneral& general);
Decoded<ComponentGeneral> decode_component_general(ByteView data);
/// Of the current, the rollback and the deferred version; is_none() where the component has none.
Bytes encode_component_version(const Version& version);
Decoded<Version> decode_component_version(ByteView data);
constexpr std::size_t kComponentNameBytes = 12;
Bytes encode_component_name(std::string_view name);
Decoded<std::string> decode_component_name(ByteView data);

IpmiRequest abort_upgrade_request();

/// Initiate Upgrade Action.
enum class UpgradeAction : std::uint8_t { backup = 0, prepare = 1, upload = 2, compare = 3 };
struct InitiateUpgrade {
  std::uint8_t components = 0;  ///< mask; exactly one for upload and compare
  UpgradeAction action = UpgradeAction::upload;
  bool operator==(const InitiateUpgrade&) const = default;
};
IpmiRequest initiate_upgrade_request(const InitiateUpgrade& what);
Decoded<InitiateUpgrade> decode_initiate_upgrade_request(ByteView data);

/// Upload Firmware Block. `number` counts mod 256, so a target can tell a block sent again from the next one.
IpmiRequest upload_block_request(std::uint8_t number, ByteView firmware);
struct UploadBlock {
  std::uint8_t number = 0;
  Bytes firmware;
};
Decoded<UploadBlock> decode_upload_block_request(ByteView data);

/// Where the target wants the upload to continue; the sender checks it against the firmware's length.
struct NextSection {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  bool operator==(const NextSection&) const = default;
  /// False if the section reaches past `firmware_bytes`, or around 2^32.
  bool fits(std::uint32_t firmware_bytes) const {
    return offset <= firmware_bytes && length <= firmware_bytes - offset;
  }
};
Bytes encode_upload_reply(const std::optional<NextSection>& next);
/// None if the blocks go on in order. With the group id 1 or 9 bytes; any other length is malformed.
Decoded<std::optional<NextSection>> decode_upload_reply(ByteView data);

/// Finish Firmware Upload: `bytes` is how many were really sent.
struct FinishUpload {
  std::uint8_t component = 0;
  std::uint32_t bytes = 0;
  bool operator==(const FinishUpload&) const = default;
};
IpmiRequest finish_upload_request(const FinishUpload& finish);
Decoded<FinishUpload> decode_finish_upload_request(ByteView data);

/// Get Upgrade Status: `completion` is kInProgress while `command` runs, and its result afterwards.
struct UpgradeStatus {
  std::uint8_t command = 0;
  std::uint8_t completion = 0;
  bool operator==(const UpgradeStatus&) const = default;
};
IpmiRequest upgrade_status_request();
Bytes encode(const UpgradeStatus& status);
Decoded<UpgradeStatus> decode_upgrade_status(ByteView data);

/// Activate Firmware; the byte that overrides the rollback policy is sent only where it does.
IpmiRequest activate_firmware_request(bool override_rollback = false);
Decoded<bool> decode_activate_firmware_request(ByteView data);

/// Query Self-test Results: 55 is a pass.
struct UpgradeSelfTest {
  std::uint8_t result = 0x55;
  std::uint8_t detail = 0;
  bool passed() const { return result == 0x55; }
  bool operator==(const UpgradeSelfTest&) const = default;
};
IpmiRequest query_self_test_request();
Bytes encode(const UpgradeSelfTest& test);
Decoded<UpgradeSelfTest> decode_upgrade_self_test(ByteView data);

/// Query Rollback Status: the mask of components that were rolled back.
IpmiRequest query_rollback_request();
Bytes encode_rolled_back(std::uint8_t components);
Decoded<std::uint8_t> decode_rolled_back(ByteView data);

IpmiRequest manual_rollback_request();

}  // namespace breakwater::ipmi
