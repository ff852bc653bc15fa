#include "orchestrator/operations/problem.hpp"

#include <utility>

#include "inventories/vocabulary/plain_text.hpp"

namespace breakwater::operations {

using Kind = Problem::Kind;

Problem problem(Kind kind, std::string message, std::string next) {
  return Problem{kind, {std::move(message)}, std::move(next)};
}

Problem document_problem(const Diagnostics& faults, std::string next) {
  Problem made{Kind::bad_document, {}, std::move(next)};
  for (const Diagnostic& fault : faults) made.messages.push_back(to_string(fault));
  if (faults.size() > 1) made.messages.push_back(count_of(faults.size(), "fault"));
  return made;
}

Problem refusal_problem(const std::vector<Refusal>& refusals, std::string next) {
  Problem made{Kind::refused, {}, std::move(next)};
  for (const Refusal& refusal : refusals) {
    made.messages.push_back(std::string(to_string(refusal.reason)) + ": " + refusal.message);
  }
  return made;
}

Problem journal_problem(const journal::StoreFault& fault) {
  using Reason = journal::StoreFault::Reason;
  Problem made = problem(Kind::failed, "journal: " + fault.message);
  switch (fault.reason) {
    case Reason::fatal:
      made.kind = Kind::journal_broken;
      made.messages.push_back("nothing more is written; see to the disk, then apply again: it looks before it acts");
      break;
    case Reason::disk_full:
      made.kind = Kind::try_later;
      made.messages.push_back("nothing is lost: make room on the disk, then apply again");
      break;
    case Reason::busy:
      made.kind = Kind::try_later;
      break;
    case Reason::locked:
      made.kind = Kind::try_later;
      made.next = fault.holder && !fault.holder->rollout.empty() ? "breakwater status " + fault.holder->rollout
                                                                 : "breakwater status";
      break;
    case Reason::changed:
      made.messages.push_back("it was changed since it was written, at record " + std::to_string(fault.record) +
                              "; refusing to act on an altered journal");
      made.next = "breakwater journal verify";
      break;
    case Reason::missing:
      made.messages = {"no rollout was ever applied here: " + fault.message};
      made.next = "breakwater apply rollout.yaml, or name the right place with --state DIR";
      break;
    case Reason::unknown_format:
    case Reason::not_locked:
    case Reason::unknown_request:
    case Reason::unreadable:
      break;
  }
  return made;
}

}  // namespace breakwater::operations
