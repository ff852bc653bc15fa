#pragma once
// What many runs say together: of each scenario, and of the rollout as a whole where its image is bad by a stated
// chance.
#include <functional>

#include "orchestrator/rehearsal/rehearse.hpp"

namespace breakwater::rehearsal {

/// Of a sorted or unsorted list: the value that `percent` of all do not exceed, by nearest rank.
Duration percentile(std::vector<Duration> values, int percent);
std::uint32_t percentile(std::vector<std::uint32_t> values, int percent);

struct Forecast {
  std::uint32_t runs = 0;
  std::uint32_t halted = 0;
  std::uint32_t waits = 0;  ///< runs that only a person could carry on
  Duration makespan_p50{0};
  Duration makespan_p95{0};
  std::uint32_t exposed_p50 = 0;
  std::uint32_t exposed_most = 0;
  std::uint32_t exposed_at_halt_p50 = 0;  ///< of the runs that halted
  std::uint32_t exposed_at_halt_most = 0;
  std::uint32_t nights_p50 = 0;
  std::uint32_t nights_most = 0;
  std::uint32_t most_in_flight = 0;
  std::map<std::string, Crowd> most_away;        ///< by limited label
  std::map<HeldBy, double> held;                 ///< shares of all the time that was waited
  std::map<State, double> ends;                  ///< hosts, on average
  double unnoticed = 0;                          ///< hosts, on average
  std::map<std::string, std::uint32_t> reasons;  ///< why runs halted, or what a person would have to clear
};
Forecast forecast_of(const std::vector<const RunFigures*>& runs);

struct Rehearsed {
  Scenario scenario;
  Forecast forecast;
  RunFigures typical;  ///< the run of median length; with samples where charts were asked for
};

struct Rehearsal {
  std::uint64_t first_seed = 1;
  std::uint32_t seeds = 0;
  int bad_per_mille = 0;
  Instant begin;
  std::uint32_t bad_runs = 0;  ///< seeds of `whole` whose image was bad
  Forecast whole;              ///< each seed good, or by that chance one of the scenarios with a bad image
  std::vector<Rehearsed> scenarios;
  std::vector<std::string> assumed;
};

struct RehearsalAsked {
  std::vector<Scenario> scenarios;  ///< the first one is good
  std::uint64_t first_seed = 1;
  std::uint32_t seeds = 20;
  int bad_per_mille = 0;
  Instant begin;
  bool samples = false;
};

/// How many runs are done, and of how many.
using Progress = std::function<void(std::size_t, std::size_t)>;

/// Nothing where the person has gone.
std::optional<Rehearsal> rehearse_all(const ResolvedPlan& plan, const RehearsalAsked& asked, const Progress& progress,
                                      const Leave& leave);

}  // namespace breakwater::rehearsal
