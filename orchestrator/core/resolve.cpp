#include "orchestrator/core/resolve.hpp"

#include <algorithm>
#include <set>

#include "inventories/firmware/release.hpp"
#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/core/left_out.hpp"
#include "orchestrator/core/resolve_host.hpp"
#include "orchestrator/core/resolve_waves.hpp"

namespace breakwater {

std::string_view left_out_as(Sight::Silence silence) {
  switch (silence) {
    case Sight::Silence::no_answer:
      return kLeftOutUnreachable;
    case Sight::Silence::login_refused:
      return kLeftOutLoginRefused;
    case Sight::Silence::not_asked:
      break;
  }
  return kLeftOutOwnSide;
}

namespace {

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

class Resolving {
 public:
  explicit Resolving(const ResolveInput& input) : input_(input), rules_(input, plan_) {}

  /// With a frozen plan, its hosts are taken as they were seen then.
  Result<ResolvedPlan, PlanRefusals> run(const ResolvedPlan* frozen = nullptr) {
    take_settings();
    for (const RolloutComponent& component : in_order(input_.rollout.components)) take_component(component);
    if (!refusals_.empty()) return fail(refusals_);
    if (frozen) {
      take_hosts_of(*frozen);
    } else {
      for (const HostSight& sight : input_.hosts) take_host(sight);
      leave_out_alike();
    }
    if (plan_.hosts.empty()) return plan_;
    place_in_waves(input_, plan_, refusals_);
    take_limits(input_, plan_);
    refuse_what_never_fits(input_, plan_, refusals_);
    if (!refusals_.empty()) return fail(refusals_);
    return std::move(plan_);
  }

 private:
  void refuse(std::string why) { refusals_.push_back({std::move(why)}); }

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
    plan_.way_back_failures = rollout.way_back_failures;
    plan_.wave_failure = rollout.wave_failure;
    plan_.worst_health = input_.policy.worst_health;
    plan_.unasked_change = input_.policy.unasked_change;
    plan_.keys = input_.keys;
    plan_.require = input_.policy.require;
    plan_.new_bmc_keys = input_.policy.new_bmc_keys;
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

  void leave_out(const HostSight& sight, const WhyNot& reason) {
    const bool away = counts_as_away(reason.word);
    plan_.left_out.push_back(LeftOut{
        sight.host.name, sight.host.labels, reason.word, reason.detail, away, {}, reason.kept_as, reason.kept_whole});
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
    if (const auto reason = rules_.standing(sight.host)) return leave_out(sight, *reason);
    if (!sight.seen) return leave_out(sight, WhyNot{std::string(left_out_as(sight.silence)), sight.fault});
    if (const auto reason = rules_.identity(sight.host, sight.seen->identity)) return leave_out(sight, *reason);
    if (plan_.checks.new_critical_most && !sight.seen->critical_events) {
      const std::string& why = sight.seen->log_unread;
      return leave_out(sight, WhyNot{"no_event_log",
                                     "the check sel.newCritical needs its event log, which no driver of it can read "
                                     "whole: " +
                                         (why.empty() ? "add ipmi to its drivers" : why)});
    }

    PlannedHost planned = as_listed(sight.host);
    planned.identity = sight.seen->identity;
    planned.done_by = sight.seen->done_by;
    planned.findings = sight.seen->findings;
    for (const UnreadEntry& one : sight.seen->unread) planned.unread.push_back(one.uri);
    if (!plan_.checks.new_critical_most) {
      std::erase_if(planned.done_by, [](const DoneBy& part) { return part.what == kEventLogPart; });
    }
    keep_drivers_at_work(planned);
    WhyNot last{std::string(kLeftOutNoComponent), "it has none of the rollout's components"};
    for (std::uint32_t i = 0; i < plan_.components.size(); ++i) {
      PlannedUpdate update;
      update.component = i;
      const auto reason = rules_.take_update(*sight.seen, update);
      if (!reason) {
        planned.updates.push_back(std::move(update));
      } else if (reason->word == kLeftOutCurrent || reason->word == kLeftOutNoComponent) {
        if (last.word != kLeftOutCurrent) last = *reason;
      } else {
        return leave_out(sight, *reason);
      }
    }
    if (planned.updates.empty()) return leave_out(sight, last);
    if (const auto reason = rules_.ways_back(planned)) return leave_out(sight, *reason);
    if (const auto reason = rules_.fitness(planned, *sight.seen)) return leave_out(sight, *reason);
    if (auto ends = rules_.ends_bank_switch(planned)) planned.findings.push_back(std::move(*ends));
    plan_.hosts.push_back(std::move(planned));
  }

  /// Of a machine that is quarantined, these have the serial number or the UUID, and not both: it may have got another
  /// board. Where others of the plan have that one too, it tells nothing, and the plan says so.
  void leave_out_alike() {
    if (input_.quarantined.empty()) return;
    const std::set<std::string> shared = shared_halves(plan_.hosts);
    std::erase_if(plan_.hosts, [&](PlannedHost& host) {
      for (const std::string& half : halves_of(host.identity)) {
        const auto kept = input_.quarantined.find(half);
        if (kept == input_.quarantined.end()) continue;
        if (!shared.contains(half)) {
          plan_.left_out.push_back(
              LeftOut{host.name, host.labels, "quarantined", kept->second.why, false, {}, kept->second.name});
          return true;
        }
        host.findings.push_back(half + " is also that of " + kept->second.name +
                                ", which is quarantined. Other hosts of this plan report it too, so it tells nothing: "
                                "if this host is that machine, hold it in the Inventory");
      }
      return false;
    });
    std::map<std::string_view, std::size_t> place;
    for (const HostSight& sight : input_.hosts) place.emplace(sight.host.name, place.size());
    std::stable_sort(plan_.left_out.begin(), plan_.left_out.end(), [&place](const LeftOut& one, const LeftOut& other) {
      return place.at(one.host) < place.at(other.host);
    });
  }

  static PlannedHost as_listed(const Host& host) {
    PlannedHost planned;
    planned.name = host.name;
    planned.labels = host.labels;
    planned.bmc = host.bmc;
    return planned;
  }

  void take_hosts_of(const ResolvedPlan& frozen) {
    std::map<std::string_view, const PlannedHost*> planned;
    for (const PlannedHost& host : frozen.hosts) planned[host.name] = &host;
    std::map<std::string_view, const LeftOut*> left_out;
    for (const LeftOut& host : frozen.left_out) left_out[host.host] = &host;
    for (const HostSight& sight : input_.hosts) {
      if (const auto found = planned.find(sight.host.name); found != planned.end()) {
        take_as_seen(sight, *found->second);
      } else if (const auto left = left_out.find(sight.host.name); left != left_out.end()) {
        leave_out_again(sight, *left->second);
      } else {
        leave_out(sight, WhyNot{"not_planned", "the plan does not speak of it"});
      }
    }
  }

  void take_as_seen(const HostSight& sight, const PlannedHost& then) {
    if (const auto reason = rules_.standing(sight.host)) return leave_out(sight, *reason);
    if (const auto reason = rules_.identity(sight.host, then.identity)) return leave_out(sight, *reason);
    PlannedHost planned = as_listed(sight.host);
    planned.identity = then.identity;
    planned.done_by = then.done_by;
    planned.findings = then.findings;
    planned.unread = then.unread;
    keep_drivers_at_work(planned);
    for (const PlannedUpdate& seen : then.updates) {
      if (seen.component >= plan_.components.size()) continue;
      PlannedUpdate update;
      update.component = seen.component;
      update.from_version = seen.from_version;
      const bool has_second_bank = seen.way_back == WayBack::bank_switch;
      if (const auto reason = rules_.take_step(then.identity, has_second_bank, update)) {
        return leave_out(sight, *reason);
      }
      planned.updates.push_back(std::move(update));
    }
    plan_.hosts.push_back(std::move(planned));
  }

  void leave_out_again(const HostSight& sight, const LeftOut& then) {
    if (then.reason != kBeyondWaves)
      return leave_out(sight, WhyNot{then.reason, then.detail, then.kept_as, then.kept_whole});
    // The waves leave it out once more, or it should have been in one.
    PlannedHost planned = as_listed(sight.host);
    planned.identity.model = then.model;
    plan_.hosts.push_back(std::move(planned));
  }

  const ResolveInput& input_;
  ResolvedPlan plan_;
  HostRules rules_;
  PlanRefusals refusals_;
};
}  // namespace

Result<ResolvedPlan, PlanRefusals> resolve(const ResolveInput& input) {
  return Resolving(input).run();
}

Result<ResolvedPlan, PlanRefusals> resolve_again(const ResolveInput& input, const ResolvedPlan& frozen) {
  return Resolving(input).run(&frozen);
}

}  // namespace breakwater
