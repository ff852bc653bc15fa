#include "orchestrator/core/look.hpp"

#include <algorithm>
#include <array>

#include "inventories/firmware/component_match.hpp"
#include "inventories/firmware/release.hpp"

namespace breakwater {
namespace {

bool tells(const std::string& key) {
  return !key.empty() && key != "0";
}

/// Whether two entries describe banks of the same component, by the strongest key that both have.
bool same_component(const ComponentKey& one, const ComponentKey& other) {
  if (tells(one.software_id) && tells(other.software_id)) return one.software_id == other.software_id;
  if (tells(one.part_number) && tells(other.part_number)) return one.part_number == other.part_number;
  return !one.related_items.empty() && one.related_items == other.related_items;
}

std::vector<InstalledComponent> running_entries(const PlannedComponent& component, const Observation& seen) {
  Release subject;
  subject.component = component.kind;
  subject.parts = component.parts;
  auto matched = match_component(subject, component.select, seen.inventory);
  return matched ? std::move(*matched) : std::vector<InstalledComponent>();
}

std::optional<InstalledComponent> bank(const Observation& seen, const InstalledComponent& running, Slot slot) {
  const auto found = std::find_if(seen.inventory.begin(), seen.inventory.end(), [&](const InstalledComponent& entry) {
    return entry.slot == slot && same_component(entry.key, running.key);
  });
  return found == seen.inventory.end() ? std::nullopt : std::optional(*found);
}

Runs judge_version(const ResolvedPlan& plan, const PlannedUpdate& update, const std::string& version) {
  if (is_placeholder_version(version)) return Runs::unreadable;
  if (compare_version(version, image_of(plan, update).reported_as) == VersionMatch::equal) return Runs::new_version;
  const std::array<std::string, 1> from{update.from_version};
  if (compare_version(version, from) == VersionMatch::equal) return Runs::old_version;
  const bool spelt_anew = update.way_back == WayBack::reflash &&
                          compare_version(version, back_image_of(plan, update).reported_as) == VersionMatch::equal;
  return spelt_anew ? Runs::old_version : Runs::other;
}

/// Several entries of one component (the ports of a NIC) must agree: the first that differs speaks for all.
UpdateLook look_at_update(const ResolvedPlan& plan, const PlannedUpdate& update, const Observation& seen) {
  UpdateLook look;
  const auto entries = running_entries(plan.components[update.component], seen);
  if (entries.empty()) return look;
  look.version = entries.front().version;
  look.runs = judge_version(plan, update, look.version);
  for (const InstalledComponent& entry : entries) {
    const Runs runs = judge_version(plan, update, entry.version);
    if (runs == look.runs) continue;
    look.version = entry.version;
    look.runs = runs == Runs::unreadable || look.runs == Runs::unreadable ? Runs::unreadable : Runs::other;
    break;
  }
  if (entries.size() == 1) look.target_uri = entries.front().uri;
  look.staged = bank(seen, entries.front(), Slot::staged);
  if (look.staged) look.staged_as = judge_version(plan, update, look.staged->version);
  look.other_bank = bank(seen, entries.front(), Slot::previous);
  const bool holds_old = look.other_bank && judge_version(plan, update, look.other_bank->version) == Runs::old_version;
  if (holds_old) look.previous = look.other_bank;
  return look;
}

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

bool is_settled(Power power) {
  return power == Power::on || power == Power::off;
}

std::optional<Finding> wrong_version(const ResolvedPlan& plan, const PlannedHost& host, const Look& look,
                                     std::uint32_t touched) {
  for (std::uint32_t i = 0; i < host.updates.size(); ++i) {
    const PlannedUpdate& update = host.updates[i];
    const UpdateLook& now = look.updates[i];
    const Runs wanted = i < touched ? Runs::new_version : Runs::old_version;
    if (now.runs == wanted) continue;
    const std::string want = i < touched ? image_of(plan, update).version : update.from_version;
    const std::string text = "inventory.versionEquals: " + plan.components[update.component].id + " reports " +
                             quoted(now.version) + ", want " + quoted(want);
    if (now.runs == Runs::unreadable) return Finding{Cause::component_lost, text};
    const bool back = wanted == Runs::new_version && now.runs == Runs::old_version;
    return Finding{back ? Cause::failed_back : Cause::version_mismatch, text};
  }
  return std::nullopt;
}

/// Entries are found again by their keys: an update may rename them.
std::optional<Finding> lost_component(const Baseline& baseline, const Look& look) {
  const auto count = [](const std::vector<InstalledComponent>& inventory, const InstalledComponent& like) {
    return std::count_if(inventory.begin(), inventory.end(), [&](const InstalledComponent& entry) {
      if (entry.slot != Slot::running) return false;
      return entry.id == like.id || (same_component(entry.key, like.key) && entry.key.name == like.key.name);
    });
  };
  for (const InstalledComponent& before : baseline.inventory) {
    if (before.slot != Slot::running) continue;
    if (count(look.seen.inventory, before) >= count(baseline.inventory, before)) continue;
    return Finding{Cause::component_lost, "inventory.noComponentLost: " + before.id + " (" + quoted(before.key.name) +
                                              ", version " + quoted(before.version) + ") is gone"};
  }
  return std::nullopt;
}

/// The log is never cleared, so what a bad image wrote stays in it: it speaks against the image, not against the way
/// back. Fewer entries than before are a log that somebody cleared: all of them are new.
std::optional<Finding> new_critical_events(const Checks& checks, const Baseline& baseline, const Look& look,
                                           std::uint32_t touched) {
  if (!checks.new_critical_most || touched == 0) return std::nullopt;
  const std::string name = "sel.newCritical: ";
  if (!look.seen.critical_events) return Finding{Cause::unhealthy, name + "the event log can not be read"};
  const std::uint32_t before = baseline.critical_events.value_or(0);
  const std::uint32_t now = *look.seen.critical_events;
  const std::uint32_t fresh = now >= before ? now - before : now;
  const int most = *checks.new_critical_most;
  if (fresh <= static_cast<std::uint32_t>(most)) return std::nullopt;
  return Finding{Cause::unhealthy, name + "got " + std::to_string(fresh) + " new critical entries in the event log, " +
                                       "want at most " + std::to_string(most)};
}

}  // namespace

const PlannedImage& image_of(const ResolvedPlan& plan, const PlannedUpdate& update) {
  return plan.images[plan.components[update.component].image];
}

const PlannedImage& back_image_of(const ResolvedPlan& plan, const PlannedUpdate& update) {
  return plan.images[plan.components[update.component].back_image];
}

std::vector<std::string> Look::versions() const {
  std::vector<std::string> texts;
  for (const UpdateLook& update : updates) texts.push_back(update.version);
  return texts;
}

const TaskView* Look::task() const {
  for (const TaskState state : {TaskState::running, TaskState::pending}) {
    for (const TaskView& task : seen.tasks) {
      if (task.update && task.state == state) return &task;
    }
  }
  return nullptr;
}

bool Look::waits(const std::string& task_uri) const {
  return std::any_of(seen.tasks.begin(), seen.tasks.end(), [&](const TaskView& task) {
    return task.update && task.state == TaskState::pending && task.uri == task_uri;
  });
}

Baseline baseline_of(const Look& seen) {
  Baseline baseline;
  baseline.health = seen.seen.health;
  if (is_settled(seen.seen.power)) baseline.power = seen.seen.power;
  baseline.boot = seen.seen.boot;
  baseline.inventory = seen.seen.inventory;
  baseline.critical_events = seen.seen.critical_events;
  return baseline;
}

Look look_at(const ResolvedPlan& plan, const PlannedHost& host, Observation seen) {
  Look look;
  for (const PlannedUpdate& update : host.updates) look.updates.push_back(look_at_update(plan, update, seen));
  look.seen = std::move(seen);
  return look;
}

std::optional<Finding> first_failing(const ResolvedPlan& plan, const PlannedHost& host, const Baseline& baseline,
                                     const Look& look, std::uint32_t touched) {
  const Checks& checks = plan.checks;
  if (auto wrong = wrong_version(plan, host, look, touched)) return wrong;
  if (checks.power_restored && is_settled(baseline.power) && look.seen.power != baseline.power) {
    return Finding{Cause::power_not_restored, "power.restored: got " + std::string(to_string(look.seen.power)) +
                                                  ", want " + std::string(to_string(baseline.power))};
  }
  // A BMC that does not tell how far its host is can not hold this check back; one that told before must tell again.
  const bool booted_before = baseline.boot == Boot::booted;
  if (checks.host_booted && (look.seen.boot == Boot::booting || (booted_before && look.seen.boot != Boot::booted))) {
    return Finding{Cause::host_not_booted, "host.booted: the host has not come up yet"};
  }
  if (checks.no_component_lost) {
    if (auto lost = lost_component(baseline, look)) return lost;
  }
  if (auto logged = new_critical_events(checks, baseline, look, touched)) return logged;
  // Where nothing was told before, nothing is known to be worse but what is worst.
  const bool told = baseline.health != Health::unknown;
  const bool worse = told ? look.seen.health > baseline.health || look.seen.health == Health::unknown
                          : look.seen.health == Health::critical;
  if (checks.health_no_worse && worse) {
    return Finding{Cause::unhealthy, "redfish.healthRollup: got " + std::string(to_string(look.seen.health)) +
                                         ", want no worse than " + std::string(to_string(baseline.health)) +
                                         (look.seen.health_text.empty() ? "" : ": " + look.seen.health_text)};
  }
  return std::nullopt;
}

}  // namespace breakwater
