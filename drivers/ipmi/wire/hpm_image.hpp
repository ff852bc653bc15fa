#pragma once
// A firmware file of PICMG HPM.1: a header, actions, an MD5 at the end. It says what belongs where and nothing about
// who made it: the file's signature must have been checked before. Every length is checked against the file.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/hpm.hpp"
#include "drivers/ipmi/wire/version.hpp"

namespace breakwater::ipmi {

/// More actions than 8 components can need; bounds what a file of three-byte records can make us allocate.
constexpr std::size_t kHpmActionsMax = 64;

struct HpmHeader {
  std::uint8_t device_id = 0;
  std::uint32_t manufacturer = 0;  ///< 24 bits
  std::uint16_t product = 0;
  std::uint32_t time = 0;  ///< seconds since 1970
  bool services_affected = false;
  bool manual_rollback = false;
  bool automatic_rollback = false;
  bool self_test = false;
  std::uint8_t components = 0;  ///< mask
  std::uint8_t self_test_steps = 0;
  std::uint8_t rollback_steps = 0;
  std::uint8_t inaccessibility_steps = 0;
  std::uint8_t earliest_major = 0;
  std::uint8_t earliest_minor = 0;  ///< BCD
  Version version;
  ByteView oem_data;  ///< in the file

  /// True if firmware `major`.`minor` (BCD) is not older than the earliest this image can follow.
  bool may_follow(std::uint8_t major, std::uint8_t minor) const {
    return major != earliest_major ? major > earliest_major : minor >= earliest_minor;
  }
};

constexpr std::size_t kFirmwareNameBytes = 21;

struct HpmAction {
  UpgradeAction action = UpgradeAction::upload;  ///< backup, prepare or upload
  std::uint8_t components = 0;                   ///< mask; exactly one component of the header's for upload
  // The rest is of uploads only.
  Version version;
  std::string name;
  ByteView firmware;  ///< in the file, never empty

  /// The number of the one component of an upload.
  std::uint8_t component() const;
};

struct HpmImage {
  HpmHeader header;
  std::vector<HpmAction> actions;  ///< in the order to be done
};

/// The image in `file`, which must outlive it. Refuses a wrong magic, checksum or MD5 and any length past the file. The
/// checksum of an upload may cover three bytes or all 34 before the firmware: the specification is ambiguous and both
/// kinds of files are about (ipmitool takes both).
Decoded<HpmImage> parse_hpm_image(ByteView file);

/// What an upload's checksum covers.
enum class HpmChecksum { short_form, long_form };

/// The file of an image; names are cut to kFirmwareNameBytes. Empty if OpenSSL has no MD5. For the lab and examples.
Bytes build_hpm_image(const HpmImage& image, HpmChecksum checksum = HpmChecksum::short_form);

}  // namespace breakwater::ipmi
