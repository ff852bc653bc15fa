#include "orchestrator/cli/exit_code.hpp"

#include <unistd.h>

#include <array>

#include "inventories/vocabulary/plain_text.hpp"
#include "inventories/vocabulary/rows.hpp"

namespace breakwater::cli {
namespace {

struct ProblemRow {
  Problem::Kind kind;
  Exit code;
};

constexpr std::array kProblemRows = std::to_array<ProblemRow>({
    {Problem::Kind::failed, Exit::failed},
    {Problem::Kind::bad_argument, Exit::usage},
    {Problem::Kind::no_host, Exit::no_host},
    {Problem::Kind::bad_document, Exit::document},
    {Problem::Kind::refused, Exit::refused},
    {Problem::Kind::try_later, Exit::try_later},
    {Problem::Kind::journal_broken, Exit::failed},
});

struct OutcomeRow {
  RolloutOutcome outcome;
  Exit code;
};

constexpr std::array kOutcomeRows = std::to_array<OutcomeRow>({
    {RolloutOutcome::running, Exit::waits},
    {RolloutOutcome::paused, Exit::waits},
    {RolloutOutcome::stopped, Exit::waits},
    {RolloutOutcome::halting, Exit::halted},
    {RolloutOutcome::updated, Exit::done},
    {RolloutOutcome::incomplete, Exit::failed},
    {RolloutOutcome::halted, Exit::halted},
    {RolloutOutcome::rolled_back, Exit::halted},
    {RolloutOutcome::quarantined, Exit::quarantined},
});

struct IdleRow {
  Idle::Kind kind;
  Exit code;
};

constexpr auto kIdleRows = std::to_array<IdleRow>({
    {Idle::Kind::converged, Exit::done},
    {Idle::Kind::no_host, Exit::no_host},
    {Idle::Kind::own_side, Exit::try_later},
});

static_assert(has_every_row(kProblemRows, &ProblemRow::kind));
static_assert(has_every_row(kOutcomeRows, &OutcomeRow::outcome));
static_assert(has_every_row(kIdleRows, &IdleRow::kind));

constexpr auto kExitCodes = std::to_array<GlossaryEntry>({
    {"exit", "0",
     "Done. Of a rollout: every host of the plan is updated or current. Of `rollback`: every host that was "
     "meant is rolled back, or runs what a later rollout put there."},
    {"exit", "1",
     "A failure that is not in this table. Of `rollback`: some hosts that were meant still run the image, "
     "or were left alone; they are named."},
    {"exit", "2", "There is something to do (`plan --detailed-exitcode` only)."},
    {"exit", "3", "Verification refused an artifact: an image, a signature, a plan file."},
    {"exit", "4", "It waits for a person.", "breakwater status ROLLOUT"},
    {"exit", "5", "The rollout halted, or was rolled back.", "breakwater report ROLLOUT"},
    {"exit", "6", "It is over, and hosts are quarantined; 5 wins.", "breakwater quarantine list"},
    {"exit", "7",
     "Nothing can be done: no host matches, or those that are left do not answer or may not be touched, or "
     "more are away than `--allow-unreachable` lets through.",
     "breakwater observe INVENTORY"},
    {"exit", "8", "As 2, and hosts that did not answer or refused the login are left out."},
    {"exit", "64", "The command line is wrong.", "breakwater --help"},
    {"exit", "65", "A document is wrong.", "breakwater validate DIR"},
    {"exit", "75",
     "Try again later: the plan is stale, hosts are not free, our own side fails, or the process left "
     "before the end. What to do is printed."},
});

}  // namespace

std::vector<GlossaryEntry> exit_codes() {
  return {kExitCodes.begin(), kExitCodes.end()};
}

Exit exit_for(Problem::Kind kind) {
  return kProblemRows[static_cast<std::size_t>(kind)].code;
}

Exit exit_for(RolloutOutcome outcome) {
  return kOutcomeRows[static_cast<std::size_t>(outcome)].code;
}

Exit report(const Console& console, const Idle& idle) {
  console.note(idle.text);
  if (!idle.next.empty()) console.next(idle.next);
  return kIdleRows[static_cast<std::size_t>(idle.kind)].code;
}

Exit report(const Console& console, const Problem& problem) {
  console.progress("");
  for (const std::string& message : problem.messages) console.error(harmless(message));
  if (!problem.next.empty()) console.next(harmless(problem.next));
  const Exit code = exit_for(problem.kind);
  // A failed sync leaves no promise that holds: no destructor may log out, unlock or write behind it.
  if (problem.kind == Problem::Kind::journal_broken) _exit(static_cast<int>(code));
  return code;
}

}  // namespace breakwater::cli
