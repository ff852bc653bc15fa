#include "orchestrator/views/rehearsal.hpp"

#include <algorithm>
#include <cmath>

#include "orchestrator/views/text.hpp"

namespace breakwater::views {

using rehearsal::Forecast;
using rehearsal::Rehearsal;
using rehearsal::Rehearsed;

namespace {

/// `22`, `1.5`
std::string amount(double hosts) {
  const auto tenths = std::llround(hosts * 10);
  return std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : '.' + std::to_string(tenths % 10));
}

std::string percent(int per_mille) {
  return amount(per_mille / 10.0) + '%';
}

std::string of_runs(std::uint32_t count, const Forecast& forecast) {
  return std::to_string(count) + " of " + count_of(forecast.runs, "run");
}

std::string held(const Forecast& forecast) {
  std::vector<std::pair<double, std::string>> shares;
  for (const auto& [hold, share] : forecast.held) shares.emplace_back(share, hold_words(hold));
  std::sort(shares.rbegin(), shares.rend());
  std::string text;
  for (const auto& [share, words] : shares) {
    const auto whole = std::llround(share * 100);
    text += (text.empty() ? "" : ", ") + words + ' ' + (whole == 0 ? "<1" : std::to_string(whole)) + '%';
  }
  return text;
}

std::string exposed_at_halt(const Forecast& forecast) {
  if (forecast.halted == 0) return "no run halted";
  return "p50 " + count_of(forecast.exposed_at_halt_p50, "host") + ", most " +
         count_of(forecast.exposed_at_halt_most, "host") + "; " + of_runs(forecast.halted, forecast) + " halted";
}

std::string nights(const ResolvedPlan& plan, const Forecast& forecast) {
  if (plan.calendar.always_open) return "it waits for no maintenance window";
  return "p50 " + count_of(forecast.nights_p50, "maintenance window") + ", most " +
         std::to_string(forecast.nights_most);
}

std::string whole(const ResolvedPlan& plan, const Rehearsal& made, const Paint& paint) {
  const Forecast& forecast = made.whole;
  Table table;
  table.row({"makespan", "p50 " + rough(forecast.makespan_p50) + ", p95 " + rough(forecast.makespan_p95)});
  table.row({"exposed before a halt", exposed_at_halt(forecast)});
  table.row({"most down at once",
             std::to_string(forecast.most_in_flight) + " in all, the limit is " + std::to_string(plan.global_limit)});
  for (const auto& [label, crowd] : forecast.most_away) {
    table.row({"", std::to_string(crowd.away) + " of one " + label + ", the limit is " + std::to_string(crowd.limit) +
                       " (" + harmless(crowd.value) + ')'});
  }
  table.row({"nights", nights(plan, forecast)});
  table.row({"waits for", held(forecast)});
  return heading(paint, "if the image is bad with a chance of " + percent(made.bad_per_mille) + " (" +
                            of_runs(made.bad_runs, forecast) + ')') +
         table.text("  ");
}

/// The ends of the hosts on average, and what nobody would have noticed.
std::string ends(const Forecast& forecast, const Paint& paint) {
  std::string text;
  for (const auto& [state, hosts] : forecast.ends) {
    text += (text.empty() ? "" : ", ") + amount(hosts) + ' ' + std::string(to_string(state));
  }
  if (forecast.unnoticed > 0) {
    text += "; " + paint(Ink::bad, amount(forecast.unnoticed) + " of the updated are ill, and nobody knows");
  }
  if (forecast.waits > 0) {
    text += "; " + paint(Ink::warn, of_runs(forecast.waits, forecast) + " wait for a person");
  }
  return text;
}

std::string halted(const Forecast& forecast) {
  if (forecast.halted == 0) return "never";
  return forecast.halted == forecast.runs ? "always"
                                          : std::to_string(forecast.halted) + " of " + std::to_string(forecast.runs);
}

std::string scenarios(const Rehearsal& made, const Paint& paint) {
  Table table;
  table.row({"scenario", "halted", "exposed p50", "most", "makespan p50", "p95", "hosts in the end, on average"});
  for (const Rehearsed& one : made.scenarios) {
    const Forecast& forecast = one.forecast;
    table.row({harmless(one.scenario.words), halted(forecast), std::to_string(forecast.exposed_p50),
               std::to_string(forecast.exposed_most), rough(forecast.makespan_p50), rough(forecast.makespan_p95),
               ends(forecast, paint)});
  }
  return heading(paint, "what would happen") + table.text("  ");
}

std::string assumed(const Rehearsal& made, const Paint& paint) {
  std::string text = heading(paint, "assumed");
  for (const std::string& line : made.assumed) text += "  " + wrapped(harmless(line), 118, 2) + '\n';
  return text;
}

}  // namespace

std::string rehearsal_text(const ResolvedPlan& plan, const Rehearsal& made, const Paint& paint) {
  const std::string seeds = made.seeds == 1 ? "seed " + std::to_string(made.first_seed)
                                            : "seeds " + std::to_string(made.first_seed) + " to " +
                                                  std::to_string(made.first_seed + made.seeds - 1);
  return heading(paint, harmless(plan.rollout) + ": " + count_of(plan.hosts.size(), "host") + " in " +
                            count_of(plan.waves.size(), "wave") + ", " + count_of(made.seeds, "run") +
                            " of each scenario (" + seeds + "), begun at " + date_time(made.begin)) +
         whole(plan, made, paint) + scenarios(made, paint) + assumed(made, paint);
}

}  // namespace breakwater::views
