#include "orchestrator/rehearsal/run_figures.hpp"

#include <gtest/gtest.h>

#include "orchestrator/core/outcome.hpp"
#include "orchestrator/rehearsal/forecast.hpp"
#include "tests/orchestrator/rehearsal/rehearsed_plan.hpp"

namespace breakwater::rehearsal::run_figures_test {
namespace {

using std::chrono::minutes;

/// Records made by hand, each at its minute.
class KnownRun {
 public:
  Fleet fleet;
  RunFigureFold fold{kBegin, true};

  explicit KnownRun(ResolvedPlan plan = rehearsed_plan()) {
    RolloutStarted started;
    started.plan = std::move(plan);
    take(0, std::move(started));
  }

  const RolloutState& rollout() const { return fleet.rollouts().begin()->second; }
  void take(int minute, Event event) {
    const Recorded record{fleet.last_seq() + 1, kBegin + minutes(minute), std::move(event)};
    fleet.apply(record);
    fold.take(record, fleet);
  }
  void issue(int minute, HostIndex host, Action action) {
    CommandIssued issued;
    issued.command.rollout = 1;
    issued.command.host = host;
    issued.command.action = action;
    take(minute, issued);
  }
  void send(int minute, HostIndex host) {
    take(minute, EvidenceSeen{rollout().hosts[host].open->id, 1, host, {Evidence::Kind::sending, "digest"}});
  }
  void end(int minute, HostIndex host, Outcome::Verdict verdict) {
    CommandEnded ended{rollout().hosts[host].open->id, 1, host, {}};
    ended.outcome.verdict = verdict;
    ended.outcome.stages = true;
    ended.input = input_of(fleet, ended);
    take(minute, std::move(ended));
  }
  void prepare(int minute, HostIndex host) {
    issue(minute, host, Action::prepare);
    end(minute, host, Outcome::Verdict::done);
    issue(minute, host, Action::stage);
  }
  void decide(int minute, std::vector<StartRule> reasons) {
    Decision decision;
    for (const StartRule reason : reasons) {
      decision.waits.push_back({reason, "", {}});
      if (reason == StartRule::domain_full) decision.waits.back().domain = rollout().hosts[0].domains.front();
    }
    fold.decided(fleet, decision, kBegin + minutes(minute));
  }
  RunFigures finish(int minute) { return fold.finish(rollout(), kBegin + minutes(minute)); }
};

TEST(RunFigures, count_hosts_that_were_sent_the_image_before_the_halt) {
  KnownRun run;
  run.prepare(0, 0);
  run.prepare(0, 1);
  run.prepare(1, 2);
  run.send(2, 0);
  run.send(3, 0);
  run.send(3, 1);
  run.take(4, RolloutHalted{1, "too many failed", kUndoNone});
  run.send(5, 2);
  const RunFigures figures = run.finish(9);
  EXPECT_EQ(figures.exposed, 2u);
  EXPECT_TRUE(figures.halted);
  EXPECT_EQ(figures.halt_reason, "too many failed");
  EXPECT_EQ(figures.halted_after, Duration(minutes(4)));
  EXPECT_EQ(figures.length, Duration(minutes(9)));
  EXPECT_TRUE(figures.waits) << "it did not finish";
}

TEST(RunFigures, know_how_many_were_away_at_once) {
  ResolvedPlan plan = rehearsed_plan();
  plan.domain_limits.front().most = 3;
  KnownRun run(plan);
  run.prepare(0, 0);
  run.prepare(1, 3);  // of the same rack
  run.prepare(2, 1);
  run.issue(3, 4, Action::prepare);
  run.end(4, 4, Outcome::Verdict::untouched);
  const RunFigures figures = run.finish(5);
  EXPECT_EQ(figures.most_in_flight, 4u);
  EXPECT_EQ(figures.most_away.at("rack").away, 2);
  EXPECT_EQ(figures.most_away.at("rack").value, "r0");
  EXPECT_EQ(figures.most_away.at("rack").limit, 3);
  EXPECT_EQ(figures.ends.at(State::staging), 3u);
  EXPECT_EQ(figures.ends.at(State::refused), 1u);
}

TEST(RunFigures, account_for_every_minute_that_was_waited) {
  KnownRun run;
  run.decide(0, {StartRule::global_limit, StartRule::in_flight});
  run.decide(10, {StartRule::domain_full, StartRule::in_flight});
  run.decide(25, {StartRule::back_off, StartRule::global_limit, StartRule::in_flight});
  run.decide(26, {StartRule::back_off, StartRule::in_flight});
  run.decide(28, {});
  run.decide(29, {StartRule::soak});
  const auto held = run.finish(60).held;
  EXPECT_EQ(held.at({StartRule::global_limit, ""}), Duration(minutes(11)));
  EXPECT_EQ(held.at({StartRule::domain_full, "rack"}), Duration(minutes(15)));
  EXPECT_EQ(held.at({StartRule::back_off, ""}), Duration(minutes(2)));
  EXPECT_EQ(held.at({StartRule::soak, ""}), Duration(minutes(31)));
  EXPECT_EQ(held.size(), 4u);
}

TEST(RunFigures, name_the_label_that_is_full) {
  ResolvedPlan plan = rehearsed_plan();
  for (PlannedHost& host : plan.hosts) host.labels["feed"] = "a";
  plan.domain_limits.push_back({"feed", "a", 1});
  plan.domain_limits[0].most = plan.domain_limits[1].most = 5;
  KnownRun run(plan);
  run.prepare(0, 0);
  const Decision decision = decide(run.fleet, 1, {kBegin, kBegin});
  ASSERT_EQ(decision.waits.front().rule, StartRule::domain_full) << "n1 waits for the feed, and its rack has room";
  run.fold.decided(run.fleet, decision, kBegin);
  EXPECT_EQ(run.finish(7).held.begin()->first.label, "feed");
}

TEST(RunFigures, count_the_windows_in_which_hosts_started) {
  ResolvedPlan plan = rehearsed_plan();
  plan.calendar.always_open = false;
  for (int night = 0; night < 3; ++night) {
    plan.calendar.windows.push_back({kBegin + minutes(100 * night), kBegin + minutes(100 * night + 50), "night"});
  }
  KnownRun run(plan);
  run.prepare(0, 0);
  run.prepare(49, 1);
  run.prepare(210, 2);
  EXPECT_EQ(run.finish(220).nights, 2u);
}

TEST(RunFigures, sample_who_was_where_when) {
  KnownRun run;
  run.prepare(5, 0);
  const auto samples = run.finish(9).samples;
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0].after, Duration(0));
  EXPECT_EQ(samples[0].hosts[static_cast<std::size_t>(State::waiting)], 12u);
  EXPECT_EQ(samples[1].after, Duration(minutes(5)));
  EXPECT_EQ(samples[1].hosts[static_cast<std::size_t>(State::waiting)], 11u);
  EXPECT_EQ(samples[1].hosts[static_cast<std::size_t>(State::staging)], 1u);
}

TEST(Forecast, takes_percentiles_by_nearest_rank) {
  std::vector<std::uint32_t> values;
  EXPECT_EQ(percentile(values, 50), 0u);
  for (std::uint32_t i = 20; i > 0; --i) values.push_back(i);
  EXPECT_EQ(percentile(values, 50), 10u);
  EXPECT_EQ(percentile(values, 95), 19u);
  EXPECT_EQ(percentile(values, 100), 20u);
  EXPECT_EQ(percentile(std::vector<std::uint32_t>{7}, 95), 7u);
}

TEST(Forecast, puts_runs_together) {
  RunFigures good;
  good.length = minutes(60);
  good.exposed = 12;
  good.nights = 1;
  good.most_in_flight = 3;
  good.ends = {{State::updated, 12}};
  good.unnoticed = 3;
  good.most_away["rack"] = {"r0", 1, 2};
  good.held = {{{StartRule::soak, ""}, minutes(30)}};
  RunFigures bad = good;
  bad.length = minutes(90);
  bad.halted = true;
  bad.halt_reason = "canary lost";
  bad.exposed = 2;
  bad.unnoticed = 0;
  bad.ends = {{State::rolled_back, 2}, {State::not_started, 10}};
  bad.most_away["rack"] = {"r1", 2, 2};
  bad.held = {{{StartRule::global_limit, ""}, minutes(90)}};
  const Forecast made = forecast_of({&good, &bad, &good});
  EXPECT_EQ(made.runs, 3u);
  EXPECT_EQ(made.halted, 1u);
  EXPECT_EQ(made.makespan_p50, Duration(minutes(60)));
  EXPECT_EQ(made.makespan_p95, Duration(minutes(90)));
  EXPECT_EQ(made.exposed_p50, 12u);
  EXPECT_EQ(made.exposed_at_halt_p50, 2u);
  EXPECT_EQ(made.exposed_at_halt_most, 2u);
  EXPECT_EQ(made.most_away.at("rack").value, "r1");
  EXPECT_DOUBLE_EQ(made.ends.at(State::updated), 8);
  EXPECT_DOUBLE_EQ(made.unnoticed, 2);
  EXPECT_DOUBLE_EQ(made.held.at({StartRule::soak, ""}), 0.4);
  EXPECT_EQ(made.reasons.at("canary lost"), 1u);
}

}  // namespace
}  // namespace breakwater::rehearsal::run_figures_test
