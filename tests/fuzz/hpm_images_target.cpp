// HPM.1 images, as they are and with their checksums made right.
#include <algorithm>

#include "drivers/ipmi/wire/hpm_image.hpp"
#include "tests/drivers/ipmi_wire/repaired.hpp"
#include "tests/fuzz/ipmi.hpp"

namespace breakwater::fuzz::hpm_images_target {

using namespace breakwater::ipmi;

namespace {

void read_image(ByteView file) {
  const auto image = read(file, parse_hpm_image);
  if (!image) return;
  require(lies_in(image->header.oem_data, file), "OEM data lies in its file");
  require(image->actions.size() <= kHpmActionsMax, "an image has few actions");
  for (const HpmAction& action : image->actions) {
    require(lies_in(action.firmware, file) && is_printable(action.name), "firmware lies in its file");
    if (action.action != UpgradeAction::upload) continue;
    require(!action.firmware.empty() && action.component() < kComponentsMax, "an upload is of one component");
  }
  for (const HpmChecksum checksum : {HpmChecksum::short_form, HpmChecksum::long_form}) {
    const Bytes built = build_hpm_image(*image, checksum);
    const auto again = parse_hpm_image(built);
    require(again && again->header.version == image->header.version &&
                std::ranges::equal(again->header.oem_data, image->header.oem_data) &&
                again->actions.size() == image->actions.size(),
            "an image that was made again is the same");
    for (std::size_t i = 0; i < image->actions.size(); ++i) {
      const HpmAction& one = image->actions[i];
      const HpmAction& other = again->actions[i];
      require(one.action == other.action && one.components == other.components && one.version == other.version &&
                  one.name == other.name && std::ranges::equal(one.firmware, other.firmware),
              "an action that was made again is the same");
    }
  }
}

}  // namespace

void one_input(const std::uint8_t* data, std::size_t size) {
  read_image({data, size});
  Bytes file(data, data + size);
  golden::repair_image(file);
  read_image(file);
}

}  // namespace breakwater::fuzz::hpm_images_target
