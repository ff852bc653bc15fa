#pragma once
// The acts that change firmware: a push, taking a staged image back, switching banks. Each is sent once.
#include <cstdint>
#include <string>

#include "drivers/redfish/discovery.hpp"
#include "drivers/redfish/session.hpp"
#include "drivers/redfish/update.hpp"

namespace breakwater::redfish {

/// Sends the image by multipart, or bare where that is all there is. `bytes_sent` is the body's length.
BmcResult<Reply> push(Session& session, UpdateFacts service, const Quirks& quirks, const VerifiedImage& image,
                      StageRequest request, BodySent sent, std::uint64_t& bytes_sent);

/// Takes back what is staged: by the staged entry's own action, else by deleting the task.
BmcResult<void> cancel(Session& session, Discovery& discovery, std::string task);

/// Makes the entry's bank the running one, after a look that it still holds that version.
BmcResult<Reply> switch_bank(Session& session, Discovery& discovery, InstalledComponent previous);

}  // namespace breakwater::redfish
