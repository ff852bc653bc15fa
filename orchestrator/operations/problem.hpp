#pragma once
// Why an operation cannot do its work: what to tell a person, and the command that helps. Each face maps the kind to
// what it leaves with: an exit code, a status.
#include <string>
#include <string_view>
#include <vector>

#include "inventories/trust/refusal.hpp"
#include "inventories/vocabulary/diagnostic.hpp"
#include "inventories/vocabulary/result.hpp"
#include "orchestrator/journal/fault.hpp"

namespace breakwater::operations {

/// A next command that begins so is the one that was typed, with more to add. A command line says it as it was typed.
inline constexpr std::string_view kSame = "the same";

struct Problem {
  enum class Kind {
    failed,         ///< whatever is not named below
    bad_argument,   ///< what was asked for makes no sense as it was typed
    no_host,        ///< what was asked for names no host that is known, or too few of them answer
    bad_document,   ///< a document or a plan file is wrong
    refused,        ///< trust refused an artifact
    try_later,      ///< stale plan, another conductor, a full disk, or asked to leave
    journal_broken  ///< a write or a sync failed: end the process at once, no destructor may log out, unlock or write
  };
  Kind kind = Kind::failed;
  std::vector<std::string> messages;  ///< one line each
  std::string next{};                 ///< the command that helps, `  # why` behind it; empty where there is none
};

Problem problem(Problem::Kind kind, std::string message, std::string next = {});

/// Every fault of the documents, as compilers print them.
Problem document_problem(const Diagnostics& faults, std::string next = {});

/// What the journal could not do. `locked` names the rollout that holds it.
Problem journal_problem(const journal::StoreFault& fault);

/// Artifacts that were turned away, one line each, with their reason's name, and the command that helps most.
Problem refusal_problem(const std::vector<Refusal>& refusals);

}  // namespace breakwater::operations
