// Which of several: the host's own system, its manager, a reset type, an entry of the inventory.
#include <algorithm>

#include "drivers/redfish/facts.hpp"

namespace breakwater::redfish {
namespace {

int fitness(const SystemFacts& system) {
  return (system.reset ? 4 : 0) + (system.managed_by.empty() ? 0 : 2) + (system.identity.serial.empty() ? 0 : 1);
}

std::optional<std::string> first_allowed(std::initializer_list<const char*> wanted,
                                         const std::vector<std::string>& allowed) {
  for (const char* value : wanted) {
    if (allowed.empty() || has(allowed, value)) return value;
  }
  return std::nullopt;
}

}  // namespace

const SystemFacts* choose_system(const std::vector<SystemFacts>& systems) {
  const auto best = std::max_element(systems.begin(), systems.end(), [](const SystemFacts& a, const SystemFacts& b) {
    return fitness(a) < fitness(b);
  });
  return best == systems.end() ? nullptr : &*best;
}

const ManagerFacts* choose_manager(const std::vector<ManagerFacts>& managers, const SystemFacts& system,
                                   const ServiceRoot& root) {
  for (const ManagerFacts& manager : managers) {
    if (has(system.managed_by, manager.uri)) return &manager;
  }
  for (const ManagerFacts& manager : managers) {
    if (has(manager.for_servers, system.uri)) return &manager;
  }
  for (const ManagerFacts& manager : managers) {
    if (!root.manager_providing.empty() && manager.uri == root.manager_providing) return &manager;
  }
  return managers.size() == 1 ? &managers.front() : nullptr;
}

std::optional<std::string> choose_restart(const std::vector<std::string>& allowed) {
  return first_allowed({"GracefulRestart", "ForceRestart", "PowerCycle"}, allowed);
}

std::vector<SoftwareEntry> settle_slots(std::vector<SoftwareEntry> entries, const Quirks& quirks,
                                        const std::vector<std::string>& active_images) {
  std::vector<ComponentKey> active;
  std::vector<std::string> ids;
  for (const SoftwareEntry& entry : entries) {
    ids.push_back(entry.component.id);
    if (has(active_images, entry.component.uri)) active.push_back(entry.component.key);
  }
  std::erase_if(entries, [&](const SoftwareEntry& entry) {
    const std::string& id = entry.component.id;
    if (quirks.double_prefix.empty() || !id.starts_with(quirks.double_prefix)) return false;
    return has(ids, std::string(quirks.double_of) + id.substr(quirks.double_prefix.size()));
  });
  for (SoftwareEntry& entry : entries) {
    InstalledComponent& component = entry.component;
    if (component.slot != Slot::running || has(active_images, component.uri)) continue;
    if (std::find(active.begin(), active.end(), component.key) != active.end()) component.slot = Slot::previous;
  }
  return entries;
}

}  // namespace breakwater::redfish
