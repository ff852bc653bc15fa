#pragma once
// What the Policy forbids to send: a bad image stays out, forwards and as the way back, whoever signed it.
#include <string_view>

#include "policies/policy.hpp"

namespace breakwater {

/// The entry that forbids this image, by its digest or by any spelling of its version; nullptr where none does.
const ForbiddenFirmware* forbids(const Policy& policy, const Release& release);

/// The entry that forbids this version of a kind of component, as a device reports it; nullptr where none does.
const ForbiddenFirmware* forbids(const Policy& policy, ComponentKind component, std::string_view reported);

}  // namespace breakwater
