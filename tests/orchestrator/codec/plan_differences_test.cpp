#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/codec/plan_json.hpp"
#include "tests/orchestrator/codec/samples.hpp"

namespace breakwater::codec::plan_differences_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t kMost = 8;

TEST(PlanDifferences, the_same_plan_has_none) {
  EXPECT_THAT(differences(full_plan(), full_plan(), kMost), IsEmpty());
}

TEST(PlanDifferences, each_is_named_by_its_place_with_both_values) {
  ResolvedPlan file = full_plan();
  file.require.signers = 1;
  file.waves[0].gate.success_at_least = Share{1};
  file.hosts[1].updates[0].from_version = "3.1";
  file.checks.power_restored = false;
  EXPECT_THAT(
      differences(file, full_plan(), kMost),
      ElementsAre("checks.power_restored: the file has nothing, the documents make true",
                  "hosts[fra1-r07-n01].updates[0].from_version: the file has \"3.1\", the documents make \"3.2\"",
                  "require.signers: the file has nothing, the documents make 2",
                  "waves[canary].gate.success_at_least: the file has 1, the documents make 9500"));
}

TEST(PlanDifferences, a_list_with_more_less_or_another_order_differs) {
  ResolvedPlan file = full_plan();
  std::swap(file.hosts[0], file.hosts[1]);
  EXPECT_THAT(differences(file, full_plan(), kMost), ElementsAre("hosts: the file has them in another order"));
  file.hosts.pop_back();
  EXPECT_THAT(differences(file, full_plan(), kMost),
              ElementsAre("hosts[fra1-r07-n00]: the file has nothing, the documents make another value"));
  file = full_plan();
  file.images[0].signers = {"vendor"};
  EXPECT_THAT(differences(file, full_plan(), kMost),
              ElementsAre("images[0].signers[1]: the file has nothing, the documents make \"site\""));
  file = full_plan();
  file.hosts.push_back(file.hosts[0]);
  EXPECT_THAT(differences(file, full_plan(), kMost), SizeIs(1)) << "a name that stands twice hides nothing";
}

TEST(PlanDifferences, no_more_lines_are_made_than_somebody_reads) {
  ResolvedPlan file = full_plan();
  file.checks = Checks();
  EXPECT_THAT(differences(file, full_plan(), 2),
              ElementsAre("checks: the file has nothing, the documents make another value"));
  file.checks.stable_for = Duration(1);
  const auto lines = differences(file, full_plan(), 2);
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_EQ(lines.back(), "and 6 more");
}

}  // namespace
}  // namespace breakwater::codec::plan_differences_test
