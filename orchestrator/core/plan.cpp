#include "orchestrator/core/plan.hpp"

namespace breakwater {

Duration longest_trip(const ResolvedPlan& plan, const PlannedHost& host) {
  Duration needed{0};
  bool goes_back = false;
  for (const PlannedUpdate& update : host.updates) {
    const PlannedComponent& component = plan.components[update.component];
    needed += component.most + plan.checks.stable_for;
    if (update.way_back == WayBack::none) continue;
    needed += component.back_most;
    goes_back = true;
  }
  // The way back is checked once, when all is back.
  return goes_back ? needed + plan.checks.stable_for : needed;
}

const PlannedImage& image_of(const ResolvedPlan& plan, const PlannedUpdate& update) {
  return plan.images[plan.components[update.component].image];
}

const PlannedImage& back_image_of(const ResolvedPlan& plan, const PlannedUpdate& update) {
  return plan.images[plan.components[update.component].back_image];
}

const std::string& rack_of(const PlannedHost& host) {
  const auto label = host.labels.find("rack");
  return label == host.labels.end() ? host.name : label->second;
}

}  // namespace breakwater
