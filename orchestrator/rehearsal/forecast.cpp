#include "orchestrator/rehearsal/forecast.hpp"

#include <algorithm>

#include "orchestrator/rehearsal/planned_fleet.hpp"

namespace breakwater::rehearsal {

namespace {

template <class T>
T nearest_rank(std::vector<T> values, int percent) {
  if (values.empty()) return T{};
  const std::size_t rank = (values.size() * static_cast<std::size_t>(percent) + 99) / 100;
  const std::size_t place = std::max<std::size_t>(rank, 1) - 1;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(place), values.end());
  return values[place];
}

template <class Pick>
auto each(const std::vector<const RunFigures*>& runs, Pick pick) {
  std::vector<std::decay_t<decltype(pick(*runs.front()))>> values;
  for (const RunFigures* run : runs) values.push_back(pick(*run));
  return values;
}

void fold_exposed(const std::vector<const RunFigures*>& runs, Forecast& made) {
  const auto exposed = each(runs, [](const RunFigures& run) { return run.exposed; });
  made.exposed_p50 = percentile(exposed, 50);
  made.exposed_most = percentile(exposed, 100);
  std::vector<std::uint32_t> at_halt;
  for (const RunFigures* run : runs) {
    if (run->halted) at_halt.push_back(run->exposed);
  }
  made.exposed_at_halt_p50 = percentile(at_halt, 50);
  made.exposed_at_halt_most = percentile(at_halt, 100);
}

void fold_holds(const std::vector<const RunFigures*>& runs, Forecast& made) {
  Duration all{0};
  std::map<HeldBy, Duration> held;
  for (const RunFigures* run : runs) {
    for (const auto& [hold, length] : run->held) {
      held[hold] += length;
      all += length;
    }
  }
  for (const auto& [hold, length] : held) {
    made.held[hold] = static_cast<double>(length.count()) / static_cast<double>(all.count());
  }
}

/// The run of median length, the first such.
const RunFigures& typical(const std::vector<RunFigures>& runs) {
  std::vector<Duration> lengths;
  for (const RunFigures& run : runs) lengths.push_back(run.length);
  const Duration median = percentile(lengths, 50);
  return *std::find_if(runs.begin(), runs.end(), [median](const RunFigures& run) { return run.length == median; });
}

class Rehearsing {
 public:
  Rehearsing(const ResolvedPlan& plan, const RehearsalAsked& asked, const Progress& progress, const Leave& leave)
      : plan_(model::as_modelled(plan)), asked_(asked), progress_(progress), leave_(leave) {}

  std::optional<Rehearsal> run() {
    Rehearsal made;
    made.first_seed = asked_.first_seed;
    made.seeds = asked_.seeds;
    made.bad_per_mille = asked_.bad_per_mille;
    made.begin = asked_.begin;
    for (const Scenario& scenario : asked_.scenarios) {
      auto rehearsed = play(scenario);
      if (!rehearsed) return std::nullopt;
      made.scenarios.push_back(std::move(*rehearsed));
    }
    made.whole = forecast_of(mixed(made.bad_runs));
    made.assumed = assumptions(plan_);
    return made;
  }

 private:
  std::optional<RunFigures> one(const Scenario& scenario, std::uint64_t seed, bool samples) {
    return rehearse(plan_, scenario, {seed, asked_.begin, samples}, leave_);
  }

  std::optional<Rehearsed> play(const Scenario& scenario) {
    std::vector<RunFigures> runs;
    for (std::uint32_t i = 0; i < asked_.seeds; ++i) {
      auto figures = one(scenario, asked_.first_seed + i, false);
      if (!figures) return std::nullopt;
      runs.push_back(std::move(*figures));
      progress_(++done_, asked_.scenarios.size() * asked_.seeds);
    }
    std::vector<const RunFigures*> all;
    for (const RunFigures& run : runs) all.push_back(&run);
    Rehearsed made{scenario, forecast_of(all), typical(runs)};
    if (asked_.samples) {
      auto again = one(scenario, made.typical.seed, true);
      if (!again) return std::nullopt;
      made.typical = std::move(*again);
    }
    runs_.push_back(std::move(runs));
    return made;
  }

  /// One run for each seed: the good one, or by the stated chance that of a bad image.
  std::vector<const RunFigures*> mixed(std::uint32_t& bad_runs) const {
    std::vector<std::size_t> bad;
    for (std::size_t i = 0; i < asked_.scenarios.size(); ++i) {
      if (asked_.scenarios[i].bad_image) bad.push_back(i);
    }
    std::vector<const RunFigures*> runs;
    for (std::uint32_t i = 0; i < asked_.seeds; ++i) {
      model::Dice dice(asked_.first_seed + i);
      const bool is_bad = dice.in_thousand(asked_.bad_per_mille) && !bad.empty();
      bad_runs += is_bad ? 1 : 0;
      runs.push_back(&runs_[is_bad ? bad[dice.below(bad.size())] : 0][i]);
    }
    return runs;
  }

  ResolvedPlan plan_;
  const RehearsalAsked& asked_;
  const Progress& progress_;
  const Leave& leave_;
  std::vector<std::vector<RunFigures>> runs_;  ///< of each scenario, of each seed
  std::size_t done_ = 0;
};

}  // namespace

Duration percentile(std::vector<Duration> values, int percent) {
  return nearest_rank(std::move(values), percent);
}
std::uint32_t percentile(std::vector<std::uint32_t> values, int percent) {
  return nearest_rank(std::move(values), percent);
}

Forecast forecast_of(const std::vector<const RunFigures*>& runs) {
  Forecast made;
  made.runs = static_cast<std::uint32_t>(runs.size());
  const auto lengths = each(runs, [](const RunFigures& run) { return run.length; });
  made.makespan_p50 = percentile(lengths, 50);
  made.makespan_p95 = percentile(lengths, 95);
  const auto nights = each(runs, [](const RunFigures& run) { return run.nights; });
  made.nights_p50 = percentile(nights, 50);
  made.nights_most = percentile(nights, 100);
  fold_exposed(runs, made);
  fold_holds(runs, made);
  const double count = std::max<double>(1, made.runs);
  for (const RunFigures* run : runs) {
    made.halted += run->halted ? 1 : 0;
    made.waits += run->waits ? 1 : 0;
    if (run->halted) ++made.reasons[run->halt_reason];
    if (run->waits) ++made.reasons[run->waits_for];
    made.most_in_flight = std::max(made.most_in_flight, run->most_in_flight);
    made.unnoticed += run->unnoticed / count;
    for (const auto& [state, hosts] : run->ends) made.ends[state] += hosts / count;
    for (const auto& [label, crowd] : run->most_away) {
      Crowd& most = made.most_away[label];
      if (crowd.away > most.away) most = crowd;
    }
  }
  return made;
}

std::optional<Rehearsal> rehearse_all(const ResolvedPlan& plan, const RehearsalAsked& asked, const Progress& progress,
                                      const Leave& leave) {
  return Rehearsing(plan, asked, progress, leave).run();
}

}  // namespace breakwater::rehearsal
