// Resets of a machine: the only place where banks change.
#include <algorithm>
#include <array>

#include "drivers/lab/machine.hpp"

namespace breakwater::lab {
namespace {

constexpr Duration kAnswerFirst{20};  // the reply to a Manager.Reset leaves before the reset begins
constexpr int kShutdownShare = 4;     // an orderly shutdown takes a quarter of a boot
constexpr int kCycleShare = 10;       // a power cycle keeps the host off for a tenth of a boot

}  // namespace

void Machine::activate_all(ResetOf reset) {
  for (Component& component : components_) {
    if (component.config.activated_by != reset) continue;
    if (component.armed) {
      auto incoming = std::move(*component.armed);
      component.armed.reset();
      activate(component, std::move(incoming));
    } else if (component.staged && component.staged->apply == ApplyTime::on_reset) {
      auto incoming = std::move(*component.staged);
      component.staged.reset();
      activate(component, std::move(incoming));
    }
  }
}

void Machine::activate(Component& component, Component::Waiting incoming) {
  const std::string& name = component.config.name;
  Bank& bank = incoming.bank;
  Activation activation{name, bank.version, bank.image, "activated", wall_now()};
  const auto strikes_it = [&](LabFault fault) {
    return bank.faults.contains(fault) || strikes_by_rule(fault, name).has_value();
  };
  if (strikes_it(LabFault::unchanged)) {
    activation.outcome = "unchanged";
  } else if (strikes_it(LabFault::failed_back)) {
    activation.outcome = "failed_back";
    if (component.config.two_banks) component.previous = bank;
  } else {
    bring_faults(component, bank);
    if (bank.faults.contains(LabFault::wrong_version)) bank.version += "-other";
    if (bank.faults.contains(LabFault::component_changed)) {
      components_[another_than(component)].active.version += "-changed";
    }
    if (component.config.two_banks) component.previous = component.active;
    component.active = bank;
  }
  if (incoming.task) {
    const std::string text = "Device " + name + " successfully updated with image " + activation.version + ".";
    incoming.task->end(LabTaskState::completed,
                       {"Update.1.0.UpdateSuccessful", {name, activation.version}, text, "OK"});
  }
  activations_.push_back(std::move(activation));
}

// Faults that show while an image runs belong to that image, so a rollback ends them. Faults of a reset belong to the
// image only if their rule names its component.
void Machine::bring_faults(Component& component, Bank& bank) {
  const std::string& name = component.config.name;
  for (const LabFault fault : {LabFault::health_critical, LabFault::component_lost, LabFault::component_changed,
                               LabFault::wrong_version, LabFault::self_test_failed})
    if (strikes_by_rule(fault, name)) bank.faults.insert(fault);
  for (const LabFault fault :
       {LabFault::host_never_boots, LabFault::slow_boot, LabFault::bmc_never_returns, LabFault::unavailable}) {
    const bool named = std::ranges::any_of(
        faults_, [&](const FaultRule& rule) { return rule.fault == fault && rule.component == name; });
    if (named && strikes_by_rule(fault, name)) bank.faults.insert(fault);
  }
}

void Machine::go_unavailable() {
  if (const auto rule = strikes(LabFault::unavailable))
    unavailable_until_ = std::chrono::steady_clock::now() + rule->lasting;
}

void Machine::restart_host() {
  activate_all(ResetOf::system);
  boot_host();
  go_unavailable();
  if (afflicted(LabFault::bmc_never_returns)) restart_bmc();
}

void Machine::boot_host() {
  power_ = "On";
  ++counters_.host_boots;
  last_system_reset_ = wall_now();
  boot_progress_ = "SystemHardwareInitializationComplete";
  const int boot = ++boots_;
  if (strikes(LabFault::host_never_boots)) return;
  Duration takes = config_.host_boot;
  if (const auto slow = strikes(LabFault::slow_boot)) takes *= slow->factor;
  alarms_.after(takes, [this, boot] {
    if (boot == boots_) boot_progress_ = "OSRunning";
  });
}

void Machine::power_off() {
  ++boots_;
  power_ = "Off";
  boot_progress_ = "None";
}

Result<void, Denial> Machine::reset_system(ResetType type) {
  const bool on = power_ == "On";
  const bool needs_power =
      type == ResetType::graceful_restart || type == ResetType::force_restart || type == ResetType::power_cycle;
  if (needs_power && !on) return fail(Denial::powered_off);
  ++counters_.resets_of_system;
  switch (type) {
    case ResetType::on:
      if (!on) restart_host();
      break;
    case ResetType::force_off:
      power_off();
      break;
    case ResetType::graceful_shutdown:
      if (!on) break;
      power_ = "PoweringOff";
      alarms_.after(config_.host_boot / kShutdownShare, [this, boot = boots_] {
        if (boot == boots_) power_off();
      });
      break;
    case ResetType::graceful_restart:
    case ResetType::force_restart:
      restart_host();
      break;
    case ResetType::power_cycle:
      power_off();
      alarms_.after(config_.host_boot / kCycleShare, [this, boot = boots_] {
        if (boot == boots_) restart_host();
      });
      break;
  }
  return {};
}

void Machine::set_power(bool on) {
  if (on && power_ != "On") restart_host();
  if (!on) power_off();
}

void Machine::reset_manager() {
  ++counters_.resets_of_manager;
  alarms_.after(kAnswerFirst, [this] { restart_bmc(); });
}

void Machine::restart_bmc() {
  if (!bmc_up_) return;
  ++counters_.bmc_boots;
  if (writing_) {
    ++counters_.writes_interrupted;
    writing_->aborted = true;
    writing_.reset();
  }
  activate_all(ResetOf::manager);
  sessions_.clear();
  tasks_.clear();
  bmc_up_ = false;
  wires_.down();
  bmc_lost_ = strikes(LabFault::bmc_never_returns).has_value();
  if (!bmc_lost_) alarms_.after(config_.bmc_boot, [this] { bmc_returns(); });
}

void Machine::bmc_returns() {
  bmc_up_ = true;
  bmc_lost_ = false;
  last_manager_reset_ = wall_now();
  go_unavailable();
  std::optional<Certificate> reissue;
  if (strikes(LabFault::regenerate_certificate)) reissue = Certificate::valid;
  if (strikes(LabFault::regenerate_self_signed)) reissue = Certificate::self_signed;
  wires_.up(reissue);
}

}  // namespace breakwater::lab
