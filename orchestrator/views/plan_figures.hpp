#pragma once
// What a plan amounts to, counted: versions, ways back, reboots, how much of a domain may be down. Pure.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "orchestrator/core/plan.hpp"

namespace breakwater::views {

/// One component on one way: so many hosts go from one version to another.
struct VersionStep {
  std::string component;
  std::string from;
  std::string to;
  bool downgrade = false;
  auto operator<=>(const VersionStep&) const = default;
};

/// How one component of so many hosts would be rolled back.
struct BackWay {
  std::string component;
  WayBack way = WayBack::none;
  std::string to;  ///< the version that a reflash brings, or the other bank holds
  auto operator<=>(const BackWay&) const = default;
};

struct Restarts {
  int host_reboots = 0;
  int bmc_resets = 0;
  auto operator<=>(const Restarts&) const = default;
};

/// The most hosts of one domain that can be down at once.
struct DomainWorst {
  std::string value;
  int most = 0;
  int hosts = 0;  ///< of the plan in it
  int limit = 0;
  int down = 0;  ///< before anything is touched
};

/// Hosts that are left out for one reason.
struct LeftOutGroup {
  std::string reason;
  std::string detail;
  std::vector<std::string> hosts;
};

struct PlanFigures {
  std::map<VersionStep, std::size_t> steps;
  std::map<BackWay, std::size_t> ways_back;
  std::map<Restarts, std::size_t> restarts;
  std::map<std::string, std::vector<DomainWorst>> domains;  ///< by label, in order of value
  int down_already = 0;                                     ///< hosts left out that are down
  std::optional<HostIndex> longest_host;                    ///< whose update may take the longest
  std::vector<LeftOutGroup> left_out;                       ///< the largest first
  std::vector<std::vector<std::string>> hosts_per_wave;     ///< names, in the order of their start
};

PlanFigures figures_of(const ResolvedPlan& plan);

}  // namespace breakwater::views
