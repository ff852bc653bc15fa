#pragma once
// One run of a rehearsal: the conductor itself, over a journal in memory and a modelled fleet, in virtual time.
#include <functional>
#include <optional>

#include "orchestrator/rehearsal/run_figures.hpp"
#include "orchestrator/rehearsal/scenario.hpp"

namespace breakwater::rehearsal {

struct RunAsked {
  std::uint64_t seed = 1;
  Instant begin;         ///< windows and freezes are met from here on
  bool samples = false;  ///< keep how many hosts were in which state when
};

/// Asked now and then: true where the person has gone.
using Leave = std::function<bool()>;

/// Nothing where it was left. `plan` is in one spelling.
std::optional<RunFigures> rehearse(const ResolvedPlan& plan, const Scenario& scenario, const RunAsked& asked,
                                   const Leave& leave);

}  // namespace breakwater::rehearsal
