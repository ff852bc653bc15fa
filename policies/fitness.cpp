#include "policies/fitness.hpp"

#include <algorithm>

#include "inventories/firmware/component_match.hpp"
#include "inventories/firmware/release.hpp"

namespace breakwater {
namespace {

std::string power_fault(Power power) {
  if (power != Power::off && power != Power::changing) return {};
  return "its power is " + std::string(to_string(power)) + ", and its update runs by a restart";
}

std::string health_fault(const Observation& seen, Health worst) {
  if (seen.health <= worst) return {};
  return "its health is " + std::string(to_string(seen.health)) +
         (seen.health_text.empty() ? "" : " (" + seen.health_text + ')') +
         " before anything is done; the Policy takes " + std::string(to_string(worst)) + " at the worst";
}

}  // namespace

bool waits_for_restart(const Observation& seen, const InstalledComponent& entry) {
  if (entry.slot != Slot::staged || is_placeholder_version(entry.version)) return false;
  return std::none_of(seen.inventory.begin(), seen.inventory.end(), [&entry](const InstalledComponent& other) {
    return other.slot == Slot::running && same_component(other.key, entry.key) && other.version == entry.version;
  });
}

std::string why_unfit(const Observation& seen, Health worst, bool restarts) {
  if (restarts) {
    if (std::string fault = power_fault(seen.power); !fault.empty()) return fault;
  }
  return health_fault(seen, worst);
}

std::string foreign_update(const Observation& seen) {
  const auto task = std::find_if(seen.tasks.begin(), seen.tasks.end(), [](const TaskView& one) {
    return one.update && (one.state == TaskState::running || one.state == TaskState::pending);
  });
  if (task != seen.tasks.end() && task->uri.empty()) return "an update may be under way: its task " + task->state_text;
  if (task != seen.tasks.end()) return "another update is under way: " + task->uri + " (" + task->state_text + ')';
  const auto staged = std::find_if(seen.inventory.begin(), seen.inventory.end(),
                                   [&seen](const auto& entry) { return waits_for_restart(seen, entry); });
  if (staged == seen.inventory.end()) return {};
  return "an image waits for a restart: " + staged->id + ", version \"" + staged->version + '"';
}

}  // namespace breakwater
