#include "policies/gates.hpp"

#include <gtest/gtest.h>

namespace breakwater::gates_test {
namespace {

TEST(Gates, a_gate_follows_its_table) {
  struct Row {
    const char* name;
    WaveCounts counts;
    Gate gate;
    bool passes;
  };
  const Row kRows[] = {
      {"every host is well", {4, 0, 0}, {Share{10'000}, 1}, true},
      {"one of four failed", {3, 1, 0}, {Share{10'000}, 1}, false},
      {"the share is reached to the point", {3, 1, 0}, {Share{7'500}, 1}, true},
      {"the share is missed by a point", {3, 1, 0}, {Share{7'501}, 1}, false},
      {"a share is rounded down", {2, 1, 0}, {Share{6'667}, 1}, false},
      {"enough hosts", {3, 0, 0}, {Share{0}, 3}, true},
      {"too few hosts, all of them well", {2, 0, 0}, {Share{0}, 3}, false},
      {"every host was taken out", {0, 0, 0}, {Share{10'000}, 0}, true},
  };
  for (const Row& row : kRows) {
    const GateVerdict verdict = judge_gate(row.gate, "strict", row.counts).verdict;
    EXPECT_EQ(verdict, row.passes ? GateVerdict::pass : GateVerdict::fail) << row.name;
  }
}

TEST(Gates, a_gate_that_passes_only_on_the_word_of_hosts_that_nobody_read_is_held) {
  const auto verdict = [](int good, int failed, int unseen, int share) {
    return judge_gate({Share{share}, 1}, "strict", {good, failed, 0, 0, unseen});
  };
  EXPECT_EQ(verdict(4, 0, 1, 10'000).verdict, GateVerdict::hold);
  EXPECT_EQ(verdict(4, 0, 1, 10'000).reason, "1 of 4 hosts gave no evidence at the end of the soak");
  EXPECT_EQ(verdict(99, 1, 1, 9'000).verdict, GateVerdict::hold)
      << "a host that is silent now may be the first of many";
  EXPECT_EQ(verdict(3, 1, 3, 10'000).verdict, GateVerdict::fail) << "whatever they are";
  EXPECT_EQ(verdict(4, 0, 0, 10'000).verdict, GateVerdict::pass);
}

TEST(Gates, a_result_says_its_figures) {
  EXPECT_EQ(judge_gate({Share{9'950}, 2}, "strict", {3, 1, 0}).reason,
            "3 of 4 hosts are well, gate strict asks for 99.5% of at least 2");
  EXPECT_EQ(judge_gate({Share{9'950}, 2}, "strict", {.good = 3, .drifted = 2}).reason,
            "3 of 3 hosts are well, without 2 that drifted (no evidence), gate strict asks for 99.5% of at least 2");
}

TEST(Gates, drift_is_no_evidence) {
  EXPECT_EQ(judge_gate({Share{0}, 1}, "lax", {.drifted = 9}).verdict, GateVerdict::fail);
  EXPECT_EQ(wave_failure({}, {Share{0}, 2}, "lax", {.good = 1, .drifted = 9}),
            "1 hosts are left in it, without 9 that drifted (no evidence), gate lax asks for 2");
  EXPECT_FALSE(failed_by_touch({}, {Share{10'000}, 2}, {.good = 1, .drifted = 9}));
}

struct FailureRow {
  const char* name;
  WaveCounts counts;
  std::optional<int> failed_hosts;
  std::optional<Share> failed_share;
  int min_hosts;
  Gate gate;
  bool fails;
};

TEST(Gates, a_wave_fails_by_its_table) {
  const FailureRow kRows[] = {
      {"nothing failed", {3, 0, 0}, 1, Share{0}, 1, {Share{10'000}, 1}, false},
      {"hosts below", {0, 1, 0}, 2, {}, 1, {Share{0}, 1}, false},
      {"hosts reached", {0, 2, 0}, 2, {}, 1, {Share{0}, 1}, true},
      {"share below", {8, 1, 0}, {}, Share{2'000}, 1, {Share{0}, 1}, false},
      {"share reached", {4, 1, 0}, {}, Share{2'000}, 1, {Share{0}, 1}, true},
      {"share too early", {1, 1, 0}, {}, Share{2'000}, 5, {Share{0}, 1}, false},
      {"gate still reachable", {0, 1, 9}, {}, {}, 1, {Share{9'000}, 1}, false},
      {"gate out of reach", {0, 2, 8}, {}, {}, 1, {Share{9'000}, 1}, true},
      {"gate out of reach of those whom no operator took out", {0, 1, 8}, {}, {}, 1, {Share{9'000}, 1}, true},
      {"enough hosts are left", {2, 0, 1}, {}, {}, 1, {Share{0}, 3}, false},
      {"too few are left, though none failed", {2, 0, 0}, {}, {}, 1, {Share{0}, 3}, true},
  };
  for (const FailureRow& row : kRows) {
    WaveFailure limits;
    limits.failed_hosts = row.failed_hosts;
    limits.failed_share = row.failed_share;
    limits.min_hosts = row.min_hosts;
    EXPECT_EQ(wave_failure(limits, row.gate, "strict", row.counts).has_value(), row.fails) << row.name;
  }
}

/// A wave that failed already could not pass its gate, whatever its other hosts do.
TEST(Gates, a_wave_that_its_gate_fails_could_not_have_passed) {
  for (int good = 0; good <= 4; ++good) {
    for (int failed = 0; failed <= 4; ++failed) {
      for (int to_go = 0; to_go <= 3; ++to_go) {
        for (const int share : {0, 5'000, 9'000, 10'000}) {
          const Gate gate{Share{share}, 3};
          if (!wave_failure({}, gate, "strict", {good, failed, to_go})) continue;
          EXPECT_EQ(judge_gate(gate, "strict", {good + to_go, failed, 0}).verdict, GateVerdict::fail)
              << good << " good, " << failed << " failed, " << to_go << " to go, share " << share;
        }
      }
    }
  }
}

TEST(Gates, only_hosts_that_were_touched_speak_against_the_image) {
  const FailureRow kRows[] = {
      {"nothing failed", {3, 0, 0, 0}, 1, {}, 1, {Share{10'000}, 1}, false},
      {"refused only", {3, 1, 0, 1}, 1, Share{1}, 1, {Share{10'000}, 1}, false},
      {"touched", {3, 1, 0, 0}, {}, {}, 1, {Share{10'000}, 1}, true},
      {"the limit is reached only with those refused", {3, 2, 0, 1}, 2, {}, 1, {Share{0}, 1}, false},
      {"the limit is reached without them", {3, 3, 0, 1}, 2, {}, 1, {Share{0}, 1}, true},
      {"the share is of those that were touched", {3, 5, 0, 4}, {}, Share{3'000}, 1, {Share{0}, 1}, false},
      {"and reached among them", {3, 5, 0, 4}, {}, Share{2'500}, 1, {Share{0}, 1}, true},
      {"the gate is still in reach of them", {9, 5, 0, 4}, {}, {}, 1, {Share{9'000}, 1}, false},
      {"too few hosts are no failure of the image", {1, 0, 0, 0}, {}, {}, 1, {Share{0}, 3}, false},
  };
  for (const FailureRow& row : kRows) {
    WaveFailure limits;
    limits.failed_hosts = row.failed_hosts;
    limits.failed_share = row.failed_share;
    limits.min_hosts = row.min_hosts;
    EXPECT_EQ(failed_by_touch(limits, row.gate, row.counts), row.fails) << row.name;
  }
}

TEST(Gates, a_failure_names_the_limit_that_it_reached) {
  const WaveCounts counts{2, 2, 6};
  WaveFailure limits;
  EXPECT_EQ(wave_failure(limits, {Share{9'000}, 1}, "strict", counts),
            "2 of 4 completed hosts failed, gate strict (90%) cannot be reached any more");
  limits.failed_share = Share{2'500};
  EXPECT_EQ(wave_failure(limits, {Share{9'000}, 1}, "strict", counts),
            "2 of 4 completed hosts failed, the limit is 25%");
  limits.failed_hosts = 2;
  EXPECT_EQ(wave_failure(limits, {Share{9'000}, 1}, "strict", counts), "2 of 4 completed hosts failed, the limit is 2");
  EXPECT_EQ(wave_failure(limits, {Share{0}, 20}, "strict", counts), "10 hosts are left in it, gate strict asks for 20");
}

}  // namespace
}  // namespace breakwater::gates_test
