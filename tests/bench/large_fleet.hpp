#pragma once
// A rollout of three components over a modelled fleet of any size, for benchmarks of the loop.
#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "orchestrator/crews/model/model_crew.hpp"
#include "orchestrator/crews/model/model_of.hpp"
#include "orchestrator/journal/store.hpp"

namespace breakwater {

inline constexpr Instant kBegin{Duration{1'795'305'600'000}};
inline constexpr std::uint32_t kComponents = 3;
inline constexpr std::uint32_t kHostsARack = 40;
// Room for as many in a fleet of 1,000 hosts as in one of 100,000: what is compared is the fleet's size.
inline constexpr int kAwayARack = 20;
inline constexpr int kInFlight = 500;
/// One host in so many lies about its flash, and is rolled back.
inline constexpr std::uint32_t kOneLies = 200;

template <class T>
T demand(Result<T, journal::StoreFault> done) {
  if (!done) throw std::runtime_error(done.error().message);
  return std::move(*done);
}

inline void demand(const Result<void, journal::StoreFault>& done) {
  if (!done) throw std::runtime_error(done.error().message);
}

inline PlannedImage image(const std::string& name, const std::string& version) {
  PlannedImage made;
  made.release.name = name;
  made.version = version;
  made.reported_as = {version};
  made.image.name = name + ".bin";
  made.image.size = 1024;
  return made;
}

inline void add_components(ResolvedPlan& plan) {
  for (std::uint32_t i = 0; i < kComponents; ++i) {
    const std::string id = "component-" + std::to_string(i);
    plan.images.push_back(image(id + "-new", "3." + std::to_string(i)));
    plan.images.push_back(image(id + "-old", "1." + std::to_string(i)));
    PlannedComponent one;
    one.id = id;
    one.select.software_id = id;
    one.image = 2 * i;
    one.back_image = 2 * i + 1;
    one.activate_by = i == 0 ? ActivateBy::bmc_reset : ActivateBy::host_reboot;
    one.most = std::chrono::minutes(30);
    one.back_most = std::chrono::minutes(30);
    one.way_back = WayBack::reflash;
    plan.components.push_back(std::move(one));
  }
}

/// A canary of a hundredth, a tenth, the rest; half of a rack at once, and 500 hosts in all.
inline ResolvedPlan make_plan(std::uint32_t hosts) {
  ResolvedPlan plan;
  plan.rollout = "spring";
  plan.policy = "production";
  add_components(plan);
  const std::uint32_t sizes[] = {hosts / 100, hosts / 10, hosts - hosts / 100 - hosts / 10};
  std::uint32_t next = 0;
  for (std::uint32_t w = 0; w < std::size(sizes); ++w) {
    plan.waves.push_back({"wave-" + std::to_string(w), sizes[w], std::chrono::hours(1), "most", Gate{Share{9'000}, 1}});
    for (std::uint32_t i = 0; i < sizes[w]; ++i, ++next) {
      PlannedHost host;
      host.name = "node-" + std::to_string(next);
      host.labels = {{"rack", "rack-" + std::to_string(next / kHostsARack)}, {"site", "east"}};
      host.identity.serial = "S" + std::to_string(next);
      host.wave = w;
      for (std::uint32_t c = 0; c < kComponents; ++c) {
        host.updates.push_back({c, plan.images[plan.components[c].back_image].version, WayBack::reflash});
      }
      plan.hosts.push_back(std::move(host));
    }
  }
  for (std::uint32_t i = 0; i <= next / kHostsARack; ++i) {
    plan.domain_limits.push_back({"rack", "rack-" + std::to_string(i), kAwayARack});
  }
  plan.global_limit = kInFlight;
  plan.timeouts.host = std::chrono::hours(12);
  return plan;
}

inline model::ModelFleet make_fleet(const ResolvedPlan& plan, Instant begin = kBegin) {
  model::Dice dice(1);
  model::ModelFleet fleet(begin, dice.fork());
  for (const PlannedHost& planned : plan.hosts) {
    model::ModelHost host = model::model_of(plan, planned);
    for (Duration* one : {&host.times.upload, &host.times.verify, &host.times.flash, &host.times.boot}) {
      *one = *one * dice.between(80, 140) / 100;
    }
    if (dice.below(kOneLies) == 0) host.faults.flash = model::Faults::Flash::lies;
    fleet.hosts.push_back(std::move(host));
  }
  return fleet;
}

}  // namespace breakwater
