#include "orchestrator/rehearsal/rehearse.hpp"

#include <atomic>
#include <memory>
#include <stdexcept>

#include "orchestrator/conductor.hpp"
#include "orchestrator/crews/model/model_crew.hpp"
#include "orchestrator/folding.hpp"
#include "orchestrator/rehearsal/planned_fleet.hpp"

namespace breakwater::rehearsal {

namespace {

/// Nobody hands in requests; the conductor need not look for them.
constexpr Duration kNoPoll = std::chrono::hours(24);
/// No plan's calendar reaches further.
constexpr Duration kHorizon = std::chrono::hours(24 * (kHorizon_days + 1));
/// What turns ill this long after the end is still counted as not noticed.
constexpr Duration kAftermath = std::chrono::hours(24);
/// Ends a run at once: two of what Ctrl-C counts.
constexpr int kLeaveNow = 2;

template <class T>
T demand(Result<T, journal::StoreFault> done) {
  if (!done) throw std::logic_error("a journal in memory failed: " + done.error().message);
  return *done;
}

}  // namespace

std::optional<RunFigures> rehearse(const ResolvedPlan& plan, const Scenario& scenario, const RunAsked& asked,
                                   const Leave& leave) {
  PlannedFleet planned(plan, scenario, asked.seed, asked.begin);
  const std::unique_ptr<journal::Store> store = forgetful_journal();
  if (auto locked = store->lock({0, plan.rollout, asked.begin}); !locked) return std::nullopt;
  Fleet fleet;
  model::ModelCrew crew(planned.model(), asked.begin);
  RunFigureFold fold(asked.begin, asked.samples);
  std::atomic<int> interrupts = 0;
  std::string waits_for;
  bool left = false;

  Watcher watcher;
  watcher.on_record = [&](const Recorded& record) { fold.take(record, fleet); };
  watcher.on_decision = [&](const RolloutState& rollout, const Decision& decision, Now now) {
    fold.decided(fleet, decision, now.steady);
    left = leave();
    const bool at_work = rollout.in_flight > 0 || rollout.open_commands > 0;
    const bool stuck = !at_work && !decision.wake && !rollout.finished;
    const bool endless = stuck || now.steady - asked.begin > kHorizon;
    if (endless && !decision.waits.empty()) waits_for = decision.waits.front().text;
    if (left || endless) interrupts = kLeaveNow;
  };
  Conductor conductor(*store, crew, fleet, watcher, interrupts, kNoPoll);
  const RolloutId id = demand(conductor.begin(plan, "rehearsal"));
  demand(conductor.run(id));
  if (left) return std::nullopt;

  const RolloutState& rollout = *fleet.find(id);
  RunFigures figures = fold.finish(rollout, crew.now().steady);
  figures.seed = asked.seed;
  figures.waits_for = waits_for;
  planned.model().run_to(planned.model().now() + kAftermath);
  for (HostIndex i = 0; i < rollout.hosts.size(); ++i) {
    if (rollout.hosts[i].state == State::updated && planned.is_ill(i)) ++figures.unnoticed;
  }
  return figures;
}

}  // namespace breakwater::rehearsal
