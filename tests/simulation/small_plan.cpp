#include "tests/simulation/small_plan.hpp"

#include <algorithm>

#include "orchestrator/crews/model/model_of.hpp"

namespace breakwater::simulation {

using std::chrono::hours;
using std::chrono::minutes;

namespace {

std::string rack(std::uint32_t place) {
  return "r" + std::to_string(place % kRacks);
}

PlannedImage image(const std::string& name, const std::string& version) {
  PlannedImage made;
  made.release.name = name;
  made.release.digest.bytes.fill(static_cast<std::uint8_t>(version.back()));
  made.version = version;
  made.image.digest = made.release.digest;
  return made;
}

}  // namespace

model::ModelHost small_host(std::uint32_t place) {
  model::ModelHost host;
  host.name = "n" + std::to_string(place);
  host.rack = rack(place);
  host.identity.serial = "S" + std::to_string(place);
  for (const Step& step : {kBios, kNic}) {
    model::ModelComponent& one = host.components.emplace_back();
    one.id = step.component;
    one.running = step.from;
  }
  return host;
}

const std::string& running(const model::ModelHost& host, const std::string& component) {
  return std::find_if(host.components.begin(), host.components.end(),
                      [&](const auto& one) { return one.id == component; })
      ->running;
}

namespace {

void add_component(ResolvedPlan& plan, const Step& step) {
  const std::string name = step.component;
  PlannedComponent component;
  component.id = name;
  component.kind = name == "bios" ? ComponentKind::bios : ComponentKind::nic;
  component.image = static_cast<std::uint32_t>(plan.images.size());
  component.most = component.back_most = minutes(30);
  component.way_back = WayBack::reflash;
  component.back_image = component.image + 1;
  plan.images.push_back(image(name + '-' + step.to, step.to));
  plan.images.push_back(image(name + '-' + step.from, step.from));
  plan.components.push_back(component);
}

}  // namespace

ResolvedPlan small_plan(model::Dice& dice, const model::ModelFleet& fleet, const Step& step,
                        const std::function<bool(std::uint32_t place)>& taken, const Step* beside) {
  ResolvedPlan plan;
  plan.rollout = std::string(step.component) + '-' + step.to;
  add_component(plan, step);
  if (beside) add_component(plan, *beside);
  const auto canary = static_cast<std::uint32_t>(dice.between(1, 2));
  for (std::uint32_t i = 0; i < fleet.hosts.size(); ++i) {
    if (running(fleet.hosts[i], step.component) != step.from || !taken(i)) continue;
    PlannedHost& host = plan.hosts.emplace_back();
    host.name = fleet.hosts[i].name;
    host.labels = {{"rack", rack(i)}};
    host.identity = fleet.hosts[i].identity;
    host.wave = plan.hosts.size() > canary ? 1 : 0;
    host.updates = {{0, step.from, WayBack::reflash}};
    const bool both = beside && running(fleet.hosts[i], beside->component) == beside->from;
    if (both) host.updates.push_back({1, beside->from, WayBack::reflash});
  }
  const auto hosts = static_cast<std::uint32_t>(plan.hosts.size());
  plan.waves = {
      PlannedWave{"canary", std::min(canary, hosts), dice.between(Duration(0), Duration(hours(6))), "gate", Gate{}}};
  if (hosts > canary) plan.waves.push_back(PlannedWave{"rest", hosts - canary, Duration(0), "gate", Gate{}});
  for (std::uint32_t i = 0; i < kRacks; ++i) plan.domain_limits.push_back({"rack", rack(i), kPerRack});
  plan.global_limit = static_cast<int>(dice.between(1, 8));
  return model::as_modelled(std::move(plan));
}

}  // namespace breakwater::simulation
