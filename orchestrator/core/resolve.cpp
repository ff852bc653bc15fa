#include "orchestrator/core/resolve.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "inventories/firmware/component_match.hpp"
#include "inventories/firmware/release.hpp"
#include "inventories/vocabulary/plain_text.hpp"
#include "inventories/vocabulary/text.hpp"
#include "orchestrator/core/resolve_waves.hpp"

namespace breakwater {
namespace {
bool matches_any(const std::vector<std::string>& patterns, const std::string& text) {
  return std::any_of(patterns.begin(), patterns.end(), [&text](const std::string& pattern) {
    return matches_pattern(to_lower(pattern), to_lower(text));
  });
}

/// Components in an order in which each comes after those it names; the reader has refused cycles.
std::vector<RolloutComponent> in_order(std::vector<RolloutComponent> components) {
  std::vector<RolloutComponent> ordered;
  std::set<std::string> placed;
  while (!components.empty()) {
    const auto next = std::find_if(components.begin(), components.end(), [&placed](const RolloutComponent& one) {
      return std::all_of(one.after.begin(), one.after.end(),
                         [&placed](const std::string& id) { return placed.count(id) > 0; });
    });
    const auto chosen = next == components.end() ? components.begin() : next;
    placed.insert(chosen->id);
    ordered.push_back(std::move(*chosen));
    components.erase(chosen);
  }
  return ordered;
}

struct WhyNot {  // a host is not updated: a stable word and a sentence
  std::string word;
  std::string detail;
};

class Resolving {
 public:
  explicit Resolving(const ResolveInput& input) : input_(input) {}

  Result<ResolvedPlan, PlanRefusals> run() {
    take_settings();
    for (const RolloutComponent& component : in_order(input_.rollout.components)) take_component(component);
    if (!refusals_.empty()) return fail(refusals_);
    for (const HostSight& sight : input_.hosts) take_host(sight);
    if (plan_.hosts.empty()) return plan_;
    place_in_waves(input_, plan_, refusals_);
    take_limits(input_, plan_);
    if (!refusals_.empty()) return fail(refusals_);
    return std::move(plan_);
  }

 private:
  void refuse(std::string why) { refusals_.push_back(std::move(why)); }

  void take_settings() {
    const Rollout& rollout = input_.rollout;
    plan_.rollout = rollout.name;
    plan_.policy = input_.policy.name;
    plan_.rollout_digest = rollout.document_digest;
    plan_.policy_digest = input_.policy.document_digest;
    plan_.inventory_digest = input_.inventory_digest;
    plan_.calendar = input_.calendar;
    if (rollout.schedule) plan_.last_start = rollout.schedule->last_start;
    plan_.checks = rollout.checks;
    plan_.attempts = rollout.attempts;
    plan_.timeouts = rollout.timeouts;
    plan_.roll_back_host = rollout.roll_back_host;
    plan_.wave_failure = rollout.wave_failure;
    plan_.keys = input_.keys;
    plan_.require = input_.policy.require;
  }

  std::uint32_t image(const ProvenRelease& proven) {
    for (std::uint32_t i = 0; i < plan_.images.size(); ++i) {
      if (plan_.images[i].release.name == proven.release.name) return i;
    }
    PlannedImage made;
    made.release = ReleaseRef{proven.release.name, proven.release.image.digest};
    made.version = proven.release.version;
    made.reported_as = proven.release.reported_as;
    made.image = proven.release.image;
    made.signers = proven.signers;
    made.release_file = proven.release.file;
    made.release_text = proven.text;
    made.signatures = proven.signatures;
    made.vendor = proven.release.vendor;
    made.component = proven.release.component;
    plan_.images.push_back(std::move(made));
    return static_cast<std::uint32_t>(plan_.images.size() - 1);
  }

  const ProvenRelease* proven(const ReleaseRef& ref) const {
    const auto found = input_.releases.find(ref.name);
    if (found == input_.releases.end() || found->second.release.image.digest != ref.digest) return nullptr;
    return &found->second;
  }

  void take_component(const RolloutComponent& asked) {
    const ProvenRelease* target = proven(asked.release);
    if (target == nullptr)
      return refuse("component " + asked.id + ": Release " + to_string(asked.release) + " is not proven");
    const Release& release = target->release;
    PlannedComponent planned;
    planned.id = asked.id;
    planned.image = image(*target);
    planned.kind = release.component;
    planned.select = asked.select;
    planned.parts = release.parts;
    planned.activate_by = release.activate_by;
    planned.most = release.most;
    planned.back_most = release.most;
    planned.way_back = release.way_back;
    if (release.way_back == WayBack::none && !asked.irreversible_acknowledged) {
      refuse("component " + asked.id + ": Release " + release.name +
             " has no way back; say `irreversible: acknowledged` on the component to go on without one");
    }
    if (release.way_back == WayBack::reflash) take_way_back(asked, release, planned);
    plan_.components.push_back(std::move(planned));
    acknowledged_.push_back(asked.irreversible_acknowledged);
  }

  /// The image from before must be there, proven, and allowed to follow the new one.
  void take_way_back(const RolloutComponent& asked, const Release& release, PlannedComponent& planned) {
    const ProvenRelease* back = release.back_to ? proven(*release.back_to) : nullptr;
    if (back == nullptr) {
      refuse("component " + asked.id + ": the way back of Release " + release.name + " is not proven");
      return;
    }
    const Edge* edge = find_edge(back->release, release);
    if (edge == nullptr || edge->verdict != Edge::Verdict::ok) {
      refuse("component " + asked.id + ": Release " + back->release.name + " has no edge `ok` from version " +
             in_quotes(release.version) + ", so it is no way back");
    }
    planned.back_image = image(*back);
    planned.back_most = back->release.most;
  }

  void leave_out(const HostSight& sight, const WhyNot& reason, bool down = false) {
    plan_.left_out.push_back(LeftOut{sight.host.name, sight.host.labels, reason.word, reason.detail, down});
  }

  /// Reasons that stand before anything the BMC says.
  std::optional<WhyNot> standing_reason(const HostSight& sight) const {
    const std::string& name = sight.host.name;
    const auto& excluded = input_.rollout.excluded_hosts;
    if (std::find(excluded.begin(), excluded.end(), name) != excluded.end()) {
      return WhyNot{"excluded", "the Rollout excludes it"};
    }
    const auto& hold = sight.host.hold;
    if (hold && (!hold->until || *hold->until > input_.now)) {
      return WhyNot{"held", hold->reason + (hold->until ? ", until " + to_string(*hold->until) : std::string())};
    }
    if (const auto found = input_.quarantined.find(name); found != input_.quarantined.end()) {
      return WhyNot{"quarantined", found->second};
    }
    if (const auto found = input_.owned.find(name); found != input_.owned.end()) {
      return WhyNot{"in_rollout", "it belongs to the unfinished rollout " + found->second};
    }
    return std::nullopt;
  }

  std::optional<WhyNot> identity_reason(const HostSight& sight) const {
    const Identity& who = sight.seen->identity;
    const Host& host = sight.host;
    if (who.serial.empty() || who.uuid.empty()) {
      return WhyNot{"no_identity", "its BMC reports no serial number or no UUID"};
    }
    if ((!host.serial.empty() && host.serial != who.serial) || (!host.uuid.empty() && host.uuid != who.uuid)) {
      return WhyNot{"wrong_identity", "serial " + who.serial + " uuid " + who.uuid +
                                          " answers, the Inventory says serial " + host.serial + " uuid " + host.uuid};
    }
    const Rollout& rollout = input_.rollout;
    if (!rollout.vendor_match.empty() && !matches_any(rollout.vendor_match, who.vendor)) {
      return WhyNot{"not_matched", "vendor is " + in_quotes(who.vendor)};
    }
    if (!rollout.model_match.empty() && !matches_any(rollout.model_match, who.model)) {
      return WhyNot{"not_matched", "model is " + in_quotes(who.model)};
    }
    return std::nullopt;
  }

  /// A plan's conversations use the drivers that do something for the host, and look for no other.
  static void keep_drivers_at_work(PlannedHost& planned) {
    if (planned.done_by.empty()) return;
    std::erase_if(planned.bmc.drivers, [&](Driver driver) {
      const std::string_view name = to_string(driver);
      return std::none_of(planned.done_by.begin(), planned.done_by.end(),
                          [&](const DoneBy& part) { return part.driver.starts_with(name); });
    });
  }

  void take_host(const HostSight& sight) {
    if (const auto reason = standing_reason(sight)) return leave_out(sight, *reason);
    if (!sight.seen) return leave_out(sight, WhyNot{"unreachable", sight.fault}, true);
    if (const auto reason = identity_reason(sight)) return leave_out(sight, *reason);
    if (plan_.checks.new_critical_most && !sight.seen->critical_events) {
      return leave_out(sight, WhyNot{"no_event_log",
                                     "the check sel.newCritical needs its event log, which no driver "
                                     "of it can read whole: add ipmi to its drivers"});
    }

    PlannedHost planned;
    planned.name = sight.host.name;
    planned.labels = sight.host.labels;
    planned.bmc = sight.host.bmc;
    planned.identity = sight.seen->identity;
    planned.done_by = sight.seen->done_by;
    planned.findings = sight.seen->findings;
    for (const UnreadEntry& one : sight.seen->unread) planned.unread.push_back(one.uri);
    if (!plan_.checks.new_critical_most) {
      std::erase_if(planned.done_by, [](const DoneBy& part) { return part.what == kEventLogPart; });
    }
    keep_drivers_at_work(planned);
    WhyNot last{"no_component", "it has none of the rollout's components"};
    for (std::uint32_t i = 0; i < plan_.components.size(); ++i) {
      PlannedUpdate update;
      update.component = i;
      const auto reason = take_update(*sight.seen, update);
      if (!reason) {
        planned.updates.push_back(std::move(update));
      } else if (reason->word == "current" || reason->word == "no_component") {
        if (last.word != "current") last = *reason;
      } else {
        return leave_out(sight, *reason);
      }
    }
    if (planned.updates.empty()) return leave_out(sight, last);
    plan_.hosts.push_back(std::move(planned));
  }

  const Release& release_of(std::uint32_t component) const {
    return input_.releases.at(plan_.images[plan_.components[component].image].release.name).release;
  }

  static std::string word_of(NoMatch::Reason reason) {
    switch (reason) {
      case NoMatch::Reason::none:
        return "no_component";
      case NoMatch::Reason::ambiguous:
        return "ambiguous";
      case NoMatch::Reason::unread:
        return "unread";
    }
    return "ambiguous";
  }

  /// Fills in the update of one component, or says why there is none.
  std::optional<WhyNot> take_update(const Observation& seen, PlannedUpdate& update) const {
    const PlannedComponent& component = plan_.components[update.component];
    const Release& release = release_of(update.component);
    const auto entries =
        match_component(release.component, release.parts, component.select, seen.inventory, seen.unread);
    if (!entries) return WhyNot{word_of(entries.error().reason), component.id + ": " + entries.error().what};
    const std::string& version = entries->front()->version;
    for (const InstalledComponent* entry : *entries) {
      if (entry->version != version) {
        return WhyNot{"ambiguous", component.id + ": its entries report " + in_quotes(version) + " and " +
                                       in_quotes(entry->version)};
      }
    }
    switch (compare_version(version, release.reported_as)) {
      case VersionMatch::equal:
        return WhyNot{"current", component.id + " runs " + version};
      case VersionMatch::incomparable:
        return WhyNot{"unreadable", component.id + " reports " + in_quotes(version)};
      case VersionMatch::different:
        break;
    }
    if (!release.vendor.empty() && to_lower(release.vendor) != to_lower(seen.identity.vendor)) {
      return WhyNot{"wrong_vendor", component.id + ": Release " + release.name + " is for " + release.vendor +
                                        ", the host is " + seen.identity.vendor};
    }
    if (!release.models.empty() && !matches_any(release.models, seen.identity.model)) {
      return WhyNot{"wrong_model",
                    component.id + ": Release " + release.name + " is not for model " + seen.identity.model};
    }
    update.from_version = version;
    if (const auto reason = edge_reason(component, release, version)) return reason;
    return way_back(seen, component, update, *entries->front());
  }

  /// What the way back leads to is that image in whatever spelling it is reported; of other images only the text is
  /// known.
  const Edge* edge_from(const PlannedComponent& component, const Release& release, const std::string& version) const {
    if (component.way_back == WayBack::reflash) {
      const Release& back = input_.releases.at(plan_.images[component.back_image].release.name).release;
      if (compare_version(version, back.reported_as) == VersionMatch::equal) return find_edge(release, back);
    }
    return find_edge(release, version);
  }

  std::optional<WhyNot> edge_reason(const PlannedComponent& component, const Release& release,
                                    const std::string& version) const {
    const Edge* edge = edge_from(component, release, version);
    const std::string step = component.id + ": from " + in_quotes(version) + " to " + in_quotes(release.version);
    if (edge == nullptr) return WhyNot{"unknown_transition", step + " is no edge of Release " + release.name};
    switch (edge->verdict) {
      case Edge::Verdict::ok:
        return std::nullopt;
      case Edge::Verdict::via:
        return WhyNot{"via", step + " goes through " + (edge->through ? to_string(*edge->through) : "another Release") +
                                 " first"};
      case Edge::Verdict::forbidden:
        return WhyNot{"forbidden", step + " is forbidden: " + edge->why};
      case Edge::Verdict::bricks:
        return WhyNot{"bricks", step + " bricks the host: " + edge->why};
    }
    return std::nullopt;
  }

  std::optional<WhyNot> way_back(const Observation& seen, const PlannedComponent& component, PlannedUpdate& update,
                                 const InstalledComponent& running) const {
    const bool acknowledged = acknowledged_[update.component];
    std::string why;
    switch (component.way_back) {
      case WayBack::none:
        return std::nullopt;
      case WayBack::reflash: {
        const auto& spellings = plan_.images[component.back_image].reported_as;
        if (compare_version(update.from_version, spellings) == VersionMatch::equal) {
          update.way_back = WayBack::reflash;
          return std::nullopt;
        }
        why = "it runs " + in_quotes(update.from_version) + ", the way back leads to " +
              in_quotes(plan_.images[component.back_image].version);
        break;
      }
      case WayBack::bank_switch: {
        const bool two_banks =
            std::any_of(seen.inventory.begin(), seen.inventory.end(), [&](const InstalledComponent& entry) {
              return entry.slot == Slot::previous && entry.key.software_id == running.key.software_id &&
                     entry.key.related_items == running.key.related_items;
            });
        if (two_banks) {
          update.way_back = WayBack::bank_switch;
          return std::nullopt;
        }
        why = "it shows no second bank to switch back to";
        break;
      }
    }
    if (acknowledged) return std::nullopt;
    return WhyNot{"no_way_back", component.id + ": " + why};
  }

  const ResolveInput& input_;
  ResolvedPlan plan_;
  std::vector<bool> acknowledged_;
  PlanRefusals refusals_;
};
}  // namespace

Result<ResolvedPlan, PlanRefusals> resolve(const ResolveInput& input) {
  return Resolving(input).run();
}

}  // namespace breakwater
