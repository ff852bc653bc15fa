#include "tests/simulation/scenario_plan.hpp"

#include <algorithm>
#include <string>

#include "tests/simulation/scenario.hpp"

namespace breakwater::simulation {

using model::Dice;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

PlannedImage image(const std::string& name, const std::string& version, std::uint8_t mark) {
  PlannedImage made;
  made.release.name = name;
  made.release.digest.bytes.fill(mark);
  made.version = version;
  made.reported_as = {version};
  made.image.name = name + ".bin";
  made.image.digest.bytes.fill(mark);
  made.image.size = 1024;
  return made;
}

void draw_components(Dice& dice, ResolvedPlan& plan) {
  const std::int64_t kind = dice.between(0, 9);
  const std::uint32_t count = kind < 6 ? 1 : kind < 9 ? 2 : 3;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string id = "c" + std::to_string(i);
    plan.images.push_back(image(id + "-new", "3." + std::to_string(i), static_cast<std::uint8_t>(16 + i)));
    plan.images.push_back(image(id + "-old", "1." + std::to_string(i), static_cast<std::uint8_t>(32 + i)));
    PlannedComponent one;
    one.id = id;
    one.select.software_id = id;
    one.image = 2 * i;
    one.back_image = 2 * i + 1;
    one.activate_by = dice.in_thousand(400) ? ActivateBy::bmc_reset : ActivateBy::host_reboot;
    one.most = dice.between(Duration(minutes(15)), Duration(minutes(45)));
    one.back_most = dice.between(Duration(minutes(15)), Duration(minutes(60)));
    one.way_back = dice.in_thousand(500) ? WayBack::reflash : WayBack::bank_switch;
    plan.components.push_back(std::move(one));
  }
}

void draw_waves(Dice& dice, std::uint32_t hosts, bool tolerant, ResolvedPlan& plan) {
  const std::int64_t count = dice.between(1, 5);
  std::uint32_t left = hosts;
  std::int64_t most = dice.between(1, 6);
  for (std::int64_t i = 0; i < count && left > 0; ++i) {
    PlannedWave wave;
    wave.name = "w" + std::to_string(i);
    const bool last = i + 1 == count;
    wave.hosts = last ? left : std::min(left, static_cast<std::uint32_t>(dice.between(1, most)));
    left -= wave.hosts;
    most *= dice.between(2, 8);
    if (dice.in_thousand(600)) wave.soak = dice.between(Duration(0), Duration(hours(3)));
    wave.gate_name = "gate";
    const int strict = dice.in_thousand(300) ? 10'000 : static_cast<int>(dice.between(0, 9'500));
    wave.gate.success_at_least.basis_points = tolerant ? strict / 5 : strict;
    wave.gate.min_hosts = static_cast<int>(dice.in_thousand(800) ? 1 : dice.between(1, 4));
    plan.waves.push_back(std::move(wave));
  }
}

void draw_hosts(Dice& dice, ResolvedPlan& plan) {
  const bool ways_back_missing = dice.in_thousand(300);
  const auto racks = static_cast<std::uint32_t>(dice.between(3, 25));
  const auto feeds = static_cast<std::uint32_t>(dice.between(2, 6));
  const bool chassis = dice.in_thousand(300);
  const bool nics = dice.in_thousand(200);
  std::uint32_t next = 0;
  for (std::uint32_t w = 0; w < plan.waves.size(); ++w) {
    for (std::uint32_t i = 0; i < plan.waves[w].hosts; ++i, ++next) {
      PlannedHost host;
      host.name = "n" + std::to_string(next);
      host.labels = {{"rack", "r" + std::to_string(next % racks)}, {"feed", "f" + std::to_string(dice.below(feeds))}};
      if (chassis) host.labels["chassis"] = "s" + std::to_string(next / 4);
      if (nics) host.labels["nic"] = "x" + std::to_string((next + 1) / 2);  // across the edge of a chassis
      host.identity.serial = "S" + std::to_string(next);
      host.wave = w;
      for (std::uint32_t c = 0; c < plan.components.size(); ++c) {
        if (c > 0 && dice.in_thousand(200)) continue;
        const bool none = ways_back_missing && dice.in_thousand(150);
        const std::string from = plan.images[plan.components[c].back_image].version;
        host.updates.push_back({c, from, none ? WayBack::none : plan.components[c].way_back});
      }
      plan.hosts.push_back(std::move(host));
    }
  }
  if (chassis) {
    for (std::uint32_t i = 0; i <= next / 4; ++i) plan.domain_limits.push_back({"chassis", "s" + std::to_string(i), 1});
  }
  if (nics) {
    for (std::uint32_t i = 0; i <= (next + 1) / 2; ++i)
      plan.domain_limits.push_back({"nic", "x" + std::to_string(i), 1});
  }
  const auto per_rack = static_cast<int>(dice.between(1, 5));
  for (std::uint32_t i = 0; i < racks; ++i) plan.domain_limits.push_back({"rack", "r" + std::to_string(i), per_rack});
  const auto per_feed = static_cast<int>(dice.between(2, 40));
  if (dice.in_thousand(500)) {
    for (std::uint32_t i = 0; i < feeds; ++i) plan.domain_limits.push_back({"feed", "f" + std::to_string(i), per_feed});
  }
  const int above = dice.in_thousand(500) ? static_cast<int>(dice.between(0, 2)) : -1;
  for (DomainLimit& limit : plan.domain_limits) limit.ceiling = above < 0 ? 0 : limit.most + above;
  plan.global_limit = static_cast<int>(dice.between(3, 80));
  if (dice.in_thousand(300)) {
    for (std::int64_t down = dice.between(1, 4); down > 0; --down) {
      const std::string rack = "r" + std::to_string(dice.below(racks));
      plan.left_out.push_back({"down" + std::to_string(down), {{"rack", rack}}, "unreachable", "", true});
    }
  }
}

void draw_calendar(Dice& dice, ResolvedPlan& plan) {
  if (dice.in_thousand(600)) return;
  Calendar& calendar = plan.calendar;
  calendar.always_open = dice.in_thousand(200);
  const Duration length = dice.between(Duration(hours(4)), Duration(hours(12)));
  const Duration first = dice.between(Duration(0), Duration(hours(20)));
  if (!calendar.always_open) {
    for (int day = -2; day < 120; ++day) {
      const Instant begin = kBegin + first + hours(24) * day;
      calendar.windows.push_back({begin, begin + length, "nightly"});
    }
  }
  for (std::int64_t left = calendar.always_open ? 3 : dice.between(0, 2); left > 0; --left) {
    const Instant begin = kBegin + hours(24) * (4 - left) + dice.between(Duration(0), Duration(hours(10)));
    calendar.freezes.push_back({begin, begin + dice.between(Duration(hours(1)), Duration(hours(9))), "release"});
  }
  calendar.horizon = kBegin + hours(24) * 118;
  if (dice.in_thousand(300)) plan.last_start = dice.between(Duration(minutes(10)), Duration(hours(2)));
}

}  // namespace

void draw_rules(Dice& dice, bool tolerant, ResolvedPlan& plan) {
  plan.checks.stable_for = dice.between(Duration(0), Duration(minutes(10)));
  plan.checks.ready_reads = static_cast<int>(dice.between(1, 4));
  plan.checks.no_component_lost = true;
  plan.checks.health_no_worse = dice.in_thousand(700);
  plan.checks.power_restored = dice.in_thousand(700);
  plan.checks.host_booted = dice.in_thousand(800);
  plan.attempts.upload = static_cast<int>(dice.between(1, 3));
  plan.timeouts.task = dice.between(Duration(minutes(20)), Duration(minutes(60)));
  plan.timeouts.host =
      dice.in_thousand(900) ? Duration(hours(3)) : dice.between(Duration(minutes(50)), Duration(hours(2)));
  plan.timeouts.no_progress = dice.between(Duration(minutes(5)), Duration(minutes(20)));
  plan.roll_back_host = dice.in_thousand(850);
  if (dice.in_thousand(500)) plan.way_back_failures = static_cast<int>(dice.between(1, 4));
  if (!tolerant && dice.in_thousand(500)) plan.wave_failure.failed_hosts = static_cast<int>(dice.between(1, 8));
  if (!tolerant && dice.in_thousand(400))
    plan.wave_failure.failed_share = Share{static_cast<int>(dice.between(5, 50)) * 100};
  plan.wave_failure.min_hosts = static_cast<int>(dice.between(1, 10));
  plan.wave_failure.undo_wave = dice.in_thousand(650);
}

ResolvedPlan draw_plan(Dice& dice, std::uint32_t hosts) {
  ResolvedPlan plan;
  plan.rollout = "spring";
  plan.policy = "production";
  draw_components(dice, plan);
  const bool tolerant = dice.in_thousand(500);  // else few rollouts get past their canary
  draw_waves(dice, hosts, tolerant, plan);
  draw_hosts(dice, plan);
  draw_calendar(dice, plan);
  draw_rules(dice, tolerant, plan);
  return plan;
}

}  // namespace breakwater::simulation
