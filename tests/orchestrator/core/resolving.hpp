#pragma once
// One host and its BIOS, to resolve a rollout for: each member is what a test may change.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/core/resolve.hpp"

namespace breakwater {

/// BIOS 3.4 for one host; its way back is 3.2.
struct Resolve : testing::Test {
  static Edge edge(std::vector<std::string> from, Edge::Verdict verdict = Edge::Verdict::ok) {
    Edge made;
    made.from = std::move(from);
    made.verdict = verdict;
    made.why = "halts in POST";
    return made;
  }

  static Release bios(const std::string& name, const std::string& version, std::uint8_t digest) {
    Release release;
    release.name = name;
    release.component = ComponentKind::bios;
    release.version = version;
    release.reported_as = {version, "BIOS Date: 2026 Ver " + version};
    release.image.digest.bytes.fill(digest);
    release.way_back = WayBack::none;
    return release;
  }

  static std::vector<std::string> whys(const Result<ResolvedPlan, PlanRefusals>& refused) {
    std::vector<std::string> all;
    for (const PlanRefusal& one : refused.error()) all.push_back(one.why);
    return all;
  }

  Release target = bios("bios-3.4", "3.4", 4);
  Release back = bios("bios-3.2", "3.2", 2);
  std::string reported = "3.2";
  std::vector<UnreadEntry> unread;
  std::optional<UpdateAbility> ability;
  std::function<void(Observation&)> also;  ///< what else its BMC shows
  std::optional<std::uint32_t> critical_events;
  std::string log_unread;
  std::optional<int> new_critical_most;
  Policy policy;
  bool acknowledged = false;
  Calendar calendar;
  Timeouts timeouts;
  Limits limits;
  Labels labels;
  std::vector<DoneBy> done_by;
  std::map<std::string, BankSwitch> bank_switches;
  std::optional<WayBack> bmc_way_back;  ///< where the rollout has a BMC too, before the BIOS unless `bmc_last`
  bool bmc_last = false;

  Resolve() {
    target.edges = {edge({"3.2"})};
    target.way_back = WayBack::reflash;
    target.back_to = ReleaseRef{back.name, back.image.digest};
    back.edges = {edge({"3.4"})};
    policy.gates["strict"] = Gate();
  }

  Result<ResolvedPlan, PlanRefusals> resolved() const { return resolve(input()); }

  ResolveInput input() const {
    ResolveInput input;
    input.known = {target, back};
    input.releases = {{target.name, {target, {}, "", {}}}, {back.name, {back, {}, "", {}}}};
    RolloutComponent component;
    component.id = "bios";
    component.release = ReleaseRef{target.name, target.image.digest};
    component.irreversible_acknowledged = acknowledged;
    input.rollout.components = {component};
    if (bmc_way_back) add_bmc(input);
    WaveSpec wave;
    wave.name = "all";
    wave.size = Share{10'000};
    wave.gate = "strict";
    input.rollout.waves = {wave};
    input.rollout.checks.new_critical_most = new_critical_most;
    input.policy = policy;
    input.rollout.timeouts = timeouts;
    input.calendar = calendar;
    input.limits = limits;
    input.domain_sizes = {{"rack", {{"r1", 40}, {kNoDomain, 3}}}};
    input.now = Instant(std::chrono::hours(1));
    HostSight sight;
    sight.host.name = "n1";
    sight.host.labels = labels;
    sight.seen.emplace();
    sight.seen->identity = {"V", "M", "S1", "u1"};
    sight.seen->unread = unread;
    sight.seen->ability = ability;
    sight.seen->critical_events = critical_events;
    sight.seen->log_unread = log_unread;
    sight.seen->done_by = done_by;
    if (bmc_way_back) {
      sight.seen->inventory.push_back({"BMC", "/bmc", {"B", "", {}, "BMC"}, "1.0", Slot::running});
      sight.seen->inventory.push_back({"BMC2", "/bmc2", {"B", "", {}, "BMC"}, "1.0", Slot::previous});
    }
    sight.seen->inventory.push_back({"BIOS", "/bios", {"", "", {}, "BIOS"}, reported, Slot::running});
    sight.seen->inventory.push_back({"BIOS-2", "/bios2", {"", "", {}, "BIOS"}, "3.1", Slot::previous});
    if (also) also(*sight.seen);
    input.hosts = {sight};
    input.bank_switches = bank_switches;
    return input;
  }

  void add_bmc(ResolveInput& input) const {
    Release bmc = bios("bmc-2.0", "2.0", 7);
    bmc.component = ComponentKind::bmc;
    bmc.way_back = *bmc_way_back;
    bmc.edges = {edge({"1.0"})};
    input.releases[bmc.name] = {bmc, {}, "", {}};
    RolloutComponent component;
    component.id = "bmc";
    component.release = ReleaseRef{bmc.name, bmc.image.digest};
    component.irreversible_acknowledged = true;
    component.select.software_id = "B";
    auto& components = input.rollout.components;
    components.insert(bmc_last ? components.end() : components.begin(), component);
  }

  /// The reason for which the host is left out; empty where it is planned.
  std::string left_out() const {
    const auto plan = resolved();
    if (!plan) return plan.error().front().why;
    return plan->left_out.empty() ? "" : plan->left_out.front().reason;
  }
};

}  // namespace breakwater
