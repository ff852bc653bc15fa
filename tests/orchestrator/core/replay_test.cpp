// Kill and replay: at every prefix of the records a fleet folded afresh is the fleet that ran.
#include <gtest/gtest.h>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::replay_test {
namespace {

ResolvedPlan busy_plan() {
  ResolvedPlan plan = plan_of({.waves = {2, 6}, .racks = 3, .updates = 2, .per_rack = 1, .global = 4});
  plan.attempts.upload = 3;
  plan.wave_failure.failed_hosts = 3;
  plan.waves[1].gate = Gate{Share{0}, 1};
  plan.hosts[4].updates[1].way_back = WayBack::none;
  return plan;
}

void script(Drill& drill) {
  const Outcome ill = ends(Outcome::Verdict::failed, Cause::unhealthy);
  const Outcome cut = ends(Outcome::Verdict::untouched, Cause::upload_failed);
  drill.table[{"n2", Action::check}] = {done(), ill};
  drill.table[{"n3", Action::stage}] = {cut, done(), cut, cut, done()};
  drill.table[{"n4", Action::check}] = {done(), ill};
  drill.table[{"n5", Action::activate}] = {ends(Outcome::Verdict::untouched, Cause::unchanged)};
}

TEST(Replay, every_prefix_folds_to_the_fleet_that_ran) {
  Drill drill;
  script(drill);
  drill.folds_again = true;
  std::vector<std::string> ran;
  drill.on_record = [&](const Recorded&) { ran.push_back(facts(drill.fleet)); };
  const RolloutId id = drill.start(busy_plan());
  drill.run_until([&] { return drill.records.size() > 30; });
  drill.ask(Verb::stop, id);
  drill.run_until([&] { return drill.rollout().in_flight == 0; });
  drill.ask(Verb::resume, id);
  drill.run();
  drill.ask(Verb::release, 0, "n4");
  drill.run();
  drill.ask(Verb::roll_back, id, "", 0);
  drill.run();
  ASSERT_TRUE(drill.rollout().finished);
  ASSERT_GT(drill.records.size(), 80u);

  Fleet fresh;
  for (std::size_t i = 0; i < drill.records.size(); ++i) {
    fresh.apply(drill.records[i]);
    ASSERT_EQ(facts(fresh), ran[i]) << "after record " << i + 1 << ": " << describe(drill.records[i].event);
  }
}

/// What a crash between any two records leaves is carried to its end: nothing is issued twice, and every host ends.
TEST(Replay, every_prefix_can_be_carried_to_its_end) {
  Drill first;
  script(first);
  first.start(busy_plan());
  first.run();
  for (std::size_t cut = 1; cut < first.records.size(); ++cut) {
    Drill second;
    script(second);
    for (std::size_t i = 0; i < cut; ++i) second.record(first.records[i].event);
    second.now = {first.records[cut - 1].at, first.records[cut - 1].at};
    second.adopt_open_commands();
    second.run();
    for (const auto& [name, quarantine] : std::multimap(second.fleet.quarantines())) second.ask(Verb::release, 0, name);
    second.run();
    EXPECT_TRUE(second.rollout().finished) << "cut after record " << cut;
    for (const HostTrip& trip : second.rollout().hosts) EXPECT_TRUE(is_end(trip.state)) << "cut after record " << cut;
  }
}

}  // namespace
}  // namespace breakwater::replay_test
