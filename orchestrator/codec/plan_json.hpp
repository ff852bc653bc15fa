#pragma once
// Frozen plans: the file that `plan --out` writes and `apply` reads, and the digest by which people approve a plan.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/result.hpp"
#include "orchestrator/core/plan.hpp"

namespace breakwater::codec {

inline constexpr int kPlanFormat = 1;

/// SHA-256 of the plan's canonical JSON: compact, keys in byte order, defaults left out.
Sha256 plan_digest(const ResolvedPlan& plan);

/// The plan as a JSON document for people to review: its format and digest first to be found, then the plan.
std::string encode_plan(const ResolvedPlan& plan);

/// The plan for programs, as `plan -o json` prints it: `apiVersion`, `kind`, its digest, and the plan. No plan file.
std::string plan_document(const ResolvedPlan& plan);

/// Reads what encode_plan wrote. Refuses another format, whatever is not exactly a plan, and a plan that does not have
/// the digest it states: a plan is made again, never edited.
Result<ResolvedPlan, std::string> decode_plan(std::string_view text);

/// Where a plan from a file differs from the one that was made now, one line each, at most `most` and how many more:
/// `waves[canary].gate.success_at_least: the file has 1, the documents make 10000`.
std::vector<std::string> differences(const ResolvedPlan& file, const ResolvedPlan& made, std::size_t most);

}  // namespace breakwater::codec
