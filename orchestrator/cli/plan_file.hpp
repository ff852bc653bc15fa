#pragma once
// A frozen plan on disk: one line that says where it came from, then the plan as the journal writes it.
#include <string>

#include "orchestrator/cli/failure.hpp"
#include "orchestrator/core/plan.hpp"

namespace breakwater::cli {

struct FrozenPlan {
  ResolvedPlan plan;
  std::string rollout_file;  ///< absolute; the documents beside it are held against the plan
};

/// The bytes of the file, and back.
std::string to_text(const FrozenPlan& frozen);
Result<FrozenPlan, Failure> parse_plan_file(const std::string& text, const std::string& file);

/// Writes the file whole or not at all.
Result<void, Failure> write_plan_file(const FrozenPlan& frozen, const std::string& file);
Result<FrozenPlan, Failure> read_plan_file(const std::string& file);

/// True for a file that begins as plan files do, and as no YAML document of ours does.
bool is_plan_file(const std::string& file);

}  // namespace breakwater::cli
