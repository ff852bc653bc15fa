#pragma once
// A frozen plan on disk: one line that says where it came from, then the plan as the journal writes it.
#include <string>

#include "orchestrator/core/plan.hpp"
#include "orchestrator/operations/problem.hpp"

namespace breakwater::operations {

struct FrozenPlan {
  ResolvedPlan plan;
  std::string rollout_file;  ///< absolute; the documents beside it are held against the plan
};

/// The bytes of the file, and back.
std::string to_text(const FrozenPlan& frozen);
Result<FrozenPlan, Problem> parse_plan_file(const std::string& text, const std::string& file);

/// A nonce for a plan that is about to be frozen: one file is applied once.
std::string new_nonce();

/// Writes the file whole or not at all.
Result<void, Problem> write_plan_file(const FrozenPlan& frozen, const std::string& file);
Result<FrozenPlan, Problem> read_plan_file(const std::string& file);

/// True for a file that begins as plan files do, and as no YAML document of ours does.
bool is_plan_file(const std::string& file);

}  // namespace breakwater::operations
