#include "orchestrator/rehearsal/planned_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/rehearsal/rehearsed_plan.hpp"

namespace breakwater::rehearsal::planned_fleet_test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(PlannedFleet, a_power_loss_waits_for_a_flash_in_its_rack) {
  ResolvedPlan plan = rehearsed_plan();
  plan.hosts[5].labels["rack"] = "r9";
  PlannedFleet planned(plan, parse_scenario("power loss of rack r9").value(), 1, kBegin);
  model::ModelFleet& fleet = planned.model();
  const auto flash = [&fleet](std::uint32_t host) {
    model::ModelFleet::Body body;
    body.version = "3.4";
    body.immediate = true;
    fleet.first_byte(host, body);
    fleet.last_byte(host, body);
    fleet.run_to(fleet.now() + seconds(15));
  };
  flash(0);
  EXPECT_EQ(fleet.reach(0), model::Reach::answers);
  flash(5);
  EXPECT_EQ(fleet.reach(5), model::Reach::silent);
  EXPECT_EQ(fleet.reach(0), model::Reach::answers);
}

TEST(PlannedFleet, a_host_is_as_fast_in_every_scenario_and_within_what_is_assumed) {
  const ResolvedPlan plan = rehearsed_plan();
  PlannedFleet good(plan, menu().front(), 3, kBegin);
  PlannedFleet bad(plan, parse_scenario("bricks 5%").value(), 3, kBegin);
  for (std::size_t i = 0; i < plan.hosts.size(); ++i) {
    const model::ModelTimes& times = good.model().hosts[i].times;
    EXPECT_EQ(times.flash, bad.model().hosts[i].times.flash);
    const Duration all = times.upload + times.verify + times.flash + times.boot;
    EXPECT_GE(all, Duration(minutes(13)));  // 34% of 40m
    EXPECT_LE(all, Duration(minutes(33)));  // 81%
  }
}

TEST(PlannedFleet, says_what_it_assumes) {
  const std::vector<std::string> lines = assumptions(rehearsed_plan());
  EXPECT_THAT(lines, testing::Contains("bios: 13m 36s to 32m of 40m"));
}

}  // namespace
}  // namespace breakwater::rehearsal::planned_fleet_test
