#include "inventories/hosts/update_ability.hpp"

namespace breakwater {

std::string why_not_taken(const UpdateAbility& ability, bool has_target, std::uint64_t image_bytes) {
  if (!ability.closed.empty()) return ability.closed;
  if (ability.bare_only && has_target) return "the update service takes bare images only, which name no target";
  if (ability.max_image_bytes != 0 && image_bytes > ability.max_image_bytes) {
    return "the image has " + std::to_string(image_bytes) + " bytes, the service takes " +
           std::to_string(ability.max_image_bytes) + " (MaxImageSizeBytes)";
  }
  return {};
}

}  // namespace breakwater
