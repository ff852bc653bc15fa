#pragma once
// The requests that change firmware: push an image, cancel a staged one, switch banks. Each is sent once. What a push
// consists of is built by pure functions.
#include <optional>
#include <string>
#include <string_view>

#include "drivers/bmc.hpp"
#include "drivers/redfish/discovery.hpp"
#include "drivers/redfish/facts.hpp"
#include "drivers/redfish/session.hpp"
#include "drivers/redfish/transport.hpp"
#include "inventories/trust/verified_image.hpp"

namespace breakwater::redfish {

/// UpdateParameters: Targets if one is named, the apply time, and what the vendor wants besides.
std::string update_parameters(const StageRequest& request, const Quirks& quirks);

/// A file name that is safe to send: the last segment, with every unusual character replaced by `_`.
std::string base_name(std::string_view file_name);

/// What stands before and after the image in a multipart push, UpdateParameters first.
UploadBody multipart_body(const std::string& boundary, const std::string& parameters, const std::string& file_name);

/// 32 random hexadecimal digits.
std::string new_boundary();

/// Why the service cannot take this image in this way, before anything is sent; nothing if it can.
std::optional<Fault> refuse_stage(const UpdateFacts& service, const StageRequest& request, std::uint64_t image_bytes);

/// Sends the image by multipart, or the bare image if the service takes nothing else.
BmcResult<HttpReply> push(RedfishSession& session, UpdateFacts service, const Quirks& quirks,
                          const VerifiedImage& image, StageRequest request, BodySent sent);

/// Cancels one staged image: by its entry's own action, else by deleting its task while that waits.
BmcResult<void> cancel(RedfishSession& session, Discovery& discovery, std::string staged, std::string task);

/// Makes the entry's bank the running one, after a look that it still holds that version.
BmcResult<HttpReply> switch_bank(RedfishSession& session, Discovery& discovery, InstalledComponent previous);

}  // namespace breakwater::redfish
