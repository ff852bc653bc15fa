#pragma once
// What the process says when it leaves. 64 and above are those of sysexits.h.
#include <vector>

#include "orchestrator/cli/console.hpp"
#include "orchestrator/core/report.hpp"
#include "orchestrator/operations/applying.hpp"
#include "orchestrator/operations/problem.hpp"
#include "orchestrator/views/glossary.hpp"

namespace breakwater::cli {

using namespace operations;  // a face hands everything on to them

enum class Exit : int {
  done = 0,         ///< for a rollout: every host of the plan is updated or current
  failed = 1,       ///< whatever is not named below
  differences = 2,  ///< only `plan --detailed-exitcode`: there is something to do
  refused = 3,      ///< verification refused an artifact
  waits = 4,        ///< it waits for a person
  halted = 5,       ///< halted or rolled back
  quarantined = 6,  ///< finished, and hosts are quarantined; `halted` wins
  no_host = 7,    ///< nothing can be done: no host matched, those that are left do not answer or may not be touched, or
                  ///< more are away than `--allow-unreachable` lets through
  some_away = 8,  ///< only `plan --detailed-exitcode`: as 2, and hosts that did not answer are left out
  usage = 64,
  document = 65,
  try_later = 75,  ///< stale plan, another conductor runs, left before the end
};

/// What each code says, for the glossary.
std::vector<GlossaryEntry> exit_codes();

/// The code for each kind of problem.
Exit exit_for(Problem::Kind kind);
/// The code of a command that carried a rollout this far.
Exit exit_for(RolloutOutcome outcome);

/// Prints why a plan has no hosts, and returns the code.
Exit report(const Console& console, const Idle& idle);

/// Prints a problem and returns its code; does not return where the process has to end at once.
Exit report(const Console& console, const Problem& problem);

}  // namespace breakwater::cli
