#include "policies/checks.hpp"

#include <algorithm>
#include <iterator>

#include "inventories/firmware/same_entries.hpp"

namespace breakwater {
namespace {

// Each check says what is wrong; nothing where it holds.

bool is_settled(Power power) {
  return power == Power::on || power == Power::off;
}

std::string power_fault(const Baseline& before, const Observation& now) {
  if (!is_settled(before.power) || now.power == before.power) return {};
  return "power.restored: got " + std::string(to_string(now.power)) + ", want " + std::string(to_string(before.power));
}

/// A BMC that does not tell how far its host is cannot hold this check back; one that told before must tell again.
std::string boot_fault(const Baseline& before, const Observation& now) {
  const bool silent = before.boot == Boot::booted && now.boot != Boot::booted;
  if (now.boot != Boot::booting && !silent) return {};
  return "host.booted: the host has not come up yet";
}

/// Entries are found again by their stable keys: an update may rename them.
std::string lost_component(const Baseline& before, const Observation& now) {
  for (const EntryPair& pair : pair_entries(before.inventory, now.inventory)) {
    if (pair.now != nullptr) continue;
    const InstalledComponent& entry = *pair.before;
    const std::string what = "inventory.noComponentLost: " + entry.id + " (\"" + entry.key.name + "\", version \"" +
                             entry.version + "\") is ";
    return now.unread.empty() ? what + "gone" : what + "not found in what can be read: " + now.unread.front().why;
  }
  return {};
}

/// Marks of `now` that `before` has not: an entry that says the same as another counts by itself.
std::uint32_t new_marks(std::vector<std::uint64_t> before, std::vector<std::uint64_t> now) {
  std::sort(before.begin(), before.end());
  std::sort(now.begin(), now.end());
  std::vector<std::uint64_t> fresh;
  std::set_difference(now.begin(), now.end(), before.begin(), before.end(), std::back_inserter(fresh));
  return static_cast<std::uint32_t>(fresh.size());
}

/// Entries are compared, since a log that goes round drops the old ones. Where the journal has only their number, fewer
/// than before are a log that somebody cleared: all of them are new.
std::uint32_t new_critical(const Baseline& before, const Observation& now) {
  const std::uint32_t old = before.critical_events.value_or(0);
  const std::uint32_t present = *now.critical_events;
  const bool comparable = (old == 0 || !before.critical_marks.empty()) && (present == 0 || !now.critical_marks.empty());
  if (comparable) return new_marks(before.critical_marks, now.critical_marks);
  return present >= old ? present - old : present;
}

std::string log_fault(int most, const Baseline& before, const Observation& now) {
  if (!now.critical_events) return {};
  const std::uint32_t fresh = new_critical(before, now);
  if (fresh <= static_cast<std::uint32_t>(most)) return {};
  return "sel.newCritical: got " + std::to_string(fresh) + " new critical entries in the event log, want at most " +
         std::to_string(most);
}

std::string unread_log(const Observation& now) {
  if (now.critical_events) return {};
  return "sel.newCritical: the event log cannot be read whole" + (now.log_unread.empty() ? "" : ": " + now.log_unread);
}

/// Where nothing was told before, nothing is known to be worse but what is worst.
std::string health_fault(const Baseline& before, const Observation& now) {
  const bool told = before.health != Health::unknown;
  const bool worse =
      told ? now.health > before.health || now.health == Health::unknown : now.health == Health::critical;
  if (!worse) return {};
  return "redfish.healthRollup: got " + std::string(to_string(now.health)) + ", want no worse than " +
         std::string(to_string(before.health)) + (now.health_text.empty() ? "" : ": " + now.health_text);
}

}  // namespace

Baseline baseline_of(const Observation& seen) {
  Baseline baseline;
  baseline.health = seen.health;
  if (is_settled(seen.power)) baseline.power = seen.power;
  baseline.boot = seen.boot;
  baseline.inventory = seen.inventory;
  baseline.critical_events = seen.critical_events;
  baseline.critical_marks = seen.critical_marks;
  return baseline;
}

std::optional<FailedCheck> first_failed(const Checks& checks, const Baseline& before, const Observation& now,
                                        bool runs_new) {
  std::string text;
  const auto fails = [&text](std::string fault) {
    text = std::move(fault);
    return !text.empty();
  };
  std::optional<Check> failed;
  if (checks.power_restored && fails(power_fault(before, now))) {
    failed = Check::power_restored;
  } else if (checks.host_booted && fails(boot_fault(before, now))) {
    failed = Check::host_booted;
  } else if (checks.no_component_lost && now.unread.empty() && fails(lost_component(before, now))) {
    failed = Check::no_component_lost;
  } else if (checks.new_critical_most && runs_new && fails(log_fault(*checks.new_critical_most, before, now))) {
    failed = Check::new_critical;
  } else if (checks.health_no_worse && fails(health_fault(before, now))) {
    failed = Check::health_no_worse;
  } else if (checks.no_component_lost && !now.unread.empty() && fails(lost_component(before, now))) {
    failed = Check::inventory_read;
  } else if (checks.new_critical_most && runs_new && fails(unread_log(now))) {
    failed = Check::log_read;
  }
  return failed ? std::optional(FailedCheck{*failed, std::move(text)}) : std::nullopt;
}

}  // namespace breakwater
