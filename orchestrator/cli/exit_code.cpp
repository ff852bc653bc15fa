#include "orchestrator/cli/exit_code.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>

#include "inventories/vocabulary/plain_text.hpp"
#include "inventories/vocabulary/rows.hpp"
#include "orchestrator/core/left_out.hpp"

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

constexpr std::size_t kHostsNamed = 8;

static_assert(has_every_row(kProblemRows, &ProblemRow::kind));
static_assert(has_every_row(kOutcomeRows, &OutcomeRow::outcome));

}  // namespace

Exit exit_for(Problem::Kind kind) {
  return kProblemRows[static_cast<std::size_t>(kind)].code;
}

Exit exit_for(RolloutOutcome outcome) {
  return kOutcomeRows[static_cast<std::size_t>(outcome)].code;
}

Exit report_idle(const Console& console, const ResolvedPlan& plan) {
  std::map<std::string, std::vector<std::string>> waiting;
  for (const LeftOut& host : plan.left_out) {
    if (keeps_from_rolling(host.reason)) waiting[host.reason].push_back(host.host);
  }
  if (plan.left_out.empty()) {
    console.note(plan.rollout + ": no host of the Inventory matches its targets");
    console.next("breakwater validate ., then look at spec.targets.selector and the labels of the Inventory");
    return Exit::no_host;
  }
  if (waiting.empty()) {
    console.note(plan.rollout + ": there is nothing to do");
    return Exit::done;
  }
  std::string why;
  for (auto& [reason, hosts] : waiting) {
    std::string word = reason;
    std::replace(word.begin(), word.end(), '_', ' ');
    why += (why.empty() ? "" : ", ") + std::to_string(hosts.size()) + ' ' + word + " (" +
           list_some(hosts, kHostsNamed) + ')';
  }
  console.note(plan.rollout + ": no host can be updated now: " + why);
  if (waiting.contains(std::string(kLeftOutOwnSide))) {
    console.next("mend that on this machine, then the same again: no BMC of those hosts was asked");
    return Exit::try_later;
  }
  console.next("breakwater explain HOST, or breakwater observe, which says what its BMC answers");
  return Exit::no_host;
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
