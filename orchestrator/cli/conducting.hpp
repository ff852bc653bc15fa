#pragma once
// Carrying a rollout on to its end in this process, under the conductor's lock: for `apply`, and for a `rollback` that
// nobody else carries out.
#include <functional>
#include <string>

#include "orchestrator/cli/apply_view.hpp"
#include "orchestrator/cli/world.hpp"

namespace breakwater::cli {

/// What a conductor works with; all of it outlives the run.
struct Workplace {
  journal::Store& store;  ///< its lock is held
  ImageStore& images;
  Reach& reach;
  Fleet& fleet;  ///< the fold of all records
  ApplyView::Mode mode = ApplyView::Mode::lines;
};

/// The first thing a conductor does: begin a rollout, or find the one that goes on.
using Opening = std::function<Result<RolloutId, journal::StoreFault>(Conductor&)>;

struct Ended {
  RolloutId rollout = 0;
  Conductor::End end = Conductor::End::finished;
};
Result<Ended, Failure> conduct(const Console& console, const Workplace& place, const Opening& opening);

/// Live on a terminal, JSON where it was asked for, else lines.
ApplyView::Mode view_mode(const Console& console, bool json);

/// The code that an `apply` leaves with.
Exit exit_for(const RolloutState& rollout, Conductor::End end);

/// The hosts that a roll_back meant and that still run what the rollout brought: no way back, or another rollout has
/// changed them since.
std::vector<std::string> left_behind(const RolloutState& rollout, const OperatorAsked& asked);

/// The code that a `rollback` leaves with: 0 where every host that was meant is back.
Exit exit_for_rollback(const RolloutState& rollout, Conductor::End end, const OperatorAsked& asked);

/// How it ended, for people, on stderr, with what to type next.
void say_end(const Console& console, const RolloutState& rollout, Conductor::End end);

}  // namespace breakwater::cli
