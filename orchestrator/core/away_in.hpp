#pragma once
// Who is away in a domain, host by host, as the domain itself only counts them.
#include <string>
#include <vector>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// Names with what is done to them, of every host that is away in a domain, but those of this machine; empty where the
/// domain is a host.
std::vector<std::string> away_in(const Fleet& fleet, DomainId id, const std::string& but, Instant clock);

/// Whether a domain would have room if this machine were not away: nobody waits behind itself. `back`: for a way back.
bool is_full_of_itself(const Fleet& fleet, DomainId id, const std::string& machine, bool back);

}  // namespace breakwater
