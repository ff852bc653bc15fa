#pragma once
// The acts that change firmware: a push, taking a staged image back, switching banks. Each is sent once.
#include <string>

#include "drivers/redfish/discovery.hpp"
#include "drivers/redfish/session.hpp"
#include "drivers/redfish/update.hpp"

namespace breakwater::redfish {

/// Sends the image by multipart, or bare where that is all there is.
BmcResult<Reply> push(Session& session, UpdateFacts service, const Quirks& quirks, const VerifiedImage& image,
                      StageRequest request, BodySent sent);

/// Takes one staged image back: by its entry's own action, else by deleting its task while that waits.
BmcResult<void> cancel(Session& session, Discovery& discovery, std::string staged, std::string task);

/// Makes the entry's bank the running one, after a look that it still holds that version.
BmcResult<Reply> switch_bank(Session& session, Discovery& discovery, InstalledComponent previous);

}  // namespace breakwater::redfish
