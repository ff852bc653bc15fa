// How long a host may need: every phase counts, and the sum is what windows are asked for.
#include "orchestrator/core/trip_time.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::trip_time_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::string text(const TripParts& parts) {
  std::string words;
  for (const TripPart& part : parts) words += std::string(part.what) + ' ' + to_string(part.most) + ", ";
  return words;
}

struct TripTime : testing::Test {
  TripTime() {
    plan.timeouts = Timeouts();
    plan.checks.stable_for = minutes(10);
  }
  ResolvedPlan plan = plan_of({.waves = {1}, .updates = 2});
  PlannedHost& host = plan.hosts[0];
};

TEST_F(TripTime, every_phase_of_an_update_counts) {
  EXPECT_EQ(text(update_parts(plan, host)),
            "first look 30s, BMC return 1h, upload 1h, task 2h, quiet wait 150m, activation 40m, host return 90m, "
            "stableFor 20m, ");
  plan.attempts.upload = 3;
  EXPECT_THAT(text(update_parts(plan, host)), testing::HasSubstr("upload 3h, task 6h, back-off 40m, "));
}

TEST_F(TripTime, the_hosts_own_deadline_bounds_it_and_the_stable_time_is_finished_after) {
  EXPECT_EQ(update_time(plan, host), hours(3) + minutes(10));
  plan.timeouts.host = hours(24);
  EXPECT_EQ(update_time(plan, host), sum_of(update_parts(plan, host)));
  plan.timeouts.host = minutes(1);
  EXPECT_EQ(update_time(plan, host), activation_time(plan, host.updates[0], true)) << "no less than one activation";
}

TEST_F(TripTime, an_activation_needs_its_proof_too) {
  EXPECT_EQ(text(activation_parts(plan, host.updates[0])), "activation 20m, host return 45m, stableFor 10m, ");
  EXPECT_EQ(activation_time(plan, host.updates[0], true), minutes(75 + 30)) << "the upload that activates";
  plan.components[0].most = hours(10);
  EXPECT_EQ(longest_run(plan, plan.components[0], false), minutes(60 + 45)) << "the time-outs end it";
  plan.components[0].activate_by = ActivateBy::bmc_reset;
  EXPECT_EQ(longest_run(plan, plan.components[0], false), minutes(60 + 15));
}

TEST_F(TripTime, a_way_back_is_there_for_all_components_or_for_none) {
  EXPECT_EQ(text(way_back_parts(plan, host)),
            "quiet waits 450m, upload 1h, task 2h, activation 50m, host return 45m, stableFor 10m, ");
  host.updates[1].way_back = WayBack::none;
  EXPECT_TRUE(way_back_parts(plan, host).empty());
}

TEST_F(TripTime, an_activation_may_be_asked_for_until_its_window_has_no_room_for_it) {
  const PlannedUpdate& update = host.updates[0];
  const Now now{kBegin + hours(8), kBegin};
  EXPECT_FALSE(last_activation(plan, update, false, now)) << "nothing ever closes";
  plan.calendar = {.always_open = false,
                   .windows = {{kBegin - hours(1), kBegin + hours(2), "night"}},
                   .freezes = {},
                   .horizon = kBegin + hours(100)};
  EXPECT_EQ(last_activation(plan, update, false, now), now.steady + hours(2) - minutes(75)) << "on the steady clock";
  plan.calendar.freezes = {{kBegin + hours(1), kBegin + hours(4), "freeze"}};
  EXPECT_EQ(last_activation(plan, update, false, now), now.steady + hours(1) - minutes(75));
  EXPECT_LT(last_activation(plan, update, false, {kBegin, kBegin + hours(3)}), kBegin) << "closed";
}

}  // namespace
}  // namespace breakwater::trip_time_test
