#pragma once
// A plan to rehearse: twelve hosts of two models in three racks, two canaries, one BIOS with a way back.
#include <string>

#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::rehearsal {

using views::kBegin;
using views::made_image;

inline PlannedHost made_host(int number) {
  PlannedHost host;
  host.name = "n" + std::to_string(number);
  host.labels = {{"rack", "r" + std::to_string(number % 3)}};
  host.identity.model = number % 2 == 0 ? "SYS-121C-TN10R" : "R760";
  host.wave = number < 2 ? 0 : 1;
  host.updates = {PlannedUpdate{0, "3.2", WayBack::reflash}};
  return host;
}

inline ResolvedPlan rehearsed_plan() {
  ResolvedPlan plan;
  plan.rollout = "bios-3.4";
  plan.policy = "prod";
  plan.images = {made_image("bios-3.4", "3.4", 0xab), made_image("bios-3.2", "3.2", 0xcd)};
  PlannedComponent bios;
  bios.id = "bios";
  bios.image = 0;
  bios.back_image = 1;
  bios.way_back = WayBack::reflash;
  bios.activate_by = ActivateBy::host_reboot;
  bios.most = bios.back_most = std::chrono::minutes(40);
  plan.components = {bios};
  plan.waves = {PlannedWave{"canary", 2, std::chrono::hours(1), "strict", Gate{Share{10'000}, 1}},
                PlannedWave{"rest", 10, Duration{0}, "strict", Gate{Share{10'000}, 1}}};
  for (int i = 0; i < 12; ++i) plan.hosts.push_back(made_host(i));
  plan.domain_limits = {{"rack", "r0", 1}, {"rack", "r1", 1}, {"rack", "r2", 1}};
  plan.checks.stable_for = std::chrono::minutes(5);
  plan.checks.no_component_lost = plan.checks.health_no_worse = plan.checks.host_booted = true;
  return plan;
}

}  // namespace breakwater::rehearsal
