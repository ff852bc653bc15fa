#include "policies/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace breakwater::limits_test {

using testing::ElementsAre;
using testing::HasSubstr;

namespace {

Limits limits(std::optional<int> global, std::map<std::string, CountOrShare> per, const std::string& file) {
  Limits made;
  made.global = global;
  made.per = std::move(per);
  int line = 10;
  if (global) made.stated_at["global"] = {file, line, 3};
  for (const auto& [label, limit] : made.per) made.stated_at["per." + label] = {file, ++line, 3};
  return made;
}

std::vector<std::string> faults(const Limits& ceilings, const Limits& own) {
  const auto merged = merge_limits(ceilings, own);
  std::vector<std::string> lines;
  if (merged) return lines;
  for (const Diagnostic& fault : merged.error()) lines.push_back(to_string(fault));
  return lines;
}

}  // namespace

TEST(Limits, say_how_many_hosts_of_a_whole) {
  EXPECT_EQ(resolve_count(7, 3), 7);
  EXPECT_EQ(resolve_count(Share{500}, 100), 5);
  EXPECT_EQ(resolve_count(Share{500}, 119), 5);
  EXPECT_EQ(resolve_count(Share{500}, 3), 1);
  EXPECT_EQ(resolve_count(Share{10'000}, 2'000'000), 2'000'000);
}

TEST(Limits, print_as_they_are_written) {
  for (const auto& [value, text] : std::vector<std::pair<CountOrShare, std::string>>{
           {3, "3"}, {Share{500}, "5%"}, {Share{250}, "2.5%"}, {Share{1}, "0.01%"}, {Share{10'000}, "100%"}}) {
    EXPECT_EQ(to_string(value), text);
  }
}

TEST(Limits, without_a_word_are_twenty_hosts_and_one_a_rack) {
  const auto merged = merge_limits({}, {});
  ASSERT_TRUE(merged);
  EXPECT_EQ(merged->global, 20);
  EXPECT_EQ(merged->per.at("rack"), CountOrShare(1));
}

/// The Policy's ceilings say how far a Rollout may go, and not how far one goes that says nothing.
TEST(Limits, ceilings_are_not_taken_for_what_a_rollout_did_not_say) {
  const auto merged = merge_limits(limits(500, {{"rack", 4}, {"service", Share{1'000}}}, "policy.yaml"),
                                   limits({}, {}, "rollout.yaml"));
  ASSERT_TRUE(merged);
  EXPECT_EQ(merged->global, 20);
  EXPECT_EQ(merged->per.at("rack"), CountOrShare(1));
  EXPECT_EQ(merged->per.at("service"), CountOrShare(Share{1'000})) << "no default: the ceiling binds";
  EXPECT_EQ(merge_limits(limits(5, {}, "policy.yaml"), {})->global, 5) << "tighter than the default";
}

TEST(Limits, a_rollout_tightens) {
  const auto merged = merge_limits(limits(500, {{"rack", 2}, {"service", Share{1'000}}}, "policy.yaml"),
                                   limits(200, {{"rack", 2}, {"service", Share{500}}, {"row", 9}}, "rollout.yaml"));
  ASSERT_TRUE(merged);
  EXPECT_EQ(merged->global, 200);
  EXPECT_EQ(merged->per.at("rack"), CountOrShare(2));
  EXPECT_EQ(merged->per.at("service"), CountOrShare(Share{500}));
  EXPECT_EQ(merged->per.at("row"), CountOrShare(9));
  EXPECT_EQ(merged->stated_at.at("per.rack").file, "rollout.yaml");
  EXPECT_EQ(merged->stated_at.at("per.service").file, "rollout.yaml");
}

TEST(Limits, a_rollout_cannot_loosen) {
  EXPECT_THAT(
      faults(limits(100, {{"rack", 2}, {"service", Share{500}}}, "policy.yaml"),
             limits(101, {{"rack", 3}, {"service", Share{501}}}, "rollout.yaml")),
      ElementsAre("rollout.yaml:10:3 spec.limits.global: 101 is looser than the Policy's 100 (policy.yaml:10)",
                  "rollout.yaml:11:3 spec.limits.per.rack: 3 is looser than the Policy's 2 (policy.yaml:11)",
                  "rollout.yaml:12:3 spec.limits.per.service: 5.01% is looser than the Policy's 5% (policy.yaml:12)"));
}

TEST(Limits, in_another_unit_cannot_be_held_against_the_ceiling) {
  EXPECT_THAT(faults(limits({}, {{"rack", Share{500}}}, "policy.yaml"), limits({}, {{"rack", 1}}, "rollout.yaml")),
              ElementsAre(HasSubstr("1 cannot be held against the Policy's 5%")));
}

}  // namespace breakwater::limits_test
