#include "orchestrator/cli/exit_code.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>

#include "inventories/vocabulary/plain_text.hpp"
#include "inventories/vocabulary/rows.hpp"
#include "orchestrator/views/report.hpp"

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

constexpr std::size_t kHostsNamed = 8;

static_assert(has_every_row(kRows, &Row::kind));

}  // namespace

Exit exit_for(Problem::Kind kind) {
  return kRows[static_cast<std::size_t>(kind)].code;
}

Exit exit_for(RolloutOutcome outcome) {
  return static_cast<Exit>(views::code_of(outcome));
}

Exit report_idle(const Console& console, const ResolvedPlan& plan) {
  std::map<std::string, std::vector<std::string>> waiting;
  for (const LeftOut& host : plan.left_out) {
    const bool meant = host.reason == "current" || host.reason == "held" || host.reason == "excluded";
    if (!meant) waiting[host.reason].push_back(host.host);
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
