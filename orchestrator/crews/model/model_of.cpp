#include "orchestrator/crews/model/model_of.hpp"

namespace breakwater::model {

ResolvedPlan as_modelled(ResolvedPlan plan) {
  for (PlannedImage& image : plan.images) image.reported_as = {image.version};
  for (PlannedComponent& component : plan.components) {
    component.select = ComponentSelect();
    component.select.software_id = component.id;
  }
  for (PlannedHost& host : plan.hosts) {
    for (PlannedUpdate& update : host.updates) {
      if (update.way_back != WayBack::reflash) continue;
      update.from_version = plan.images[plan.components[update.component].back_image].version;
    }
  }
  return plan;
}

ModelHost model_of(const ResolvedPlan& plan, const PlannedHost& planned) {
  ModelHost host;
  host.name = planned.name;
  host.identity = planned.identity;
  host.rack = rack_of(planned);
  for (const PlannedUpdate& update : planned.updates) {
    const PlannedComponent& component = plan.components[update.component];
    ModelComponent one;
    one.id = component.id;
    one.running = update.from_version;
    one.two_banks = update.way_back == WayBack::bank_switch;
    one.by_bmc = component.activate_by == ActivateBy::bmc_reset;
    host.components.push_back(std::move(one));
  }
  return host;
}

}  // namespace breakwater::model
