// Whole runs: the real conductor on the modelled fleet of a plan.
#include "orchestrator/rehearsal/rehearse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/rehearsal/forecast.hpp"
#include "orchestrator/rehearsal/planned_fleet.hpp"
#include "tests/orchestrator/rehearsal/rehearsed_plan.hpp"

namespace breakwater::rehearsal::rehearse_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;

RunFigures run(const ResolvedPlan& plan, const std::string& words, std::uint64_t seed = 1) {
  const Scenario scenario = words == "good" ? menu().front() : parse_scenario(words).value();
  return rehearse(model::as_modelled(plan), scenario, {seed, kBegin, false}, [] { return false; }).value();
}

HeldBy longest(const RunFigures& figures) {
  return std::max_element(figures.held.begin(), figures.held.end(),
                          [](const auto& one, const auto& other) { return one.second < other.second; })
      ->first;
}

std::uint32_t ended(const RunFigures& figures, State state) {
  const auto found = figures.ends.find(state);
  return found == figures.ends.end() ? 0 : found->second;
}

TEST(Rehearse, a_good_image_updates_every_host_in_waves) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const RunFigures figures = run(rehearsed_plan(), "good", seed);
    EXPECT_EQ(ended(figures, State::updated), 12u) << seed;
    EXPECT_FALSE(figures.halted);
    EXPECT_FALSE(figures.waits);
    EXPECT_EQ(figures.exposed, 12u);
    EXPECT_EQ(figures.unnoticed, 0u);
    EXPECT_EQ(figures.most_away.at("rack").away, 1);
    EXPECT_GT(figures.held.at({StartRule::soak, ""}), Duration(minutes(59)));
    EXPECT_GT(figures.length, Duration(hours(2)));
    EXPECT_LT(figures.length, Duration(hours(5)));
  }
}

// The model had no event log: every host was turned away.
TEST(Rehearse, a_plan_that_asks_for_event_logs_is_rehearsed) {
  ResolvedPlan plan = rehearsed_plan();
  plan.checks.new_critical_most = 0;
  EXPECT_EQ(ended(run(plan, "good"), State::updated), 12u);
  plan.checks.health_no_worse = false;
  EXPECT_TRUE(run(plan, "unhealthy").halted) << "the log alone tells";
}

TEST(Rehearse, a_seed_is_one_run) {
  const RunFigures once = run(rehearsed_plan(), "bricks 30%", 7);
  const RunFigures again = run(rehearsed_plan(), "bricks 30%", 7);
  EXPECT_EQ(once.length, again.length);
  EXPECT_EQ(once.held, again.held);
  EXPECT_EQ(once.ends, again.ends);
  EXPECT_NE(run(rehearsed_plan(), "good", 1).length, run(rehearsed_plan(), "good", 2).length);
}

TEST(Rehearse, a_bad_image_stops_at_the_canary) {
  for (const std::string words : {"falls back", "lies", "garbled", "unhealthy", "fails", "bricks", "bmc gone"}) {
    const RunFigures figures = run(rehearsed_plan(), words);
    EXPECT_TRUE(figures.halted) << words;
    EXPECT_LE(figures.exposed, 2u) << words << ": the canaries are all that was in flight";
    EXPECT_GE(figures.exposed, 1u) << words;
    EXPECT_EQ(ended(figures, State::updated), 0u) << words;
    EXPECT_GE(ended(figures, State::not_started), 10u) << words;
  }
}

TEST(Rehearse, what_turns_ill_after_its_checks_is_noticed_in_a_soak_alone) {
  const RunFigures noticed = run(rehearsed_plan(), "unhealthy late after 20m");
  EXPECT_TRUE(noticed.halted);
  EXPECT_EQ(noticed.unnoticed, 0u);
  ResolvedPlan hasty = rehearsed_plan();
  for (PlannedWave& wave : hasty.waves) wave.soak = Duration(0);
  const RunFigures late = run(hasty, "unhealthy late after 20m");
  EXPECT_FALSE(late.halted);
  EXPECT_EQ(ended(late, State::updated), 12u);
  EXPECT_EQ(late.unnoticed, 12u);
  ResolvedPlan patient = hasty;
  patient.checks.stable_for = minutes(25);
  EXPECT_TRUE(run(patient, "unhealthy late after 20m").halted);
}

TEST(Rehearse, only_the_hosts_of_the_pattern_have_the_fault) {
  ResolvedPlan lenient = rehearsed_plan();
  lenient.waves = {PlannedWave{"all", 12, Duration(0), "lenient", Gate{Share{0}, 1}}};
  for (PlannedHost& host : lenient.hosts) host.wave = 0;
  for (DomainLimit& limit : lenient.domain_limits) limit.most = 9;
  const RunFigures figures = run(lenient, "bricks of R760");
  EXPECT_EQ(ended(figures, State::quarantined), 6u);
  EXPECT_EQ(ended(figures, State::updated), 6u);
}

TEST(Rehearse, knows_which_limit_binds) {
  ResolvedPlan plan = rehearsed_plan();
  plan.waves.front().soak = Duration(0);
  EXPECT_EQ(longest(run(plan, "good")), (HeldBy{StartRule::domain_full, "rack"}));
  plan.global_limit = 1;
  EXPECT_EQ(longest(run(plan, "good")).reason, StartRule::global_limit);
  plan.global_limit = 20;
  plan.waves.front().soak = hours(24);
  EXPECT_EQ(longest(run(plan, "good")).reason, StartRule::soak);
}

TEST(Rehearse, counts_the_nights) {
  ResolvedPlan plan = rehearsed_plan();
  plan.calendar.always_open = false;
  for (int night = 0; night < 20; ++night) {
    plan.calendar.windows.push_back({kBegin + hours(24) * night, kBegin + hours(24) * night + hours(2), "night"});
  }
  plan.calendar.horizon = kBegin + hours(24) * 30;
  plan.timeouts.host = minutes(100);  // an update has room in two hours
  const RunFigures figures = run(plan, "good");
  EXPECT_EQ(ended(figures, State::updated), 12u);
  EXPECT_GE(figures.nights, 2u);
  EXPECT_EQ(longest(figures).reason, StartRule::window);
  EXPECT_GT(figures.length, Duration(hours(24)));
}

TEST(Rehearse, ends_where_only_a_person_could_go_on) {
  ResolvedPlan plan = rehearsed_plan();
  plan.calendar.always_open = false;
  plan.calendar.windows = {{kBegin, kBegin + minutes(10), "too short"}};
  plan.calendar.horizon = kBegin + hours(24);
  const RunFigures figures = run(plan, "good");
  EXPECT_TRUE(figures.waits);
  EXPECT_THAT(figures.waits_for, HasSubstr("no maintenance window"));
  EXPECT_EQ(ended(figures, State::waiting), 12u);
}

TEST(Rehearse, each_component_takes_its_own_time) {
  ResolvedPlan plan = rehearsed_plan();
  plan.images.push_back(made_image("bmc-2.0", "2.0", 0x11));
  plan.images.push_back(made_image("bmc-1.9", "1.9", 0x12));
  PlannedComponent bmc = plan.components.front();
  bmc.id = "bmc";
  bmc.image = 2;
  bmc.back_image = 3;
  bmc.activate_by = ActivateBy::bmc_reset;
  bmc.most = bmc.back_most = minutes(4);
  plan.components.push_back(bmc);
  for (PlannedHost& host : plan.hosts) host.updates.push_back({1, "1.9", WayBack::reflash});
  EXPECT_EQ(ended(run(plan, "good"), State::updated), 12u) << "a BMC as slow as a BIOS would miss its deadline";
  std::swap(plan.components[0], plan.components[1]);
  for (PlannedHost& host : plan.hosts) {
    std::swap(host.updates[0].from_version, host.updates[1].from_version);
  }
  EXPECT_EQ(ended(run(plan, "good"), State::updated), 12u);
}

TEST(Rehearse, a_way_back_leads_to_the_version_that_ran_whatever_its_spelling) {
  ResolvedPlan plan = rehearsed_plan();
  for (PlannedHost& host : plan.hosts) host.updates.front().from_version = "U46 v3.2";
  const RunFigures figures = run(plan, "unhealthy");
  EXPECT_GE(ended(figures, State::rolled_back), 1u);
  EXPECT_EQ(ended(figures, State::quarantined), 0u);
}

TEST(Rehearse, a_way_back_takes_the_time_of_its_own_release) {
  ResolvedPlan plan = rehearsed_plan();
  plan.components.front().back_most = minutes(8);
  EXPECT_GE(ended(run(plan, "unhealthy"), State::rolled_back), 1u) << "as slow as the way there it would be late";
}

TEST(Rehearse, power_loss_hits_one_rack_and_others_go_on) {
  ResolvedPlan plan = rehearsed_plan();
  plan.waves = {PlannedWave{"all", 12, Duration(0), "lenient", Gate{Share{0}, 1}}};
  for (PlannedHost& host : plan.hosts) host.wave = 0;
  bool hurt = false;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const RunFigures figures = run(plan, "power loss of rack r1", seed);
    EXPECT_GE(ended(figures, State::updated), 8u) << "the other two racks";
    hurt = hurt || ended(figures, State::updated) < 12 || figures.length != run(plan, "good", seed).length;
  }
  EXPECT_TRUE(hurt);
}

TEST(Rehearse, leaves_when_asked) {
  const auto left =
      rehearse(model::as_modelled(rehearsed_plan()), menu().front(), {1, kBegin, false}, [] { return true; });
  EXPECT_FALSE(left);
}

RehearsalAsked asked(int bad_per_mille) {
  RehearsalAsked wanted;
  wanted.scenarios = {menu().front(), parse_scenario("unhealthy").value(), parse_scenario("upload errors").value()};
  wanted.seeds = 6;
  wanted.bad_per_mille = bad_per_mille;
  wanted.begin = kBegin;
  return wanted;
}

TEST(RehearseAll, the_whole_is_good_or_bad_by_its_chance) {
  std::size_t told = 0;
  const auto progress = [&told](std::size_t done, std::size_t all) { told += done <= all && all == 18 ? 1 : 0; };
  const auto stay = [] { return false; };
  ResolvedPlan plan = rehearsed_plan();
  plan.attempts.upload = 3;
  const auto good = rehearse_all(plan, asked(0), progress, stay).value();
  EXPECT_EQ(told, 18u);
  EXPECT_EQ(good.bad_runs, 0u);
  EXPECT_EQ(good.whole.halted, 0u);
  EXPECT_EQ(good.scenarios.size(), 3u);
  EXPECT_EQ(good.scenarios[1].forecast.halted, 6u);
  EXPECT_EQ(good.scenarios[2].forecast.halted, 0u) << "an upload is tried again";
  const auto bad = rehearse_all(plan, asked(1'000), progress, stay).value();
  EXPECT_EQ(bad.bad_runs, 6u);
  EXPECT_EQ(bad.whole.halted, 6u) << "an upload error is no bad image";
  EXPECT_EQ(bad.whole.makespan_p50, bad.scenarios[1].forecast.makespan_p50);
  EXPECT_FALSE(bad.assumed.empty());
}

TEST(RehearseAll, keeps_samples_of_the_typical_run_only_where_asked) {
  RehearsalAsked wanted = asked(0);
  const auto nobody = [](std::size_t, std::size_t) {};
  const auto stay = [] { return false; };
  EXPECT_TRUE(rehearse_all(rehearsed_plan(), wanted, nobody, stay)->scenarios[0].typical.samples.empty());
  wanted.samples = true;
  const auto made = rehearse_all(rehearsed_plan(), wanted, nobody, stay);
  EXPECT_EQ(made->scenarios[0].typical.length, made->scenarios[0].forecast.makespan_p50);
  EXPECT_EQ(made->scenarios[0].typical.samples.back().hosts[static_cast<std::size_t>(State::updated)], 12u);
}

}  // namespace
}  // namespace breakwater::rehearsal::rehearse_test
