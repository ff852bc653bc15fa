#pragma once
// A drill of rollouts that soak.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater {

class SoakLooks : public testing::Test {
 protected:
  SoakLooks() { drill_.folds_again = true; }

  static inline const Outcome kIll = ends(Outcome::Verdict::failed, Cause::unhealthy);
  static inline const Outcome kSilent = ends(Outcome::Verdict::untouched, Cause::lost);
  static inline const Outcome kDrifted = ends(Outcome::Verdict::untouched, Cause::drifted);

  /// An earlier rollout of another component of the first host.
  static ResolvedPlan nic_plan() {
    ResolvedPlan plan = plan_of({.waves = {1}});
    plan.components[0].id = "nic";
    plan.components[0].select.software_id = "NIC";
    return plan;
  }

  std::vector<Duration> looks_at(const std::string& host) const {
    std::vector<Duration> after;
    Instant updated;
    for (const Recorded& one : drill_.records) {
      if (const auto* ended = std::get_if<CommandEnded>(&one.event)) {
        if (ended->input == Input::all_hold) updated = one.at;
      }
      const auto* issued = std::get_if<CommandIssued>(&one.event);
      if (issued && issued->command.action == Action::watch && issued->command.host == drill_.index(host)) {
        after.push_back(one.at - updated);
      }
    }
    return after;
  }
  std::vector<GateVerdict> verdicts() const {
    std::vector<GateVerdict> list;
    for (const GateJudged& judged : drill_.all<GateJudged>()) list.push_back(judged.verdict);
    return list;
  }
  bool waits_for(StartRule rule) const {
    return std::any_of(drill_.waits.begin(), drill_.waits.end(),
                       [rule](const Blocker& one) { return one.rule == rule; });
  }

  Drill drill_;
};

}  // namespace breakwater
