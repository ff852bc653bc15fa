#pragma once
// An image's way to the BMC: the two forms of push, built pure.
#include <string>
#include <string_view>

#include "drivers/bmc.hpp"
#include "drivers/redfish/facts.hpp"
#include "drivers/redfish/transport.hpp"
#include "inventories/trust/verified_image.hpp"

namespace breakwater::redfish {

/// `Immediate`, `OnReset`, `OnStartUpdateRequest`.
std::string_view to_string(ApplyTime apply);

/// UpdateParameters: Targets where one is named, the apply time, and what the vendor wants besides.
std::string update_parameters(const StageRequest& request, const Quirks& quirks);

/// A name that a BMC may see: the last segment, of harmless characters.
std::string base_name(std::string_view file_name);

/// What stands before and after the image in a multipart push, UpdateParameters first.
UploadBody multipart_body(const std::string& boundary, const std::string& parameters, const std::string& file_name);

/// 32 hexadecimal digits that nobody can guess.
std::string new_boundary();

/// Why the service does not take this image this way, before anything is sent; nothing where it does.
std::optional<Fault> refuse_stage(const UpdateFacts& service, const StageRequest& request, std::uint64_t image_bytes);

}  // namespace breakwater::redfish
