#pragma once
// Why a verb can not do its work: what to print, what to type next, and with which code to leave.
#include <string>
#include <vector>

#include "inventories/trust/refusal.hpp"
#include "inventories/vocabulary/diagnostic.hpp"
#include "inventories/vocabulary/result.hpp"
#include "orchestrator/cli/console.hpp"
#include "orchestrator/cli/exit_code.hpp"
#include "orchestrator/journal/fault.hpp"

namespace breakwater::cli {

struct Failure {
  Exit code = Exit::failed;
  std::vector<std::string> messages;  ///< one line each
  std::string next{};                 ///< the command that helps; empty where there is none
  bool at_once = false;               ///< the journal is broken: the process may not even tidy up
};

Failure failure(Exit code, std::string message, std::string next = {});

/// Every fault of the documents, as compilers print them.
Failure document_failure(const Diagnostics& faults, std::string next = {});

/// What the journal could not do. `locked` names the process and the rollout that hold it.
Failure store_failure(const journal::StoreFault& fault);

/// Artifacts that were turned away, one line each, with their reason's name.
Failure refusal_failure(const std::vector<Refusal>& refusals, std::string next = {});

/// Prints it and returns its code; does not return where the process has to end at once.
Exit report(const Console& console, const Failure& failure);

}  // namespace breakwater::cli
