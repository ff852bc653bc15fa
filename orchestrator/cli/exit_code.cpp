#include "orchestrator/cli/exit_code.hpp"

#include <unistd.h>

#include <array>

#include "inventories/vocabulary/plain_text.hpp"

namespace breakwater::cli {
namespace {

struct Row {
  Problem::Kind kind;
  Exit code;
};

constexpr std::array kRows = std::to_array<Row>({
    {Problem::Kind::failed, Exit::failed},
    {Problem::Kind::bad_argument, Exit::usage},
    {Problem::Kind::bad_document, Exit::document},
    {Problem::Kind::refused, Exit::refused},
    {Problem::Kind::try_later, Exit::try_later},
    {Problem::Kind::journal_broken, Exit::failed},
});

constexpr bool rows_stand_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].kind) != i) return false;
  }
  return kRows.back().kind == Problem::Kind::journal_broken;
}
static_assert(rows_stand_in_order());

}  // namespace

Exit exit_for(Problem::Kind kind) {
  return kRows[static_cast<std::size_t>(kind)].code;
}

Exit exit_for(RolloutOutcome outcome) {
  switch (outcome) {
    case RolloutOutcome::running:
    case RolloutOutcome::paused:
    case RolloutOutcome::stopped:
      return Exit::waits;
    case RolloutOutcome::halting:
    case RolloutOutcome::halted:
    case RolloutOutcome::rolled_back:
      return Exit::halted;
    case RolloutOutcome::quarantined:
      return Exit::quarantined;
    case RolloutOutcome::updated:
      return Exit::done;
    case RolloutOutcome::incomplete:
      break;
  }
  return Exit::failed;
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
