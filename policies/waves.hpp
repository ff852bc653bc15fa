#pragma once
// Which host goes in which wave. Pure and deterministic: the same hosts, waves and seed make the same canaries.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/hosts/host.hpp"
#include "policies/rollout.hpp"

namespace breakwater {

/// What waves go by.
struct WaveHost {
  std::string name;
  Labels labels;
  std::string model;  ///< as the BMC reports it; `spread: [model]` picks across it
};

constexpr int kNoWave = -1;  ///< the waves end before they reach this host

/// For each host the index of its wave. A share is of all `hosts`, rounded down, and reaches at least one host further
/// than the waves before; an integer takes so many new hosts. A wave is empty only where no host is left. `spread`
/// takes each next host from where the wave has the fewest; without it, and among equals, the seed decides.
std::vector<int> assign_waves(std::span<const WaveHost> hosts, std::span<const WaveSpec> waves, std::string_view seed);

/// How many hosts are in each wave when there are `hosts` of them.
std::vector<int> wave_sizes(int hosts, std::span<const WaveSpec> waves);

}  // namespace breakwater
