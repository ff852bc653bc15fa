#include "policies/waves.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace breakwater::waves_test {

using testing::Each;
using testing::ElementsAre;

namespace {

Share percent(int value) {
  return {value * 100};
}

WaveSpec wave(CountOrShare size, std::vector<std::string> spread = {}) {
  WaveSpec spec;
  spec.size = size;
  spec.spread = std::move(spread);
  return spec;
}

/// `racks` racks of `per_rack` hosts, two models in turn.
std::vector<WaveHost> fleet(int racks, int per_rack) {
  std::vector<WaveHost> hosts;
  for (int rack = 0; rack < racks; ++rack) {
    for (int i = 0; i < per_rack; ++i) {
      const std::string name = "r" + std::to_string(rack) + "-n" + std::to_string(i);
      hosts.push_back({name,
                       {{"rack", "r" + std::to_string(rack)}, {"site", rack % 2 == 0 ? "a" : "b"}},
                       i % 2 == 0 ? "m1" : "m2"});
    }
  }
  return hosts;
}

/// How many hosts of the wave each value of a label has.
std::map<std::string, int> domains(const std::vector<WaveHost>& hosts, const std::vector<int>& waves, int which,
                                   const std::string& label) {
  std::map<std::string, int> counts;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (waves[i] == which) ++counts[label == "model" ? hosts[i].model : hosts[i].labels.at(label)];
  }
  return counts;
}

}  // namespace

TEST(WaveSizes, are_those_of_the_documented_example) {
  const std::vector<WaveSpec> waves{wave(3), wave(percent(2)), wave(percent(25)), wave(percent(100))};
  EXPECT_THAT(wave_sizes(4812, waves), ElementsAre(3, 93, 1107, 3609));
}

TEST(WaveSizes, of_few_hosts_still_go_one_by_one) {
  const std::vector<WaveSpec> waves{wave(percent(1)), wave(percent(2)), wave(percent(100))};
  EXPECT_THAT(wave_sizes(10, waves), ElementsAre(1, 1, 8));
  EXPECT_THAT(wave_sizes(2, waves), ElementsAre(1, 1, 0));
  EXPECT_THAT(wave_sizes(1, waves), ElementsAre(1, 0, 0));
  EXPECT_THAT(wave_sizes(0, waves), ElementsAre(0, 0, 0));
  EXPECT_THAT(wave_sizes(5, std::vector{wave(2), wave(2'000'000'000)}), ElementsAre(2, 3));
  EXPECT_THAT(wave_sizes(100, std::vector{wave(50), wave(percent(10)), wave(percent(100))}), ElementsAre(50, 1, 49));
}

TEST(Waves, canaries_stand_in_different_racks_and_models) {
  const auto hosts = fleet(10, 8);
  const std::vector<WaveSpec> waves{wave(4, {"site", "rack", "model"}), wave(percent(100))};
  const auto assigned = assign_waves(hosts, waves, "seed");
  for (const auto& [rack, count] : domains(hosts, assigned, 0, "rack")) EXPECT_EQ(count, 1) << rack;
  EXPECT_THAT(domains(hosts, assigned, 0, "site"), ElementsAre(std::pair("a", 2), std::pair("b", 2)));
  EXPECT_THAT(domains(hosts, assigned, 0, "model"), ElementsAre(std::pair("m1", 2), std::pair("m2", 2)));
}

TEST(Waves, a_host_without_the_label_is_a_domain_of_its_own) {
  std::vector<WaveHost> hosts = fleet(1, 6);
  hosts.push_back({"x", {}, "m1"});
  hosts.push_back({"y", {}, "m1"});
  const auto assigned = assign_waves(hosts, std::vector{wave(3, {"rack"})}, "seed");
  EXPECT_EQ(assigned[6], 0);
  EXPECT_EQ(assigned[7], 0);
}

TEST(Waves, the_seed_decides_and_nothing_else) {
  auto hosts = fleet(10, 8);
  const std::vector<WaveSpec> waves{wave(5, {"rack"}), wave(percent(100))};
  const auto names = [&](const std::string& seed) {
    const auto assigned = assign_waves(hosts, waves, seed);
    std::set<std::string> canaries;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      if (assigned[i] == 0) canaries.insert(hosts[i].name);
    }
    return canaries;
  };
  const auto before = names("one");
  EXPECT_NE(before, names("two"));
  std::reverse(hosts.begin(), hosts.end());
  EXPECT_EQ(before, names("one"));
}

TEST(Waves, hosts_behind_the_last_wave_have_none) {
  const auto hosts = fleet(2, 5);
  const auto assigned = assign_waves(hosts, std::vector{wave(3)}, "");
  EXPECT_EQ(std::count(assigned.begin(), assigned.end(), 0), 3);
  EXPECT_EQ(std::count(assigned.begin(), assigned.end(), kNoWave), 7);
}

/// Properties of any fleet under any waves, from a seed that a failure prints.
TEST(Waves, hold_for_any_fleet) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&random](unsigned n) { return static_cast<int>(random() % n); };
    const auto hosts = fleet(1 + below(12), 1 + below(12));
    std::vector<WaveSpec> waves;
    int points = 0;
    while (points < 9'000 && waves.size() < 6) {
      points += 1 + below(4'000);
      const std::vector<std::string> spread =
          below(2) == 0 ? std::vector<std::string>{"rack", "model"} : std::vector<std::string>{};
      waves.push_back(below(3) == 0 ? wave(1 + below(5), spread) : wave(Share{std::min(points, 9'999)}, spread));
    }
    waves.push_back(wave(percent(100)));
    const auto assigned = assign_waves(hosts, waves, std::to_string(seed));
    ASSERT_EQ(assigned.size(), hosts.size()) << "seed " << seed;
    const auto sizes = wave_sizes(static_cast<int>(hosts.size()), waves);
    int left = static_cast<int>(hosts.size());
    for (std::size_t i = 0; i < waves.size(); ++i) {
      const auto in_wave = std::count(assigned.begin(), assigned.end(), static_cast<int>(i));
      EXPECT_EQ(in_wave, sizes[i]) << "seed " << seed;
      if (left > 0) {
        EXPECT_GT(in_wave, 0) << "an empty wave while hosts are left, seed " << seed;
      }
      left -= sizes[i];
    }
    EXPECT_EQ(left, 0) << "seed " << seed;
    EXPECT_THAT(assigned, Each(testing::Ge(0))) << "seed " << seed;
  }
}

TEST(Waves, spread_keeps_racks_within_one_host_of_each_other) {
  const auto hosts = fleet(7, 9);
  const auto assigned = assign_waves(hosts, std::vector{wave(percent(50), {"rack"}), wave(percent(100))}, "s");
  int least = 100, most = 0;
  for (const auto& [rack, count] : domains(hosts, assigned, 0, "rack")) {
    least = std::min(least, count);
    most = std::max(most, count);
  }
  EXPECT_LE(most - least, 1);
}

TEST(Waves, a_large_fleet_is_cut_quickly) {
  const auto hosts = fleet(250, 20);
  const auto assigned =
      assign_waves(hosts, std::vector{wave(percent(25), {"site", "rack", "model"}), wave(percent(100))}, "s");
  EXPECT_EQ(std::count(assigned.begin(), assigned.end(), 0), 1'250);
}

}  // namespace breakwater::waves_test
