#include "orchestrator/cli/failure.hpp"

#include <unistd.h>

#include <utility>

#include "orchestrator/views/text.hpp"

namespace breakwater::cli {

Failure failure(Exit code, std::string message, std::string next) {
  return Failure{code, {std::move(message)}, std::move(next)};
}

Failure document_failure(const Diagnostics& faults, std::string next) {
  Failure failed{Exit::document, {}, std::move(next)};
  for (const Diagnostic& fault : faults) failed.messages.push_back(to_string(fault));
  if (faults.size() > 1) failed.messages.push_back(count_of(faults.size(), "fault"));
  return failed;
}

Failure refusal_failure(const std::vector<Refusal>& refusals, std::string next) {
  Failure failed{Exit::refused, {}, std::move(next)};
  for (const Refusal& refusal : refusals) {
    failed.messages.push_back(std::string(to_string(refusal.reason)) + ": " + refusal.message);
  }
  return failed;
}

Failure store_failure(const journal::StoreFault& fault) {
  using Reason = journal::StoreFault::Reason;
  Failure failed = failure(Exit::failed, "journal: " + fault.message);
  switch (fault.reason) {
    case Reason::fatal:
      failed.messages.push_back("nothing more is written; see to the disk, then apply again: it looks before it acts");
      failed.at_once = true;
      break;
    case Reason::disk_full:
      failed.messages.push_back("nothing is lost: make room on the disk, then apply again");
      failed.code = Exit::try_later;
      break;
    case Reason::busy:
      failed.code = Exit::try_later;
      break;
    case Reason::locked:
      failed.code = Exit::try_later;
      failed.next = fault.holder && !fault.holder->rollout.empty() ? "breakwater status " + fault.holder->rollout
                                                                   : "breakwater status";
      break;
    case Reason::changed:
      failed.messages.push_back("it was changed since it was written, at record " + std::to_string(fault.record) +
                                "; nothing is done on the word of such a journal");
      failed.next = "breakwater journal verify";
      break;
    case Reason::missing:
      failed.messages = {"no rollout was ever applied here: " + fault.message};
      failed.next = "breakwater apply rollout.yaml, or name the right place with --state DIR";
      break;
    case Reason::unknown_format:
    case Reason::not_locked:
    case Reason::unknown_request:
    case Reason::unreadable:
      break;
  }
  return failed;
}

Exit report(const Console& console, const Failure& failure) {
  console.progress("");
  for (const std::string& message : failure.messages) console.error(harmless(message));
  if (!failure.next.empty()) console.next(harmless(failure.next));
  // A failed sync leaves no promise that holds: no destructor may log out, unlock or write behind it.
  if (failure.at_once) _exit(static_cast<int>(failure.code));
  return failure.code;
}

}  // namespace breakwater::cli
