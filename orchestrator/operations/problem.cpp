#include "orchestrator/operations/problem.hpp"

#include <algorithm>
#include <initializer_list>
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

namespace {

/// The command that helps most; nothing where a person has to see to the file that the message names.
std::string next_for(const std::vector<Refusal>& refusals) {
  using Reason = Refusal::Reason;
  const auto any_of = [&refusals](std::initializer_list<Reason> reasons) {
    return std::any_of(refusals.begin(), refusals.end(), [&reasons](const Refusal& one) {
      return std::find(reasons.begin(), reasons.end(), one.reason) != reasons.end();
    });
  };
  if (any_of({Reason::not_in_store})) return "breakwater firmware import IMAGE";
  if (any_of({Reason::digest_mismatch, Reason::size_mismatch})) {
    return "breakwater firmware import IMAGE  # replaces a damaged copy";
  }
  if (any_of({Reason::signature_missing, Reason::threshold_unmet})) {
    return "breakwater firmware sign RELEASE.yaml --key SECRET";
  }
  if (any_of({Reason::signature_invalid})) {
    return "put the Release back as it was signed; or, once it was reviewed again: breakwater firmware sign "
           "RELEASE.yaml --key SECRET";
  }
  return {};
}

}  // namespace

Problem refusal_problem(const std::vector<Refusal>& refusals) {
  Problem made{Kind::refused, {}, next_for(refusals)};
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
      made.messages.push_back(
          "nothing more is written; see to the disk, put a damaged journal back from a copy, then apply again: "
          "it looks before it acts");
      break;
    case Reason::disk_full:
      made.kind = Kind::try_later;
      made.messages.push_back("nothing is lost: make room on the disk, then apply again");
      break;
    case Reason::busy:
      made.kind = Kind::try_later;
      made.messages.push_back("another program holds the file; what was asked for is not recorded: ask again");
      break;
    case Reason::locked:
      made.kind = Kind::try_later;
      made.next = fault.holder && !fault.holder->rollout.empty() ? "breakwater status " + fault.holder->rollout
                                                                 : "breakwater status";
      break;
    case Reason::changed:
      made.messages.push_back("it was changed since it was written, at record " + std::to_string(fault.record) +
                              "; refusing to act on an altered journal");
      made.next = "breakwater journal export --out FILE  # writes the records before it";
      break;
    case Reason::missing:
      made.messages = {"no rollout was ever applied here: " + fault.message};
      made.next = "breakwater apply rollout.yaml  # or name the right place with --state DIR";
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
