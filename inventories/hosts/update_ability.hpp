#pragma once
// How a BMC's update service accepts images, as it advertises it.
#include <cstdint>
#include <string>

namespace breakwater {

struct UpdateAbility {
  bool multipart = false;
  bool http_push = false;
  bool stage_on_reset = false;        ///< OperationApplyTime OnReset is offered
  bool stage_for_start = false;       ///< OnStartUpdateRequest is offered
  bool bare_only = false;             ///< takes bare images, and nothing beside them could name a target
  std::uint64_t max_image_bytes = 0;  ///< 0 if the service states none
  std::string closed{};               ///< why it takes no image at all; empty where it does
};

/// Why the service cannot take an image of so many bytes, known before anything is sent; empty where nothing speaks
/// against it. `has_target`: the image is for one entry of several, not for whatever it names itself.
std::string why_not_taken(const UpdateAbility& ability, bool has_target, std::uint64_t image_bytes);

}  // namespace breakwater
