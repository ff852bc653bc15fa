#include "policies/waves.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

namespace breakwater {
namespace {

/// FNV-1a over the bytes, then a finishing mix, so that names which differ in their last digit land far apart.
std::uint64_t hash(std::string_view seed, std::string_view name) {
  std::uint64_t state = 0xCBF29CE484222325U;
  const auto eat = [&state](unsigned char byte) { state = (state ^ byte) * 0x100000001B3U; };
  for (const char c : seed) eat(static_cast<unsigned char>(c));
  eat(0);
  for (const char c : name) eat(static_cast<unsigned char>(c));
  state = (state ^ (state >> 33U)) * 0xFF51AFD7ED558CCDU;
  state = (state ^ (state >> 33U)) * 0xC4CEB9FE1A85EC53U;
  return state ^ (state >> 33U);
}

/// The hosts in the order that the seed gives them.
std::vector<std::size_t> shuffled(std::span<const WaveHost> hosts, std::string_view seed) {
  std::vector<std::pair<std::uint64_t, std::size_t>> keyed;
  for (std::size_t i = 0; i < hosts.size(); ++i) keyed.emplace_back(hash(seed, hosts[i].name), i);
  std::sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    return std::tie(a.first, hosts[a.second].name) < std::tie(b.first, hosts[b.second].name);
  });
  std::vector<std::size_t> order;
  for (const auto& [key, index] : keyed) order.push_back(index);
  return order;
}

std::string domain_of(const WaveHost& host, const std::string& label) {
  if (label == "model") return host.model;
  const auto found = host.labels.find(label);
  // A host without the label is a domain of its own.
  return found == host.labels.end() ? "\n" + host.name : found->second;
}

/// Hosts that are alike in every label of the spread; `next` is the first that is not taken.
struct Bucket {
  std::vector<std::size_t> domains;  ///< one for each label: index into the counts of that label
  std::vector<std::size_t> members;  ///< places in the seed's order, rising
  std::size_t next = 0;
};

/// Picks hosts of one wave so that its fullest domains stay as empty as can be.
class Spreader {
 public:
  Spreader(std::span<const WaveHost> hosts, const std::vector<std::size_t>& order,
           const std::vector<std::string>& spread)
      : counts_(spread.size()) {
    std::vector<std::map<std::string, std::size_t>> numbers(spread.size());
    std::map<std::vector<std::size_t>, std::size_t> index;
    for (std::size_t place = 0; place < order.size(); ++place) {
      std::vector<std::size_t> domains;
      for (std::size_t label = 0; label < spread.size(); ++label) {
        auto& known = numbers[label];
        domains.push_back(known.try_emplace(domain_of(hosts[order[place]], spread[label]), known.size()).first->second);
      }
      const auto [at, fresh] = index.try_emplace(domains, buckets_.size());
      if (fresh) buckets_.push_back({std::move(domains), {}, 0});
      buckets_[at->second].members.push_back(place);
    }
    for (std::size_t label = 0; label < spread.size(); ++label) counts_[label].assign(numbers[label].size(), 0);
  }

  /// The place of the next host in the seed's order. There must be one.
  std::size_t take() {
    Bucket* best = nullptr;
    std::pair<int, int> best_load;
    for (Bucket& bucket : buckets_) {
      if (bucket.next == bucket.members.size()) continue;
      const std::pair<int, int> load = load_of(bucket);
      const bool earlier = best != nullptr && bucket.members[bucket.next] < best->members[best->next];
      if (best == nullptr || load < best_load || (load == best_load && earlier)) {
        best = &bucket;
        best_load = load;
      }
    }
    for (std::size_t label = 0; label < counts_.size(); ++label) ++counts_[label][best->domains[label]];
    return best->members[best->next++];
  }

 private:
  /// The fullest of the bucket's domains, then all of them together.
  std::pair<int, int> load_of(const Bucket& bucket) const {
    std::pair<int, int> load{0, 0};
    for (std::size_t label = 0; label < counts_.size(); ++label) {
      const int count = counts_[label][bucket.domains[label]];
      load.first = std::max(load.first, count);
      load.second += count;
    }
    return load;
  }

  std::vector<Bucket> buckets_;
  std::vector<std::vector<int>> counts_;  ///< by label and domain: hosts picked
};

}  // namespace

std::vector<int> wave_sizes(int hosts, std::span<const WaveSpec> waves) {
  std::vector<int> sizes;
  int taken = 0;
  for (const WaveSpec& wave : waves) {
    int reach = taken;
    if (const int* count = std::get_if<int>(&wave.size)) {
      reach = *count >= hosts - taken ? hosts : taken + *count;
    } else {
      const auto share = std::int64_t{hosts} * std::get<Share>(wave.size).basis_points / 10'000;
      reach = std::min(std::max(static_cast<int>(share), taken + 1), hosts);
    }
    sizes.push_back(reach - taken);
    taken = reach;
  }
  return sizes;
}

std::vector<int> assign_waves(std::span<const WaveHost> hosts, std::span<const WaveSpec> waves, std::string_view seed) {
  std::vector<int> assigned(hosts.size(), kNoWave);
  std::vector<std::size_t> left = shuffled(hosts, seed);
  const std::vector<int> sizes = wave_sizes(static_cast<int>(hosts.size()), waves);
  for (std::size_t wave = 0; wave < waves.size(); ++wave) {
    const auto size = static_cast<std::size_t>(sizes[wave]);
    // Where the wave takes whoever is left, there is nothing to choose.
    const bool choose = size < left.size() && !waves[wave].spread.empty();
    if (choose) {
      Spreader spreader(hosts, left, waves[wave].spread);
      for (std::size_t i = 0; i < size; ++i) assigned[left[spreader.take()]] = static_cast<int>(wave);
    } else {
      for (std::size_t i = 0; i < size; ++i) assigned[left[i]] = static_cast<int>(wave);
    }
    std::erase_if(left, [&](std::size_t host) { return assigned[host] != kNoWave; });
  }
  return assigned;
}

}  // namespace breakwater
