// A few seeds under the sanitizers, and that one seed is one run. The thousand are played by simulate/.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/simulation/run.hpp"

namespace breakwater::simulation::simulation_test {
namespace {

class Simulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Simulation, keeps_every_invariant) {
  for (std::uint64_t seed = GetParam(); seed < GetParam() + 5; ++seed) {
    const Report report = play(seed, 30);
    ASSERT_FALSE(report.violation) << "seed " << seed << ": " << report.violation->invariant << ' '
                                   << report.violation->text;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Simulation, testing::Values(1, 6, 11, 16));

/// BMCs change their keys, and operators vouch for these later.
TEST(Simulation, plays_keys_that_wait_for_a_word) {
  const std::set<std::string> words{"key_shown", "trust_key"};
  std::set<std::string> met;
  for (std::uint64_t seed = 1; seed <= 40 && met != words; ++seed) {
    for (const std::string& event : play(seed, 15, true).events) {
      for (const std::string& word : words) {
        if (event.find(word) != std::string::npos) met.insert(word);
      }
    }
  }
  EXPECT_EQ(met, words);
}

TEST(Simulation, a_seed_is_one_run_bit_for_bit) {
  std::set<Sha256> digests;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Report once = play(seed, 30, true);
    const Report again = play(seed, 30, true);
    EXPECT_EQ(to_hex(once.digest), to_hex(again.digest)) << "seed " << seed;
    EXPECT_EQ(once.events, again.events) << "seed " << seed;
    digests.insert(once.digest);
  }
  EXPECT_EQ(digests.size(), 5u);
}

}  // namespace
}  // namespace breakwater::simulation::simulation_test
