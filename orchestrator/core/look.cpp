#include "orchestrator/core/look.hpp"

#include <algorithm>
#include <span>

#include "inventories/firmware/component_match.hpp"
#include "inventories/firmware/same_entries.hpp"
#include "inventories/vocabulary/plain_text.hpp"
#include "inventories/vocabulary/text.hpp"
#include "policies/fitness.hpp"

namespace breakwater {
namespace {

std::optional<InstalledComponent> bank(const Observation& seen, const InstalledComponent& running, Slot slot) {
  const auto found = std::find_if(seen.inventory.begin(), seen.inventory.end(), [&](const InstalledComponent& entry) {
    return entry.slot == slot && same_component(entry.key, running.key);
  });
  return found == seen.inventory.end() ? std::nullopt : std::optional(*found);
}

/// Several entries of one component (the ports of a NIC) must agree: the first that differs speaks for all.
UpdateLook look_at_update(const ResolvedPlan& plan, const PlannedUpdate& update, const Observation& seen,
                          const std::vector<UnreadEntry>& unread) {
  UpdateLook look;
  const PlannedComponent& component = plan.components[update.component];
  const auto matched = match_component(component.kind, component.parts, component.select, seen.inventory, unread);
  if (!matched && matched.error().reason == NoMatch::Reason::unread) look.unread = matched.error().what;
  look.gone = !matched && matched.error().reason == NoMatch::Reason::none && unread.empty();
  if (!matched) return look;
  const MatchedEntries& entries = *matched;
  look.listed = unread.empty();
  const auto hidden = std::find_if(unread.begin(), unread.end(), [](const auto& one) { return !one.part_number_only; });
  if (hidden != unread.end()) look.rest_unread = hidden->why;
  look.version = entries.front()->version;
  look.runs = reads_as(plan, update, look.version);
  for (const InstalledComponent* entry : entries) {
    const Runs runs = reads_as(plan, update, entry->version);
    if (runs == look.runs) continue;
    look.version = entry->version;
    look.runs = runs == Runs::unreadable || look.runs == Runs::unreadable ? Runs::unreadable : Runs::other;
    break;
  }
  if (entries.size() == 1) look.target_uri = entries.front()->uri;
  look.staged = bank(seen, *entries.front(), Slot::staged);
  if (look.staged) look.staged_as = reads_as(plan, update, look.staged->version);
  look.other_bank = bank(seen, *entries.front(), Slot::previous);
  const bool holds_old = look.other_bank && reads_as(plan, update, look.other_bank->version) == Runs::old_version;
  if (holds_old) look.previous = look.other_bank;
  return look;
}

std::string version_text(const ResolvedPlan& plan, const PlannedUpdate& update, const UpdateLook& now, bool touched) {
  const std::string want = touched ? image_of(plan, update).version : update.from_version;
  return "inventory.versionEquals: " + plan.components[update.component].id + " reports " + in_quotes(now.version) +
         ", want " + in_quotes(want);
}

/// Of a component that is there and does not tell what it runs, nothing is known.
std::optional<Finding> untold_version(const ResolvedPlan& plan, const PlannedHost& host, const Look& look,
                                      std::uint32_t touched, std::span<const std::uint32_t> stays) {
  std::optional<Finding> untold;
  for (std::uint32_t i = 0; i < host.updates.size(); ++i) {
    const UpdateLook& now = look.updates[i];
    if (now.runs != Runs::unreadable || std::find(stays.begin(), stays.end(), i) != stays.end()) continue;
    std::string text = version_text(plan, host.updates[i], now, i < touched);
    if (now.gone) return Finding{Cause::component_lost, std::move(text)};
    if (!untold) untold = Finding{Cause::unreadable, std::move(text)};
  }
  return untold;
}

std::optional<Finding> wrong_version(const ResolvedPlan& plan, const PlannedHost& host, const Look& look,
                                     std::uint32_t touched, std::span<const std::uint32_t> stays) {
  for (std::uint32_t i = 0; i < host.updates.size(); ++i) {
    if (std::find(stays.begin(), stays.end(), i) != stays.end()) continue;
    const PlannedUpdate& update = host.updates[i];
    const UpdateLook& now = look.updates[i];
    const Runs wanted = i < touched ? Runs::new_version : Runs::old_version;
    if (now.runs == wanted || now.runs == Runs::unreadable) continue;
    const bool back = wanted == Runs::new_version && now.runs == Runs::old_version;
    return Finding{back ? Cause::failed_back : Cause::version_mismatch, version_text(plan, update, now, i < touched)};
  }
  return std::nullopt;
}

Cause cause_of(Check check) {
  switch (check) {
    case Check::power_restored:
      return Cause::power_not_restored;
    case Check::host_booted:
      return Cause::host_not_booted;
    case Check::no_component_lost:
      return Cause::component_lost;
    case Check::inventory_read:
    case Check::log_read:
      return Cause::unreadable;
    case Check::new_critical:
    case Check::health_no_worse:
      return Cause::unhealthy;
  }
  return Cause::unhealthy;
}

}  // namespace

Runs reads_as(const ResolvedPlan& plan, const PlannedUpdate& update, const std::string& version) {
  if (is_placeholder_version(version)) return Runs::unreadable;
  if (compare_version(version, image_of(plan, update).reported_as) == VersionMatch::equal) return Runs::new_version;
  const std::span<const std::string> from(&update.from_version, 1);
  if (compare_version(version, from) == VersionMatch::equal) return Runs::old_version;
  const bool spelt_anew = update.way_back == WayBack::reflash &&
                          compare_version(version, back_image_of(plan, update).reported_as) == VersionMatch::equal;
  return spelt_anew ? Runs::old_version : Runs::other;
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

const InstalledComponent* Look::waits_elsewhere() const {
  for (const InstalledComponent& entry : seen.inventory) {
    const bool planned = std::any_of(updates.begin(), updates.end(), [&entry](const UpdateLook& one) {
      return one.staged && one.staged->uri == entry.uri;
    });
    if (!planned && waits_for_restart(seen, entry)) return &entry;
  }
  return nullptr;
}

Look look_at(const ResolvedPlan& plan, const PlannedHost& host, Observation seen) {
  Look look;
  // What could not be read when the plan was made is none of its updates; it did not appear since.
  std::vector<UnreadEntry> unread;
  for (const UnreadEntry& one : seen.unread) {
    const auto known = std::find(host.unread.begin(), host.unread.end(), one.uri);
    if (known == host.unread.end()) unread.push_back(one);
  }
  for (const PlannedUpdate& update : host.updates) look.updates.push_back(look_at_update(plan, update, seen, unread));
  look.seen = std::move(seen);
  return look;
}

std::string changed_unasked(const ResolvedPlan& plan, const PlannedHost& host, const Baseline& baseline,
                            const Observation& seen) {
  constexpr std::size_t kShown = 5;
  std::vector<const InstalledComponent*> asked;
  for (const PlannedUpdate& update : host.updates) {
    const PlannedComponent& component = plan.components[update.component];
    const auto matched = match_component(component.kind, component.parts, component.select, seen.inventory);
    if (matched) asked.insert(asked.end(), matched->begin(), matched->end());
  }
  std::vector<std::string> changed;
  for (const EntryPair& pair : pair_entries(baseline.inventory, seen.inventory)) {
    if (pair.now == nullptr || trimmed(pair.now->version) == trimmed(pair.before->version)) continue;
    if (is_placeholder_version(pair.now->version) || is_placeholder_version(pair.before->version)) continue;
    if (std::find(asked.begin(), asked.end(), pair.now) != asked.end()) continue;
    changed.push_back(pair.before->id + " (" + in_quotes(pair.before->key.name) + ") went from " +
                      in_quotes(pair.before->version) + " to " + in_quotes(pair.now->version));
  }
  return changed.empty() ? std::string() : list_some(changed, kShown) + ", though nobody asked";
}

std::optional<Finding> not_fit(const ResolvedPlan& plan, const PlannedHost& host, const Observation& seen, bool sends) {
  if (std::string foreign = foreign_update(seen); sends && !foreign.empty()) {
    return Finding{Cause::foreign_task, std::move(foreign)};
  }
  std::string unfit = why_unfit(seen, plan.worst_health, sends && restarts(plan, host));
  if (unfit.empty()) return std::nullopt;
  return Finding{Cause::unfit, std::move(unfit)};
}

std::string why_not_taken(const ResolvedPlan& plan, const PlannedUpdate& update, const UpdateAbility& ability,
                          bool has_target) {
  std::string why = why_not_taken(ability, has_target, image_of(plan, update).image.size);
  if (!why.empty() || update.way_back != WayBack::reflash) return why;
  why = why_not_taken(ability, has_target, back_image_of(plan, update).image.size);
  return why.empty() ? why : "its way back: " + why;
}

std::optional<Finding> first_failing(const ResolvedPlan& plan, const PlannedHost& host, const Baseline& baseline,
                                     const Look& look, std::uint32_t touched, std::span<const std::uint32_t> stays) {
  if (auto wrong = wrong_version(plan, host, look, touched, stays)) return wrong;
  const bool runs_new = touched > 0;
  auto failed = first_failed(plan.checks, baseline, look.seen, runs_new);
  const bool unknown = failed && is_unknown(failed->check);
  if (failed && !unknown) return Finding{cause_of(failed->check), std::move(failed->text)};
  // No way back brings such a component back: it does not speak against one.
  const bool fails = runs_new && plan.unasked_change == UnaskedChange::failure && !look.changed.empty();
  if (fails) return Finding{Cause::component_changed, "inventory.versionEquals: " + look.changed};
  // The last: what is unknown hides nothing that is known.
  if (auto untold = untold_version(plan, host, look, touched, stays)) return untold;
  return unknown ? std::optional(Finding{Cause::unreadable, std::move(failed->text)}) : std::nullopt;
}

}  // namespace breakwater
