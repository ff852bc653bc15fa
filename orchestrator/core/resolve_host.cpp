#include "orchestrator/core/resolve_host.hpp"

#include <algorithm>

#include "inventories/firmware/component_match.hpp"
#include "inventories/vocabulary/plain_text.hpp"
#include "inventories/vocabulary/text.hpp"
#include "inventories/vocabulary/words.hpp"
#include "orchestrator/core/left_out.hpp"
#include "orchestrator/core/look.hpp"
#include "policies/forbidden.hpp"

namespace breakwater {
namespace {

bool matches_any(const std::vector<std::string>& patterns, const std::string& text) {
  return std::any_of(patterns.begin(), patterns.end(), [&text](const std::string& pattern) {
    return matches_pattern(to_lower(pattern), to_lower(text));
  });
}

/// As a host is left out for it.
constexpr auto kNoMatchWords = words<NoMatch::Reason>({
    {NoMatch::Reason::none, kLeftOutNoComponent},
    {NoMatch::Reason::ambiguous, "ambiguous"},
    {NoMatch::Reason::unread, "unread"},
});

bool is_acknowledged(const Rollout& rollout, const std::string& component) {
  return std::any_of(rollout.components.begin(), rollout.components.end(),
                     [&](const RolloutComponent& one) { return one.id == component && one.irreversible_acknowledged; });
}

bool has_second_bank(const Observation& seen, const InstalledComponent& running) {
  return std::any_of(seen.inventory.begin(), seen.inventory.end(), [&](const InstalledComponent& entry) {
    return entry.slot == Slot::previous && entry.key.software_id == running.key.software_id &&
           entry.key.related_items == running.key.related_items;
  });
}

std::string numbered(const std::string& version, std::int64_t sequence) {
  return in_quotes(version) + " (sequence " + std::to_string(sequence) + ")";
}

}  // namespace

HostRules::HostRules(const ResolveInput& input, const ResolvedPlan& plan) : input_(input), plan_(plan) {
  for (const HostSight& sight : input.hosts) {
    if (sight.seen) seen_as_.emplace(machine_of(sight.seen->identity), &sight.host);
  }
}

std::optional<WhyNot> HostRules::standing(const Host& host) const {
  const auto& excluded = input_.rollout.excluded_hosts;
  if (std::find(excluded.begin(), excluded.end(), host.name) != excluded.end()) {
    return WhyNot{std::string(kLeftOutExcluded), "the Rollout excludes it"};
  }
  const auto& hold = host.hold;
  if (hold && (!hold->until || *hold->until > input_.now)) {
    return WhyNot{std::string(kLeftOutHeld),
                  hold->reason + (hold->until ? ", until " + to_string(*hold->until) : std::string())};
  }
  return taken(host.name);
}

/// By its name, or by the machine that it is: an operator's new name for it changes nothing.
std::optional<WhyNot> HostRules::taken(const std::string& name_or_machine) const {
  if (const auto found = input_.quarantined.find(name_or_machine); found != input_.quarantined.end()) {
    return WhyNot{"quarantined", found->second.why, found->second.name, !found->second.name.empty()};
  }
  if (const auto found = input_.owned.find(name_or_machine); found != input_.owned.end()) {
    return WhyNot{"in_rollout", "it belongs to the unfinished rollout " + found->second};
  }
  return std::nullopt;
}

std::optional<WhyNot> HostRules::twin(const std::string& name, const Identity& who) const {
  std::string others;
  const auto [first, last] = seen_as_.equal_range(machine_of(who));
  for (auto it = first; it != last; ++it) {
    const Host& other = *it->second;
    if (other.name != name) others += (others.empty() ? "" : ", ") + other.name + " (" + other.bmc.address + ')';
  }
  if (others.empty()) return std::nullopt;
  return WhyNot{"same_machine", machine_of(who) + " also answers as " + others + "; put the Inventory right"};
}

std::optional<WhyNot> HostRules::identity(const Host& host, const Identity& who) const {
  if (who.serial.empty() || who.uuid.empty()) {
    return WhyNot{"no_identity", "its BMC reports no serial number or no UUID"};
  }
  if ((!host.serial.empty() && host.serial != who.serial) || (!host.uuid.empty() && host.uuid != who.uuid)) {
    return WhyNot{"wrong_identity", "serial " + who.serial + " uuid " + who.uuid +
                                        " answers, the Inventory says serial " + host.serial + " uuid " + host.uuid};
  }
  if (auto reason = taken(machine_of(who))) return reason;
  if (auto reason = twin(host.name, who)) return reason;
  const Rollout& rollout = input_.rollout;
  if (!rollout.vendor_match.empty() && !matches_any(rollout.vendor_match, who.vendor)) {
    return WhyNot{std::string(kLeftOutNotMatched), "vendor is " + in_quotes(who.vendor)};
  }
  if (!rollout.model_match.empty() && !matches_any(rollout.model_match, who.model)) {
    return WhyNot{std::string(kLeftOutNotMatched), "model is " + in_quotes(who.model)};
  }
  return std::nullopt;
}

const Release& HostRules::release_of(std::uint32_t component) const {
  return input_.releases.at(plan_.images[plan_.components[component].image].release.name).release;
}

std::optional<WhyNot> HostRules::take_update(const Observation& seen, PlannedUpdate& update) const {
  const PlannedComponent& component = plan_.components[update.component];
  const Release& release = release_of(update.component);
  const auto entries = match_component(release.component, release.parts, component.select, seen.inventory, seen.unread);
  if (!entries)
    return WhyNot{std::string(kNoMatchWords[entries.error().reason]), component.id + ": " + entries.error().what};
  update.from_version = entries->front()->version;
  for (const InstalledComponent* entry : *entries) {
    if (entry->version != update.from_version) {
      return WhyNot{"ambiguous", component.id + ": its entries report " + in_quotes(update.from_version) + " and " +
                                     in_quotes(entry->version)};
    }
  }
  if (auto reason = take_step(seen.identity, has_second_bank(seen, *entries->front()), update)) return reason;
  if (!seen.ability) return std::nullopt;
  const std::string why = why_not_taken(plan_, update, *seen.ability, entries->size() == 1);
  if (why.empty()) return std::nullopt;
  return WhyNot{"not_supported", component.id + ": " + why};
}

/// HPM.1's manual rollback takes no component: it restores what the last upgrade changed. After another component,
/// or the reflash that rolls that one back, it would restore the wrong one.
std::optional<WhyNot> HostRules::ways_back(const PlannedHost& host) const {
  if (!updates_by_ipmi(host)) return std::nullopt;
  for (std::size_t i = 0; i + 1 < host.updates.size(); ++i) {
    if (host.updates[i].way_back != WayBack::bank_switch) continue;
    const std::string& first = plan_.components[host.updates[i].component].id;
    const std::string& last = plan_.components[host.updates.back().component].id;
    return WhyNot{"way_back_order", first + ": it goes back by a bank switch, and over IPMI that restores what was " +
                                        "updated last, which is " + last + "; put `after: [" + last + "]` on " + first +
                                        "; of two rollouts only the later one could be rolled back that way"};
  }
  return std::nullopt;
}

std::optional<std::string> HostRules::ends_bank_switch(const PlannedHost& host) const {
  const auto found = input_.bank_switches.find(machine_of(host));
  if (found == input_.bank_switches.end() || !updates_by_ipmi(host)) return std::nullopt;
  for (const PlannedUpdate& update : host.updates) {
    const PlannedComponent& component = plan_.components[update.component];
    if (device_of(component) == found->second.device) continue;
    return "this update of " + component.id + " ends the way back of " + found->second.what +
           ": a bank switch over IPMI restores what was updated last";
  }
  return std::nullopt;
}

std::optional<WhyNot> HostRules::fitness(const PlannedHost& host, const Observation& seen) const {
  auto unfit = not_fit(plan_, host, seen, true);
  if (!unfit) return std::nullopt;
  return WhyNot{std::string(to_string(unfit->cause)), std::move(unfit->text)};
}

std::optional<WhyNot> HostRules::take_step(const Identity& who, bool has_second_bank, PlannedUpdate& update) const {
  const PlannedComponent& component = plan_.components[update.component];
  const Release& release = release_of(update.component);
  switch (compare_version(update.from_version, release.reported_as)) {
    case VersionMatch::equal:
      return WhyNot{std::string(kLeftOutCurrent), component.id + " runs " + update.from_version};
    case VersionMatch::incomparable:
      return WhyNot{"unreadable", component.id + " reports " + in_quotes(update.from_version)};
    case VersionMatch::different:
      break;
  }
  if (!release.vendor.empty() && to_lower(release.vendor) != to_lower(who.vendor)) {
    return WhyNot{"wrong_vendor", component.id + ": Release " + release.name + " is for " + release.vendor +
                                      ", the host is " + who.vendor};
  }
  if (!release.models.empty() && !matches_any(release.models, who.model)) {
    return WhyNot{"wrong_model", component.id + ": Release " + release.name + " is not for model " + who.model};
  }
  if (const auto reason = take_edge(who, release, update)) return reason;
  return take_way_back(has_second_bank, update);
}

/// What the way back leads to is that image in whatever spelling it is reported; of other images only the text is
/// known.
const Edge* HostRules::edge_from(const PlannedComponent& component, const Release& release,
                                 const std::string& version) const {
  if (component.way_back == WayBack::reflash) {
    const Release& back = input_.releases.at(plan_.images[component.back_image].release.name).release;
    if (compare_version(version, back.reported_as) == VersionMatch::equal) return find_edge(release, back);
  }
  return find_edge(release, version);
}

std::optional<WhyNot> HostRules::take_edge(const Identity& who, const Release& release, PlannedUpdate& update) const {
  const PlannedComponent& component = plan_.components[update.component];
  const Edge* edge = edge_from(component, release, update.from_version);
  const std::string step =
      component.id + ": from " + in_quotes(update.from_version) + " to " + in_quotes(release.version);
  if (edge == nullptr) return WhyNot{"unknown_transition", step + " is no edge of Release " + release.name};
  switch (edge->verdict) {
    case Edge::Verdict::ok:
      break;
    case Edge::Verdict::via:
      return WhyNot{
          "via", step + " goes through " + (edge->through ? to_string(*edge->through) : "another Release") + " first"};
    case Edge::Verdict::forbidden:
      return WhyNot{"forbidden", step + " is forbidden: " + edge->why};
    case Edge::Verdict::bricks:
      return WhyNot{"bricks", step + " bricks the host: " + edge->why};
  }
  const auto from = sequence_of(update.from_version, who.model, release, input_.known);
  const bool told = from && release.sequence;
  update.downgrade = told ? *from > *release.sequence : edge->downgrade;
  if (!update.downgrade || edge->downgrade) return std::nullopt;
  return WhyNot{"downgrade", component.id + ": from " + numbered(update.from_version, *from) + " to " +
                                 numbered(release.version, *release.sequence) +
                                 " is a downgrade, and the edge of Release " + release.name +
                                 " does not say `downgrade: true`"};
}

std::optional<WhyNot> HostRules::take_way_back(bool has_second_bank, PlannedUpdate& update) const {
  const PlannedComponent& component = plan_.components[update.component];
  std::string why;
  switch (component.way_back) {
    case WayBack::none:
      return std::nullopt;
    case WayBack::reflash: {
      const PlannedImage& back = plan_.images[component.back_image];
      if (compare_version(update.from_version, back.reported_as) == VersionMatch::equal) {
        update.way_back = WayBack::reflash;
        return std::nullopt;
      }
      why = "it runs " + in_quotes(update.from_version) + ", the way back leads to " + in_quotes(back.version);
      break;
    }
    case WayBack::bank_switch:
      if (const auto* entry = forbids(input_.policy, component.kind, update.from_version)) {
        why = "its way back leads to " + in_quotes(update.from_version) + ", which the Policy forbids: " + entry->why;
        break;
      }
      if (has_second_bank) {
        update.way_back = WayBack::bank_switch;
        return std::nullopt;
      }
      why = "it shows no second bank to switch back to";
      break;
  }
  if (is_acknowledged(input_.rollout, component.id)) return std::nullopt;
  return WhyNot{"no_way_back", component.id + ": " + why};
}

}  // namespace breakwater
