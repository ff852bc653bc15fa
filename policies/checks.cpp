#include "policies/checks.hpp"

#include <algorithm>

#include "inventories/firmware/component_match.hpp"

namespace breakwater {
namespace {

std::optional<FailedCheck> fails(Check check, std::string text) {
  return FailedCheck{check, std::move(text)};
}

bool is_settled(Power power) {
  return power == Power::on || power == Power::off;
}

std::optional<FailedCheck> power_restored(const Baseline& before, const Observation& now) {
  if (!is_settled(before.power) || now.power == before.power) return std::nullopt;
  return fails(Check::power_restored, "power.restored: got " + std::string(to_string(now.power)) + ", want " +
                                          std::string(to_string(before.power)));
}

/// A BMC that does not tell how far its host is cannot hold this check back; one that told before must tell again.
std::optional<FailedCheck> host_booted(const Baseline& before, const Observation& now) {
  const bool silent = before.boot == Boot::booted && now.boot != Boot::booted;
  if (now.boot != Boot::booting && !silent) return std::nullopt;
  return fails(Check::host_booted, "host.booted: the host has not come up yet");
}

/// Entries are found again by their keys: an update may rename them.
std::optional<FailedCheck> no_component_lost(const Baseline& before, const Observation& now) {
  const auto count = [](const std::vector<InstalledComponent>& inventory, const InstalledComponent& like) {
    return std::count_if(inventory.begin(), inventory.end(), [&](const InstalledComponent& entry) {
      if (entry.slot != Slot::running) return false;
      return entry.id == like.id || (same_component(entry.key, like.key) && entry.key.name == like.key.name);
    });
  };
  for (const InstalledComponent& entry : before.inventory) {
    if (entry.slot != Slot::running) continue;
    if (count(now.inventory, entry) >= count(before.inventory, entry)) continue;
    return fails(Check::no_component_lost, "inventory.noComponentLost: " + entry.id + " (\"" + entry.key.name +
                                               "\", version \"" + entry.version + "\") is gone");
  }
  return std::nullopt;
}

/// The log is never cleared by us. Fewer entries than before are a log that somebody cleared: all of them are new.
std::optional<FailedCheck> new_critical(int most, const Baseline& before, const Observation& now) {
  const std::string name = "sel.newCritical: ";
  if (!now.critical_events) return fails(Check::new_critical, name + "the event log cannot be read");
  const std::uint32_t old = before.critical_events.value_or(0);
  const std::uint32_t fresh = *now.critical_events >= old ? *now.critical_events - old : *now.critical_events;
  if (fresh <= static_cast<std::uint32_t>(most)) return std::nullopt;
  return fails(Check::new_critical, name + "got " + std::to_string(fresh) +
                                        " new critical entries in the event log, want at most " + std::to_string(most));
}

/// Where nothing was told before, nothing is known to be worse but what is worst.
std::optional<FailedCheck> health_no_worse(const Baseline& before, const Observation& now) {
  const bool told = before.health != Health::unknown;
  const bool worse =
      told ? now.health > before.health || now.health == Health::unknown : now.health == Health::critical;
  if (!worse) return std::nullopt;
  return fails(Check::health_no_worse, "redfish.healthRollup: got " + std::string(to_string(now.health)) +
                                           ", want no worse than " + std::string(to_string(before.health)) +
                                           (now.health_text.empty() ? "" : ": " + now.health_text));
}

}  // namespace

Baseline baseline_of(const Observation& seen) {
  Baseline baseline;
  baseline.health = seen.health;
  if (is_settled(seen.power)) baseline.power = seen.power;
  baseline.boot = seen.boot;
  baseline.inventory = seen.inventory;
  baseline.critical_events = seen.critical_events;
  return baseline;
}

std::optional<FailedCheck> first_failed(const Checks& checks, const Baseline& before, const Observation& now,
                                        bool runs_new) {
  std::optional<FailedCheck> failed;
  if (checks.power_restored) failed = power_restored(before, now);
  if (!failed && checks.host_booted) failed = host_booted(before, now);
  if (!failed && checks.no_component_lost) failed = no_component_lost(before, now);
  if (!failed && checks.new_critical_most && runs_new) failed = new_critical(*checks.new_critical_most, before, now);
  if (!failed && checks.health_no_worse) failed = health_no_worse(before, now);
  return failed;
}

}  // namespace breakwater
