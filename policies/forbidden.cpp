#include "policies/forbidden.hpp"

#include <algorithm>

#include "inventories/vocabulary/text.hpp"

namespace breakwater {

const ForbiddenFirmware* forbids(const Policy& policy, ComponentKind component, std::string_view reported) {
  // Case and blanks are no way around it.
  const std::string version = to_lower(trimmed(reported));
  for (const ForbiddenFirmware& one : policy.forbidden) {
    const bool named = std::any_of(one.versions.begin(), one.versions.end(), [&](const std::string& pattern) {
      return matches_pattern(to_lower(pattern), version);
    });
    if (named && one.component == component) return &one;
  }
  return nullptr;
}

const ForbiddenFirmware* forbids(const Policy& policy, const Release& release) {
  for (const ForbiddenFirmware& one : policy.forbidden) {
    const auto& digests = one.digests;
    if (std::find(digests.begin(), digests.end(), release.image.digest) != digests.end()) return &one;
  }
  if (const auto* one = forbids(policy, release.component, release.version)) return one;
  for (const std::string& spelling : release.reported_as) {
    if (const auto* one = forbids(policy, release.component, spelling)) return one;
  }
  return nullptr;
}

}  // namespace breakwater
