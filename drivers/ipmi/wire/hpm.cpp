#include "drivers/ipmi/wire/hpm.hpp"

#include <initializer_list>

#include "drivers/ipmi/wire/completion.hpp"
#include "drivers/ipmi/wire/text.hpp"

namespace breakwater::ipmi {
namespace {

constexpr std::size_t kNextSectionBytes = 8;

// The reader of a request's or a reply's data, past the group id; failed where that is missing or another one.
WireReader past_group_id(ByteView data) {
  WireReader in(data);
  if (in.u8() != kPicmgGroup) in = WireReader({});
  return in;
}

WireWriter with_group_id() {
  WireWriter out;
  out.u8(kPicmgGroup);
  return out;
}

IpmiRequest bare(CommandCode command) {
  return request_for(command, group_id_only());
}

std::uint8_t bits(std::initializer_list<bool> from_lowest) {
  unsigned value = 0;
  unsigned position = 0;
  for (const bool set : from_lowest) value |= (set ? 1u : 0u) << position++;
  return static_cast<std::uint8_t>(value);
}

std::string_view not_supported_text(CommandCode command) {
  if (command == code::kFinishUpload) return "size of the firmware does not match";
  if (command == code::kInitiateUpgrade) return "invalid component";
  if (command == code::kQueryRollback || command == code::kManualRollback) return "rollback failed";
  if (command == code::kAbortUpgrade) return "abort failed";
  return "not supported in this state";
}

std::string_view checksum_text(CommandCode command) {
  if (command == code::kComponentProperties) return "invalid component";
  if (command == code::kUploadBlock) return "upload not possible in this mode, or block out of order";
  if (command == code::kQueryRollback) return "rollback overridden";
  return "internal checksum error";
}

std::string_view mismatch_text(CommandCode command) {
  if (command == code::kComponentProperties) return "invalid property selector";
  if (command == code::kFinishUpload) return "firmware does not match";
  if (command == code::kQueryRollback || command == code::kManualRollback) return "rollback denied";
  return completion_text(kHpmMismatch);
}

}  // namespace

bool still_running(std::uint8_t completion) {
  return completion == kInProgress || completion == kTimedOut || completion == kNotInThisState;
}

std::string_view hpm_completion_text(CommandCode command, std::uint8_t completion) {
  switch (completion) {
    case kInProgress:
      return "in progress";
    case kHpmNotSupported:
      return not_supported_text(command);
    case kHpmChecksum:
      return checksum_text(command);
    case kHpmMismatch:
      return mismatch_text(command);
    default:
      return completion_text(completion);
  }
}

Bytes group_id_only() {
  return {kPicmgGroup};
}

Decoded<ByteView> without_group_id(ByteView data) {
  if (data.empty() || data.front() != kPicmgGroup) return malformed("an HPM.1 message without PICMG's group id");
  return data.subspan(1);
}

IpmiRequest target_capabilities_request() {
  return bare(code::kTargetCapabilities);
}

Bytes encode(const TargetCapabilities& capabilities) {
  const TargetCapabilities& of = capabilities;
  WireWriter out = with_group_id();
  out.u8(of.hpm_version);
  out.u8(bits({of.self_test, of.automatic_rollback, of.manual_rollback, of.services_affected, of.deferred_activation,
               of.degraded, of.rollback_overridable, of.undesirable}));
  out.u8(of.upgrade_steps).u8(of.self_test_steps).u8(of.rollback_steps).u8(of.inaccessibility_steps);
  return out.u8(of.components).done();
}

Decoded<TargetCapabilities> decode_target_capabilities(ByteView data) {
  WireReader in = past_group_id(data);
  TargetCapabilities capabilities;
  capabilities.hpm_version = in.u8();
  const std::uint8_t global = in.u8();
  capabilities.self_test = has_bit(global, 0);
  capabilities.automatic_rollback = has_bit(global, 1);
  capabilities.manual_rollback = has_bit(global, 2);
  capabilities.services_affected = has_bit(global, 3);
  capabilities.deferred_activation = has_bit(global, 4);
  capabilities.degraded = has_bit(global, 5);
  capabilities.rollback_overridable = has_bit(global, 6);
  capabilities.undesirable = has_bit(global, 7);
  capabilities.upgrade_steps = in.u8();
  capabilities.self_test_steps = in.u8();
  capabilities.rollback_steps = in.u8();
  capabilities.inaccessibility_steps = in.u8();
  capabilities.components = in.u8();
  if (!in.ok()) return malformed("HPM.1 target capabilities cut short");
  return capabilities;
}

IpmiRequest component_property_request(std::uint8_t component, ComponentProperty property) {
  return request_for(code::kComponentProperties,
                     with_group_id().u8(component).u8(static_cast<std::uint8_t>(property)).done());
}

Decoded<ComponentQuestion> decode_component_property_request(ByteView data) {
  WireReader in = past_group_id(data);
  ComponentQuestion question;
  question.component = in.u8();
  question.selector = in.u8();
  if (!in.ok()) return malformed("HPM.1 component question cut short");
  return question;
}

Bytes encode(const ComponentGeneral& general) {
  const auto flags =
      bits({general.preparation, general.comparison, general.deferred_activation, general.cold_reset_needed});
  return with_group_id().u8(static_cast<std::uint8_t>((general.rollback & 0x03) | flags << 2)).done();
}

Decoded<ComponentGeneral> decode_component_general(ByteView data) {
  WireReader in = past_group_id(data);
  const std::uint8_t flags = in.u8();
  if (!in.ok()) return malformed("HPM.1 component properties cut short");
  return ComponentGeneral{static_cast<std::uint8_t>(flags & 0x03), has_bit(flags, 2), has_bit(flags, 3),
                          has_bit(flags, 4), has_bit(flags, 5)};
}

Bytes encode_component_version(const Version& version) {
  WireWriter out = with_group_id();
  append(out, version);
  return out.done();
}

Decoded<Version> decode_component_version(ByteView data) {
  WireReader in = past_group_id(data);
  const Version version = take_version(in);
  if (!in.ok()) return malformed("HPM.1 component version cut short");
  return version;
}

Bytes encode_component_name(std::string_view name) {
  const std::string_view fits = name.substr(0, kComponentNameBytes);
  return with_group_id().text(fits).fill(kComponentNameBytes - fits.size(), 0).done();
}

Decoded<std::string> decode_component_name(ByteView data) {
  const auto name = without_group_id(data);
  if (!name) return malformed(name.error().what);
  if (name->empty() || name->size() > kComponentNameBytes) return malformed("HPM.1 component name of a wrong length");
  return printable(*name);
}

IpmiRequest abort_upgrade_request() {
  return bare(code::kAbortUpgrade);
}

IpmiRequest initiate_upgrade_request(const InitiateUpgrade& what) {
  return request_for(code::kInitiateUpgrade,
                     with_group_id().u8(what.components).u8(static_cast<std::uint8_t>(what.action)).done());
}

Decoded<InitiateUpgrade> decode_initiate_upgrade_request(ByteView data) {
  WireReader in = past_group_id(data);
  InitiateUpgrade what;
  what.components = in.u8();
  const std::uint8_t action = in.u8();
  if (!in.ok()) return malformed("HPM.1 upgrade action cut short");
  if (action > static_cast<std::uint8_t>(UpgradeAction::compare)) return malformed("an unknown HPM.1 upgrade action");
  what.action = static_cast<UpgradeAction>(action);
  return what;
}

IpmiRequest upload_block_request(std::uint8_t number, ByteView firmware) {
  return request_for(code::kUploadBlock, with_group_id().u8(number).raw(firmware).done());
}

Decoded<UploadBlock> decode_upload_block_request(ByteView data) {
  WireReader in = past_group_id(data);
  UploadBlock block;
  block.number = in.u8();
  if (!in.ok()) return malformed("HPM.1 firmware block cut short");
  const ByteView firmware = in.rest();
  if (firmware.empty()) return malformed("HPM.1 firmware block without firmware");
  block.firmware.assign(firmware.begin(), firmware.end());
  return block;
}

Bytes encode_upload_reply(const std::optional<NextSection>& next) {
  WireWriter out = with_group_id();
  if (next) out.u32(next->offset).u32(next->length);
  return out.done();
}

Decoded<std::optional<NextSection>> decode_upload_reply(ByteView data) {
  const auto section = without_group_id(data);
  if (!section) return malformed(section.error().what);
  if (section->empty()) return std::optional<NextSection>();
  if (section->size() != kNextSectionBytes) return malformed("HPM.1 upload reply of a wrong length");
  WireReader in(*section);
  NextSection next;
  next.offset = in.u32();
  next.length = in.u32();
  return next;
}

IpmiRequest finish_upload_request(const FinishUpload& finish) {
  return request_for(code::kFinishUpload, with_group_id().u8(finish.component).u32(finish.bytes).done());
}

Decoded<FinishUpload> decode_finish_upload_request(ByteView data) {
  WireReader in = past_group_id(data);
  FinishUpload finish;
  finish.component = in.u8();
  finish.bytes = in.u32();
  if (!in.ok()) return malformed("HPM.1 end of upload cut short");
  return finish;
}

IpmiRequest upgrade_status_request() {
  return bare(code::kUpgradeStatus);
}

Bytes encode(const UpgradeStatus& status) {
  return with_group_id().u8(status.command).u8(status.completion).done();
}

Decoded<UpgradeStatus> decode_upgrade_status(ByteView data) {
  WireReader in = past_group_id(data);
  UpgradeStatus status;
  status.command = in.u8();
  status.completion = in.u8();
  if (!in.ok()) return malformed("HPM.1 upgrade status cut short");
  return status;
}

IpmiRequest activate_firmware_request(bool override_rollback) {
  WireWriter out = with_group_id();
  if (override_rollback) out.u8(1);
  return request_for(code::kActivateFirmware, out.done());
}

Decoded<bool> decode_activate_firmware_request(ByteView data) {
  const auto rest = without_group_id(data);
  if (!rest) return malformed(rest.error().what);
  return !rest->empty() && rest->front() != 0;
}

IpmiRequest query_self_test_request() {
  return bare(code::kQuerySelfTest);
}

Bytes encode(const UpgradeSelfTest& test) {
  return with_group_id().u8(test.result).u8(test.detail).done();
}

Decoded<UpgradeSelfTest> decode_upgrade_self_test(ByteView data) {
  WireReader in = past_group_id(data);
  UpgradeSelfTest test;
  test.result = in.u8();
  test.detail = in.u8();
  if (!in.ok()) return malformed("HPM.1 self test cut short");
  return test;
}

IpmiRequest query_rollback_request() {
  return bare(code::kQueryRollback);
}

Bytes encode_rolled_back(std::uint8_t components) {
  return with_group_id().u8(components).done();
}

Decoded<std::uint8_t> decode_rolled_back(ByteView data) {
  WireReader in = past_group_id(data);
  const std::uint8_t components = in.u8();
  if (!in.ok()) return malformed("HPM.1 rollback status cut short");
  return components;
}

IpmiRequest manual_rollback_request() {
  return bare(code::kManualRollback);
}

}  // namespace breakwater::ipmi
