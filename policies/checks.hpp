#pragma once
// Checks: is a host as well as it was before it was touched? Two observations are compared, by the checks that the
// Rollout asks for. Which version runs is the plan's own question and none of these.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inventories/hosts/observation.hpp"
#include "policies/rollout.hpp"

namespace breakwater {

/// How a host was before it was touched; what `no worse` is measured against.
struct Baseline {
  Health health = Health::unknown;
  Power power = Power::unknown;
  Boot boot = Boot::unknown;
  std::vector<InstalledComponent> inventory;
  std::optional<std::uint32_t> critical_events;  ///< in its event log; nothing where it was not read
  std::vector<std::uint64_t> critical_marks;     ///< of the newest of them
};

/// A power state in between is none to come back to, and counts as unknown.
Baseline baseline_of(const Observation& seen);

enum class Check {
  power_restored,
  host_booted,
  no_component_lost,
  new_critical,
  health_no_worse,
  // The last ones: what is unknown hides nothing that is known.
  inventory_read,  ///< of no_component_lost: an entry is not found, and something could not be read
  log_read,        ///< of new_critical: the event log was not read whole
};

/// A check that could not be made: it says nothing for the host, and nothing against it.
constexpr bool is_unknown(Check check) {
  return check == Check::inventory_read || check == Check::log_read;
}

/// A check that does not hold yet.
struct FailedCheck {
  Check check = Check::power_restored;
  std::string text;  ///< the check's name as the Rollout spells it, what was met, what was wanted
};

/// The first check that fails, in the order of Check; nothing where all hold. `runs_new` is false once every component
/// is back: what a bad image wrote into the event log does not speak against the way back.
std::optional<FailedCheck> first_failed(const Checks& checks, const Baseline& before, const Observation& now,
                                        bool runs_new);

}  // namespace breakwater
