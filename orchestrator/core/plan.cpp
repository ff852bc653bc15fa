#include "orchestrator/core/plan.hpp"

#include <algorithm>

namespace breakwater {

const PlannedImage& image_of(const ResolvedPlan& plan, const PlannedUpdate& update) {
  return plan.images[plan.components[update.component].image];
}

const PlannedImage& back_image_of(const ResolvedPlan& plan, const PlannedUpdate& update) {
  return plan.images[plan.components[update.component].back_image];
}

std::string device_of(const PlannedComponent& component) {
  const ComponentSelect& select = component.select;
  return std::string(to_string(component.kind)) + '\n' + select.software_id + '\n' + select.part_number + '\n' +
         select.related_item + '\n' + select.name;
}

bool restarts(const ResolvedPlan& plan, const PlannedHost& host) {
  return std::any_of(host.updates.begin(), host.updates.end(), [&plan](const PlannedUpdate& update) {
    return plan.components[update.component].activate_by == ActivateBy::host_reboot;
  });
}

const std::string& rack_of(const PlannedHost& host) {
  const auto label = host.labels.find("rack");
  return label == host.labels.end() || label->second == kNoDomain ? host.name : label->second;
}

bool updates_by_ipmi(const PlannedHost& host) {
  return std::any_of(host.done_by.begin(), host.done_by.end(),
                     [](const DoneBy& part) { return part.what == "update" && part.driver.starts_with("ipmi"); });
}

std::string machine_of(const PlannedHost& host) {
  return host.identity.serial.empty() && host.identity.uuid.empty() ? host.name : machine_of(host.identity);
}

std::string machine_of(const Identity& who) {
  return "serial " + who.serial + " uuid " + who.uuid;
}

}  // namespace breakwater
