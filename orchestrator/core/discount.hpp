#pragma once
// A quarantined host counts in its domains until a person releases it. An operator may take it out of the count before:
// the others go on, up to the Policy's ceiling.
#include <optional>
#include <string>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// What gives a full domain room.
struct Freed {
  std::string host;     ///< a quarantined one that counts there
  std::string command;  ///< its discount; its release where the Policy's ceiling leaves a discount without effect
};
/// Nothing where no quarantined host is in the way, but for those of the machine `but`.
std::optional<Freed> freed_by(const Fleet& fleet, DomainId domain, const std::string& but = {});

/// Why a host cannot be discounted, with the figures; nothing where it can.
std::optional<std::string> discount_refusal(const Fleet& fleet, const std::string& host);

}  // namespace breakwater
