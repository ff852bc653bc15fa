#pragma once
// Reasons for which a host is left out of a plan, where more hangs on them than a line for people.
#include <algorithm>
#include <array>
#include <string_view>

namespace breakwater {

inline constexpr std::string_view kLeftOutExcluded = "excluded";  ///< by the Rollout
inline constexpr std::string_view kLeftOutHeld = "held";          ///< by the Inventory
inline constexpr std::string_view kLeftOutCurrent = "current";    ///< it runs what the Rollout wants
inline constexpr std::string_view kLeftOutOwnSide = "own_side";   ///< what we need to speak to its BMC cannot be read
inline constexpr std::string_view kLeftOutUnreachable = "unreachable";
inline constexpr std::string_view kLeftOutLoginRefused = "login_refused";  ///< its BMC answers, and lets us not in
inline constexpr std::string_view kLeftOutNotMatched = "not_matched";      ///< by `targets.match`
inline constexpr std::string_view kLeftOutNoComponent = "no_component";
inline constexpr std::string_view kLeftOutQuarantined = "quarantined";
inline constexpr std::string_view kLeftOutInRollout = "in_rollout";  ///< another one, that is not over

/// Whether something stands in this host's way: it neither runs what the Rollout wants, nor do the documents want it
/// left out. A plan without hosts is done where no host is kept.
constexpr bool keeps_from_rolling(std::string_view reason) {
  constexpr std::array kMeant{kLeftOutExcluded, kLeftOutHeld, kLeftOutCurrent, kLeftOutNotMatched};
  return std::find(kMeant.begin(), kMeant.end(), reason) == kMeant.end();
}

/// Whether nothing is known of the host, so that it counts as away.
constexpr bool counts_as_away(std::string_view reason) {
  return reason == kLeftOutUnreachable || reason == kLeftOutLoginRefused;
}

}  // namespace breakwater
