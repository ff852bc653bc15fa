#pragma once
// A small plan and what came of it, made by hand: two waves over two racks, two components, a host left out.
#include <string>
#include <utility>

#include "orchestrator/core/fleet.hpp"
#include "orchestrator/core/outcome.hpp"

namespace breakwater::views {

/// 2026-11-02T22:00:00Z
inline constexpr Instant kBegin{Duration{1'793'656'800'000}};

inline PlannedImage made_image(const std::string& name, const std::string& version, std::uint8_t digest) {
  PlannedImage image;
  image.release.name = name;
  image.release.digest.bytes.fill(digest);
  image.version = version;
  image.image = ImageFile{name + ".bin", image.release.digest, 4096};
  image.signers = {"qa", "vendor"};
  image.release_text = "text of " + name;
  return image;
}

inline PlannedHost made_host(const std::string& name, const std::string& rack, std::uint32_t wave) {
  PlannedHost host;
  host.name = name;
  host.labels = {{"rack", rack}};
  host.wave = wave;
  host.updates = {PlannedUpdate{0, "3.2", WayBack::reflash}, PlannedUpdate{1, "20.4", WayBack::none}};
  return host;
}

inline ResolvedPlan made_plan() {
  ResolvedPlan plan;
  plan.rollout = "bios-3.4";
  plan.policy = "prod";
  plan.images = {made_image("bios-3.4", "3.4", 0xab), made_image("bios-3.2", "3.2", 0xcd),
                 made_image("nic-20.5", "20.5", 0xef)};
  PlannedComponent bios;
  bios.id = "bios";
  bios.image = 0;
  bios.back_image = 1;
  bios.way_back = WayBack::reflash;
  bios.activate_by = ActivateBy::host_reboot;
  bios.most = Duration{600'000};
  bios.back_most = Duration{300'000};
  PlannedComponent nic;
  nic.id = "nic";
  nic.image = 2;
  nic.activate_by = ActivateBy::host_reboot;
  nic.most = Duration{60'000};
  plan.components = {bios, nic};
  plan.waves = {PlannedWave{"canary", 1, Duration{3'600'000}, "strict", Gate{Share{10'000}, 1}},
                PlannedWave{"rest", 3, Duration{0}, "normal", Gate{Share{9'850}, 1}}};
  plan.hosts = {made_host("n1", "r1", 0), made_host("n2", "r1", 1), made_host("n3", "r2", 1), made_host("n4", "r2", 1)};
  plan.left_out = {LeftOut{"n5", {{"rack", "r1"}}, "held", "HW-8830 fan tray", false},
                   LeftOut{"n6", {{"rack", "r2"}}, "unreachable", "login: no answer", true}};
  plan.domain_limits = {DomainLimit{"rack", "r1", 1}, DomainLimit{"rack", "r2", 2}};
  plan.global_limit = 20;
  plan.checks.stable_for = Duration{60'000};
  plan.require = SignatureRule{2, {}};
  return plan;
}

/// A fleet that takes events one by one, a second apart.
class MadeFleet {
 public:
  Fleet fleet;
  RolloutId rollout = 1;  ///< whose hosts what follows is about

  Recorded take(Event event) {
    const Recorded record{fleet.last_seq() + 1, kBegin + Duration{1'000} * static_cast<int>(fleet.last_seq()),
                          std::move(event)};
    fleet.apply(record);
    return record;
  }
  RolloutId start(ResolvedPlan plan = made_plan()) {
    RolloutStarted started;
    started.by = "lena";
    started.plan = std::move(plan);
    return take(Event(std::move(started))).seq;
  }
  Recorded issue(HostIndex host, Action action, std::uint32_t update = 0) {
    CommandIssued issued;
    issued.command.rollout = rollout;
    issued.command.host = host;
    issued.command.action = action;
    issued.command.update = update;
    return take(Event(issued));
  }
  Recorded end(HostIndex host, Outcome::Verdict verdict, Cause cause = Cause::none, const std::string& detail = {}) {
    CommandEnded ended;
    ended.command = fleet.find(rollout)->hosts[host].open->id;
    ended.rollout = rollout;
    ended.host = host;
    ended.outcome.verdict = verdict;
    ended.outcome.cause = cause;
    ended.outcome.detail = detail;
    ended.outcome.stages = true;
    ended.input = input_of(fleet, ended);
    return take(Event(std::move(ended)));
  }
  /// One host brought all the way.
  void update(HostIndex host) {
    issue(host, Action::prepare);
    end(host, Outcome::Verdict::done);
    const auto updates = static_cast<std::uint32_t>(fleet.find(rollout)->plan->hosts[host].updates.size());
    for (std::uint32_t i = 0; i < updates; ++i) {
      for (const Action action : {Action::stage, Action::activate, Action::check}) {
        issue(host, action, action == Action::check ? i + 1 : i);
        end(host, Outcome::Verdict::done);
      }
    }
  }
  void roll_back(const std::string& host = {}, std::optional<std::uint32_t> wave = {}) {
    take(Event(OperatorAsked{Verb::roll_back, rollout, "omar", "", wave, host}));
  }
  /// One host turned away before anything was changed.
  void refuse(HostIndex host) {
    issue(host, Action::prepare);
    end(host, Outcome::Verdict::untouched, Cause::unreachable, "nothing answers");
  }
};

}  // namespace breakwater::views
