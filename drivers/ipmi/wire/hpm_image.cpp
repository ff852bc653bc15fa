#include "drivers/ipmi/wire/hpm_image.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <optional>
#include <string_view>

#include "drivers/ipmi/wire/text.hpp"
#include "inventories/vocabulary/free_by.hpp"

namespace breakwater::ipmi {
namespace {

constexpr std::string_view kMagic = "PICMGFWU";
constexpr std::uint8_t kImageFormat = 0x00;
constexpr std::size_t kFixedHeaderBytes = 34;
constexpr std::size_t kShortRecordBytes = 3;
constexpr std::size_t kUploadRecordBytes = 34;  // 3, version 6, name 21, length 4

constexpr std::uint8_t kServicesAffected = 0x10;
constexpr std::uint8_t kManualRollback = 0x20;
constexpr std::uint8_t kAutomaticRollback = 0x40;
constexpr std::uint8_t kSelfTest = 0x80;

using Md5 = std::array<std::uint8_t, 16>;

std::optional<Md5> md5_of(ByteView bytes) {
  const std::unique_ptr<EVP_MD, FreeBy<EVP_MD_free>> md5(EVP_MD_fetch(nullptr, "MD5", nullptr));
  Md5 sum{};
  if (!md5 || EVP_Digest(bytes.data(), bytes.size(), sum.data(), nullptr, md5.get(), nullptr) != 1) return std::nullopt;
  return sum;
}

// Takes the header with its OEM data and checksum off the front of `in`, which reads `file`.
Decoded<HpmHeader> take_header(WireReader& in, ByteView file) {
  if (printable(in.take(kMagic.size())) != kMagic) return malformed("no HPM.1 file");
  if (in.u8() != kImageFormat) return malformed("HPM.1 file of another format version");
  HpmHeader header;
  header.device_id = in.u8();
  header.manufacturer = in.u24();
  header.product = in.u16();
  header.time = in.u32();
  const std::uint8_t capabilities = in.u8();
  header.services_affected = (capabilities & kServicesAffected) != 0;
  header.manual_rollback = (capabilities & kManualRollback) != 0;
  header.automatic_rollback = (capabilities & kAutomaticRollback) != 0;
  header.self_test = (capabilities & kSelfTest) != 0;
  header.components = in.u8();
  header.self_test_steps = in.u8();
  header.rollback_steps = in.u8();
  header.inaccessibility_steps = in.u8();
  header.earliest_major = in.u8();
  header.earliest_minor = in.u8();
  header.version = take_version(in);
  header.oem_data = in.take(in.u16());
  in.u8();  // the checksum
  if (!in.ok()) return malformed("HPM.1 header longer than its file");
  if (zero_sum(file.first(kFixedHeaderBytes + header.oem_data.size() + 1)) != 0) {
    return malformed("HPM.1 header with a wrong checksum");
  }
  return header;
}

// Takes one action off the front; `in` ends where the MD5 begins.
Decoded<HpmAction> take_action(WireReader& in, const HpmHeader& header) {
  WireReader whole = in;
  HpmAction action;
  const std::uint8_t kind = in.u8();
  action.components = in.u8();
  in.u8();  // the checksum
  if (!in.ok()) return malformed("HPM.1 action cut short");
  if (kind > static_cast<std::uint8_t>(UpgradeAction::upload)) return malformed("an unknown HPM.1 action");
  action.action = static_cast<UpgradeAction>(kind);
  const bool short_form = zero_sum(WireReader(whole).take(kShortRecordBytes)) == 0;
  if (action.action != UpgradeAction::upload) {
    if (!short_form) return malformed("HPM.1 action with a wrong checksum");
    return action;
  }
  action.version = take_version(in);
  action.name = printable(in.take(kFirmwareNameBytes));
  const std::uint32_t length = in.u32();
  if (!in.ok()) return malformed("HPM.1 upload cut short");
  if (!short_form && zero_sum(whole.take(kUploadRecordBytes)) != 0) {
    return malformed("HPM.1 action with a wrong checksum");
  }
  if (!std::has_single_bit(action.components) || (action.components & header.components) == 0) {
    return malformed("HPM.1 upload for other than one component of its image");
  }
  action.firmware = in.take(length);
  if (!in.ok() || length == 0) return malformed("HPM.1 firmware longer than its file, or empty");
  return action;
}

void append(WireWriter& out, const HpmHeader& header) {
  out.text(kMagic).u8(kImageFormat).u8(header.device_id).u24(header.manufacturer).u16(header.product).u32(header.time);
  out.u8(static_cast<std::uint8_t>(
      (header.services_affected ? kServicesAffected : 0) | (header.manual_rollback ? kManualRollback : 0) |
      (header.automatic_rollback ? kAutomaticRollback : 0) | (header.self_test ? kSelfTest : 0)));
  out.u8(header.components).u8(header.self_test_steps).u8(header.rollback_steps).u8(header.inaccessibility_steps);
  out.u8(header.earliest_major).u8(header.earliest_minor);
  append(out, header.version);
  out.u16(static_cast<std::uint16_t>(header.oem_data.size())).raw(header.oem_data);
  out.u8(zero_sum(out.view()));
}

void append(WireWriter& out, const HpmAction& action, HpmChecksum checksum) {
  const std::array<std::uint8_t, 2> start{static_cast<std::uint8_t>(action.action), action.components};
  if (action.action != UpgradeAction::upload) {
    out.raw(start).u8(zero_sum(start));
    return;
  }
  WireWriter rest(kUploadRecordBytes);
  append(rest, action.version);
  const std::string_view name = std::string_view(action.name).substr(0, kFirmwareNameBytes);
  rest.text(name).fill(kFirmwareNameBytes - name.size(), 0).u32(static_cast<std::uint32_t>(action.firmware.size()));
  const std::uint8_t of_rest = checksum == HpmChecksum::long_form ? zero_sum(rest.view()) : std::uint8_t{0};
  out.raw(start).u8(static_cast<std::uint8_t>(zero_sum(start) + of_rest)).raw(rest.view()).raw(action.firmware);
}

}  // namespace

std::uint8_t HpmAction::component() const {
  return static_cast<std::uint8_t>(std::countr_zero(components));
}

Decoded<HpmImage> parse_hpm_image(ByteView file) {
  constexpr std::size_t kMd5Bytes = sizeof(Md5);
  if (file.size() < kFixedHeaderBytes + 1 + kMd5Bytes) return malformed("too short for an HPM.1 file");
  const ByteView summed = file.first(file.size() - kMd5Bytes);
  WireReader in(summed);
  HpmImage image;
  auto header = take_header(in, summed);
  if (!header) return malformed(header.error().what);
  image.header = *header;
  const auto sum = md5_of(summed);
  if (!sum) return malformed("OpenSSL has no MD5 here, which HPM.1 files end with");
  if (!std::equal(sum->begin(), sum->end(), file.last(kMd5Bytes).begin()))
    return malformed("HPM.1 file with a wrong MD5");
  while (in.left() > 0) {
    if (image.actions.size() == kHpmActionsMax) return malformed("HPM.1 file of more than 64 actions");
    auto action = take_action(in, image.header);
    if (!action) return malformed(action.error().what);
    image.actions.push_back(std::move(*action));
  }
  return image;
}

Bytes build_hpm_image(const HpmImage& image, HpmChecksum checksum) {
  WireWriter out;
  append(out, image.header);
  for (const HpmAction& action : image.actions) append(out, action, checksum);
  const auto sum = md5_of(out.view());
  if (!sum) return {};
  return out.raw(*sum).done();
}

}  // namespace breakwater::ipmi
