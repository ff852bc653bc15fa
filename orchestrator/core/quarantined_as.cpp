#include "orchestrator/core/quarantined_as.hpp"

#include <algorithm>

namespace breakwater {
namespace {

const PlannedHost& planned(const Fleet& fleet, const Quarantine& one) {
  return fleet.find(one.rollout)->plan->hosts[one.index];
}

/// What the newest plan that speaks of this host says of it; both empty where none does.
struct Spoken {
  const PlannedHost* planned = nullptr;
  const LeftOut* left_out = nullptr;
};
Spoken newest_of(const Fleet& fleet, const std::string& host) {
  for (auto run = fleet.rollouts().rbegin(); run != fleet.rollouts().rend(); ++run) {
    const ResolvedPlan& plan = *run->second.plan;
    for (const PlannedHost& one : plan.hosts) {
      if (one.name == host) return {&one, nullptr};
    }
    for (const LeftOut& one : plan.left_out) {
      if (one.host == host) return {nullptr, &one};
    }
  }
  return {};
}

}  // namespace

std::string half_alike(const Fleet& fleet, const PlannedHost& host, const Quarantine& kept) {
  if (kept.machine == machine_of(host)) return {};
  const std::vector<std::string> there = halves_of(planned(fleet, kept).identity);
  for (std::string& half : halves_of(host.identity)) {
    if (fleet.tells(half) && std::find(there.begin(), there.end(), half) != there.end()) return std::move(half);
  }
  return {};
}

std::string told_as(const Fleet& fleet, const PlannedHost& host, const Quarantine& kept) {
  const std::string name = kept.host == host.name ? std::string() : " as " + kept.host;
  const std::string half = half_alike(fleet, host, kept);
  return name + (half.empty() ? "" : ", which reported the same " + half);
}

std::string first_for(const HostTrip& trip) {
  if (trip.first_cause == Cause::none) return {};
  if (trip.first_cause == trip.cause && trip.first_detail == trip.detail) return {};
  const std::string detail = trip.first_detail.empty() ? "" : ": " + trip.first_detail;
  return "; first quarantined for " + std::string(to_string(trip.first_cause)) + detail;
}

std::vector<KeptBy> kept_by(const Fleet& fleet, const std::string& host) {
  std::vector<KeptBy> kept;
  const Spoken spoken = newest_of(fleet, host);
  const std::string as = spoken.left_out ? spoken.left_out->kept_as : std::string();
  const bool whole = spoken.left_out && spoken.left_out->kept_whole;
  for (const auto& [name, one] : fleet.quarantines()) {
    const bool same = spoken.planned && one.machine == machine_of(*spoken.planned);
    std::string alike = spoken.planned && !same ? half_alike(fleet, *spoken.planned, one) : std::string();
    const bool sure = name == host || same || (whole && name == as);
    if (sure) alike.clear();
    if (sure || name == as || !alike.empty()) kept.push_back({&one, sure, std::move(alike)});
  }
  return kept;
}

std::map<std::string, std::set<std::string>> other_names(const Fleet& fleet) {
  std::map<std::string, std::set<std::string>> names;
  if (fleet.quarantines().empty()) return names;
  for (const auto& [id, run] : fleet.rollouts()) {
    for (const PlannedHost& host : run.plan->hosts) {
      const Quarantine* kept = fleet.quarantine_of(host);
      if (kept && kept->host != host.name) names[kept->host].insert(host.name);
    }
    for (const LeftOut& host : run.plan->left_out) {
      if (!host.kept_as.empty()) names[host.kept_as].insert(host.host);
    }
  }
  return names;
}

}  // namespace breakwater
