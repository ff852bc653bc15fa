#pragma once
// The fleet of a plan as one run models it: how long each of its hosts takes, and which faults it has.
#include <cstdint>
#include <string>
#include <vector>

#include "orchestrator/crews/model/model_fleet.hpp"
#include "orchestrator/crews/model/model_of.hpp"
#include "orchestrator/rehearsal/scenario.hpp"

namespace breakwater::rehearsal {

/// What the model takes for granted, one line each, for people.
std::vector<std::string> assumptions(const ResolvedPlan& plan);

class PlannedFleet {
 public:
  /// `plan` is as modelled and outlives the fleet. A seed is one run; its hosts are as fast in every scenario.
  PlannedFleet(const ResolvedPlan& plan, const Scenario& scenario, std::uint64_t seed, Instant begin);
  PlannedFleet(const PlannedFleet&) = delete;
  PlannedFleet& operator=(const PlannedFleet&) = delete;

  model::ModelFleet& model() { return model_; }
  /// Whether the host is in truth ill: dead, gone from the network, or in critical health.
  bool is_ill(std::uint32_t host) const;

 private:
  void draw_times(const ResolvedPlan& plan, model::Dice dice);
  void draw_faults(const ResolvedPlan& plan, const Scenario& scenario, model::Dice dice);
  void draw_power_loss(const ResolvedPlan& plan, const Scenario& scenario, model::Dice dice);
  void act(const model::Act& act);

  model::ModelFleet model_;
  struct Pace {
    model::ModelTimes there;
    model::ModelTimes back;  ///< of a reflash
  };
  std::vector<std::vector<Pace>> paces_;   ///< of each host, for each of its updates
  std::vector<bool> in_the_rack_;          ///< whose flashes are counted
  std::size_t flashes_to_power_loss_ = 0;  ///< 0: none comes
};

}  // namespace breakwater::rehearsal
