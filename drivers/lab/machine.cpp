// The machine as it stands: construction, faults, and what can be seen of it.
#include "drivers/lab/machine.hpp"

#include <algorithm>

namespace breakwater::lab {
namespace {

Component make_component(const ComponentConfig& config) {
  Component component;
  component.config = config;
  component.active.version = config.version;
  if (config.two_banks && !config.previous.empty()) {
    component.previous.emplace();
    component.previous->version = config.previous;
  }
  return component;
}

}  // namespace

Machine::Machine(HostConfig config, boost::asio::io_context& io, Wires wires)
    : config_(complete(std::move(config))),
      wires_(std::move(wires)),
      faults_(config_.faults),
      sessions_(config_.persona.sessions_max),
      alarms_(io) {
  for (const ComponentConfig& component : config_.components) components_.push_back(make_component(component));
  const auto& supported = config_.persona.apply_times;
  if (!supported.empty() && !supports(raw_push_apply_)) raw_push_apply_ = supported.front();
  last_system_reset_ = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  last_manager_reset_ = last_system_reset_;
  if (!config_.powered_on) {
    power_ = "Off";
    boot_progress_ = "None";
  }
}

std::string Machine::health() const {
  if (health_told_) return *health_told_;
  return afflicted(LabFault::health_critical) ? "Critical" : "OK";
}

bool Machine::unavailable() const {
  return std::chrono::steady_clock::now() < unavailable_until_;
}

bool Machine::lost(const Component& component) const {
  for (const Component& cause : components_) {
    if (!cause.active.faults.contains(LabFault::component_lost)) continue;
    if (&components_[another_than(cause)] == &component) return true;
  }
  return false;
}

std::size_t Machine::another_than(const Component& component) const {
  return &component == &components_.back() ? 0 : components_.size() - 1;
}

void Machine::add_fault(FaultRule rule) {
  faults_.push_back(std::move(rule));
}

void Machine::heal() {
  faults_.clear();
  for (Component& component : components_) {
    component.active.faults.clear();
    if (component.previous) component.previous->faults.clear();
  }
  health_told_.reset();
  unavailable_until_ = {};
  if (bmc_lost_) bmc_returns();
  if (power_ == "On") boot_progress_ = "OSRunning";
}

std::optional<FaultRule> Machine::strikes(LabFault fault) {
  if (afflicted(fault)) return FaultRule{.fault = fault};
  return strikes_by_rule(fault, {});
}

std::optional<FaultRule> Machine::strikes_by_rule(LabFault fault, std::string_view component) {
  const auto found = std::ranges::find_if(faults_, [&](FaultRule& rule) {
    if (rule.fault != fault || !(rule.component.empty() || rule.component == component)) return false;
    return rule.every <= 1 || ++rule.chances % rule.every == 0;
  });
  if (found == faults_.end()) return std::nullopt;
  FaultRule rule = *found;
  if (found->times == 1) {
    faults_.erase(found);
  } else if (found->times > 1) {
    --found->times;
  }
  return rule;
}

HostState Machine::state() const {
  HostState state;
  state.name = config_.name;
  state.group = config_.group;
  state.serial = config_.serial;
  state.uuid = config_.uuid;
  state.counters = counters_;
  state.sessions_open = static_cast<int>(sessions_.all().size());
  for (const Component& component : components_) {
    const std::string& name = component.config.name;
    state.versions[name] = component.active.version;
    if (component.previous) state.previous[name] = component.previous->version;
    if (component.staged) state.staged[name] = component.staged->bank.version;
  }
  state.power = power_;
  state.health = health();
  state.boot_progress = boot_progress_;
  state.bmc_up = bmc_up_;
  state.images = images_;
  state.activations = activations_;
  return state;
}

Component* Machine::find(std::string_view name) {
  const auto found =
      std::ranges::find_if(components_, [name](const Component& held) { return held.config.name == name; });
  return found == components_.end() ? nullptr : &*found;
}

bool Machine::afflicted(LabFault fault) const {
  return std::ranges::any_of(components_,
                             [fault](const Component& held) { return held.active.faults.contains(fault); });
}

}  // namespace breakwater::lab
