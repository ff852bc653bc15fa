#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "policies/policy_document.hpp"
#include "policies/rollout_document.hpp"
#include "tests/source_tree.hpp"

namespace breakwater::reading_test {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

Document example(const std::string& name, const std::string& from = "", const std::string& to = "") {
  std::ifstream input(source_tree("schema/examples/good") / name, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
  if (!from.empty()) text.replace(text.find(from), from.size(), to);
  DocumentFile file = parse_documents({name, "/plans", text, false});
  for (const Diagnostic& fault : file.faults) ADD_FAILURE() << to_string(fault);
  return std::move(file.documents.at(0));
}

Result<Rollout, Diagnostics> read_rollout(const Document& document) {
  DocumentFaults faults(document.file);
  Rollout rollout = breakwater::read_rollout(document, faults);
  if (!faults.empty()) return fail(faults.take());
  return rollout;
}

}  // namespace

TEST(PolicyDocument, reads_every_field) {
  const auto policy = read_policy(example("policy.yaml"));
  ASSERT_TRUE(policy) << to_string(policy.error().front());
  ASSERT_EQ(policy->signers.size(), 3U);
  EXPECT_EQ(policy->signers[0].name, "supermicro-psirt");
  EXPECT_EQ(policy->signers[0].key_file, "/plans/keys/smci.pub");
  EXPECT_THAT(policy->signers[0].vendors, ElementsAre("Supermicro"));
  EXPECT_THAT(policy->signers[0].components, ElementsAre("bmc", "bios"));
  EXPECT_THAT(policy->signers[2].components, ElementsAre("*"));
  EXPECT_EQ(policy->require.signers, 2U);
  EXPECT_THAT(policy->require.including, ElementsAre("corp-firmware-qa"));
  ASSERT_EQ(policy->forbidden.size(), 2U);
  EXPECT_EQ(to_hex(policy->forbidden[0].digests.at(0)).substr(0, 4), "5a5a");
  EXPECT_EQ(policy->forbidden[0].component, std::nullopt);
  EXPECT_EQ(policy->forbidden[0].why, "halts in POST with two DIMMs, CASE-4711");
  EXPECT_EQ(policy->forbidden[1].component, ComponentKind::bmc);
  EXPECT_THAT(policy->forbidden[1].versions, ElementsAre("1.07.*"));
  ASSERT_EQ(policy->new_bmc_keys.size(), 1U);
  EXPECT_EQ(to_hex(policy->new_bmc_keys[0]).substr(0, 4), "c0de");
  EXPECT_EQ(policy->ceilings.global, 500);
  EXPECT_EQ(policy->ceilings.per.at("service"), CountOrShare(Share{1'000}));
  EXPECT_EQ(policy->ceilings.stated_at.at("per.rack").line, 15);
  ASSERT_EQ(policy->freezes.size(), 2U);
  EXPECT_EQ(policy->freezes[0].rrule, "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1");
  EXPECT_EQ(policy->freezes[0].duration, "2d");
  EXPECT_EQ(policy->freezes[1].from, "2026-12-31T00:00:00+01:00");
  EXPECT_EQ(policy->gates.at("normal").success_at_least, Share{9'800});
  EXPECT_EQ(policy->gates.at("normal").min_hosts, 20);
  EXPECT_EQ(policy->worst_health, Health::ok);
  EXPECT_EQ(policy->unasked_change, UnaskedChange::failure);
  EXPECT_EQ(policy->file, "/plans/policy.yaml");
}

TEST(RolloutDocument, reads_every_field) {
  const auto rollout = read_rollout(example("rollout.yaml"));
  ASSERT_TRUE(rollout) << to_string(rollout.error().front());
  EXPECT_EQ(rollout->policy, "prod-default");
  EXPECT_EQ(to_string(rollout->targets), "site in (ams2,fra1),role!=db-primary");
  EXPECT_THAT(rollout->vendor_match, ElementsAre("Supermicro"));
  EXPECT_THAT(rollout->model_match, ElementsAre("SYS-121C-*"));
  EXPECT_THAT(rollout->excluded_hosts, ElementsAre("fra1-r07-n07"));
  ASSERT_EQ(rollout->components.size(), 3U);
  EXPECT_EQ(rollout->components[2].select.part_number, "AOC-S25G-m2S");
  EXPECT_THAT(rollout->components[2].after, ElementsAre("bios"));
  EXPECT_TRUE(rollout->components[2].irreversible_acknowledged);
  EXPECT_FALSE(rollout->components[0].irreversible_acknowledged);
  EXPECT_EQ(rollout->components[0].at.line, 11);
  ASSERT_EQ(rollout->waves.size(), 4U);
  EXPECT_EQ(rollout->waves[0].size, CountOrShare(3));
  EXPECT_THAT(rollout->waves[0].spread, ElementsAre("site", "rack", "model"));
  EXPECT_EQ(rollout->waves[1].size, CountOrShare(Share{200}));
  EXPECT_EQ(rollout->waves[1].soak, 12h);
  EXPECT_EQ(rollout->waves[3].gate, "normal");
  EXPECT_EQ(rollout->limits.global, 200);
  ASSERT_TRUE(rollout->schedule);
  EXPECT_EQ(rollout->schedule->time_zone, "Europe/Berlin");
  EXPECT_EQ(rollout->schedule->windows.at(0).duration, "6h");
  EXPECT_EQ(rollout->schedule->freezes.at(0).to, "2026-12-01T00:00:00");
  EXPECT_EQ(rollout->schedule->last_start, Duration(90min));
  EXPECT_EQ(rollout->checks.stable_for, 10min);
  EXPECT_EQ(rollout->checks.ready_reads, 3);
  EXPECT_EQ(rollout->checks.ready_every, 30s);
  EXPECT_TRUE(rollout->checks.no_component_lost && rollout->checks.health_no_worse && rollout->checks.power_restored &&
              rollout->checks.host_booted);
  EXPECT_EQ(rollout->checks.new_critical_most, 0);
  EXPECT_EQ(rollout->attempts.upload, 3);
  EXPECT_EQ(rollout->attempts.backoff_most, 10min);
  EXPECT_EQ(rollout->timeouts.host, 3h);
  EXPECT_EQ(rollout->timeouts.no_progress, 20min);
  EXPECT_TRUE(rollout->roll_back_host);
  EXPECT_EQ(rollout->way_back_failures, 5);
  EXPECT_EQ(rollout->wave_failure.failed_hosts, 2);
  EXPECT_EQ(rollout->wave_failure.failed_share, Share{500});
  EXPECT_EQ(rollout->wave_failure.min_hosts, 20);
  EXPECT_TRUE(rollout->wave_failure.undo_wave);
}

TEST(RolloutDocument, what_is_left_out_has_its_default) {
  const auto rollout = read_rollout(example("rollout-smallest.yaml"));
  ASSERT_TRUE(rollout) << to_string(rollout.error().front());
  EXPECT_FALSE(rollout->schedule);
  EXPECT_FALSE(rollout->limits.global);
  EXPECT_TRUE(rollout->roll_back_host);
  EXPECT_EQ(rollout->way_back_failures, 2);
  EXPECT_FALSE(rollout->wave_failure.failed_hosts);
  EXPECT_EQ(rollout->checks.ready_reads, 3);
  EXPECT_FALSE(rollout->checks.host_booted);
  EXPECT_FALSE(rollout->checks.new_critical_most);
}

TEST(RolloutDocument, an_empty_selector_is_every_host) {
  const auto rollout = read_rollout(example("rollout-every-host.yaml"));
  ASSERT_TRUE(rollout) << to_string(rollout.error().front());
  EXPECT_TRUE(rollout->targets.matches({}));
  EXPECT_TRUE(rollout->targets.matches({{"rack", "r07"}}));
}

TEST(RolloutDocument, a_fault_in_a_selector_names_its_place) {
  const auto rollout = read_rollout(example("rollout-smallest.yaml", "site=fra1", "site in fra1"));
  ASSERT_FALSE(rollout);
  EXPECT_EQ(
      to_string(rollout.error().at(0)),
      "rollout-smallest.yaml:6:23 spec.targets.selector: expected '(' and a list of values, at character 9 of 'site "
      "in fra1'");
}

TEST(RolloutDocument, a_circle_is_named_at_the_component_that_closes_it) {
  const auto rollout = read_rollout(example("rollout.yaml", "after: [bmc]", "after: [nic]"));
  ASSERT_FALSE(rollout);
  EXPECT_THAT(
      to_string(rollout.error().at(0)),
      HasSubstr("rollout.yaml:12:122 spec.components[1].after: goes in a circle: 'bios' would wait for itself"));
}

}  // namespace breakwater::reading_test
