#include "orchestrator/views/rehearsal.hpp"

#include <cmath>

#include "inventories/document/json.hpp"
#include "orchestrator/codec/plan_json.hpp"

namespace breakwater::views {

using rehearsal::Forecast;
using rehearsal::Rehearsal;
using rehearsal::Rehearsed;

namespace {

using Document = nlohmann::ordered_json;

/// In thousandths, so that the same runs give the same text everywhere.
double rounded(double value) {
  return static_cast<double>(std::llround(value * 1'000)) / 1'000;
}

std::int64_t seconds(Duration length) {
  return std::chrono::duration_cast<std::chrono::seconds>(length).count();
}

Document most_down(const ResolvedPlan& plan, const Forecast& forecast) {
  Document list = Document::array();
  list.push_back(Document{{"of", "all"}, {"hosts", forecast.most_in_flight}, {"limit", plan.global_limit}});
  for (const auto& [label, crowd] : forecast.most_away) {
    list.push_back(Document{{"of", label}, {"value", crowd.value}, {"hosts", crowd.away}, {"limit", crowd.limit}});
  }
  return list;
}

Document figures_of(const ResolvedPlan& plan, const Forecast& forecast) {
  Document document{{"runs", forecast.runs}, {"halted", forecast.halted}, {"waitForAPerson", forecast.waits}};
  document["makespanSeconds"] =
      Document{{"p50", seconds(forecast.makespan_p50)}, {"p95", seconds(forecast.makespan_p95)}};
  document["exposed"] = Document{{"p50", forecast.exposed_p50}, {"most", forecast.exposed_most}};
  if (forecast.halted > 0) {
    document["exposedBeforeHalt"] =
        Document{{"p50", forecast.exposed_at_halt_p50}, {"most", forecast.exposed_at_halt_most}};
  }
  if (!plan.calendar.always_open) {
    document["nights"] = Document{{"p50", forecast.nights_p50}, {"most", forecast.nights_most}};
  }
  document["mostDownAtOnce"] = most_down(plan, forecast);
  document["waitsFor"] = Document::object();
  for (const auto& [hold, share] : forecast.held) document["waitsFor"][hold_name(hold)] = rounded(share);
  document["ends"] = Document::object();
  for (const auto& [state, hosts] : forecast.ends) document["ends"][std::string(to_string(state))] = rounded(hosts);
  document["illUnnoticed"] = rounded(forecast.unnoticed);
  document["reasons"] = Document::object();
  for (const auto& [reason, runs] : forecast.reasons) document["reasons"][reason] = runs;
  return document;
}

}  // namespace

std::string rehearsal_json(const ResolvedPlan& plan, const Rehearsal& made) {
  Document document{{"apiVersion", "breakwater/v1"},
                    {"kind", "Rehearsal"},
                    {"rollout", plan.rollout},
                    {"plan", to_hex(codec::plan_digest(plan))},
                    {"hosts", plan.hosts.size()},
                    {"begin", to_string(made.begin)},
                    {"firstSeed", made.first_seed},
                    {"seeds", made.seeds},
                    {"chanceOfABadImage", made.bad_per_mille / 1'000.0},
                    {"runsWithABadImage", made.bad_runs}};
  document["whole"] = figures_of(plan, made.whole);
  document["scenarios"] = Document::array();
  for (const Rehearsed& one : made.scenarios) {
    Document scenario{{"scenario", one.scenario.words}};
    scenario.update(figures_of(plan, one.forecast));
    document["scenarios"].push_back(std::move(scenario));
  }
  document["assumed"] = made.assumed;
  return document.dump(2, ' ', false, Document::error_handler_t::replace) + '\n';
}

}  // namespace breakwater::views
