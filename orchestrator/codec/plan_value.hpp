#pragma once
// A ResolvedPlan as a JSON value, for the files of this room that write it into something larger.
#include <string>

#include "inventories/vocabulary/result.hpp"
#include "orchestrator/codec/strict_json.hpp"
#include "orchestrator/core/plan.hpp"

namespace breakwater::codec {

/// Of a file or a record that holds a plan: 100,000 hosts take about 50 MB and 4 million values.
inline constexpr JsonBounds kPlanBounds{std::size_t{1} << 29, 16, 40'000'000};

/// A plan's members, for the Reader and the Writer of whatever holds one. What was read must then pass plan_fault().
template <class Io>
void fields(Io& io, Of<Io, ResolvedPlan>& plan);
extern template void fields<Writer>(Writer& io, const ResolvedPlan& plan);
extern template void fields<Reader>(Reader& io, ResolvedPlan& plan);

/// What the types cannot say, or nothing: indexes that point nowhere, limits under which nothing could ever start. A
/// plan without a fault is safe to hand to the core.
std::string plan_fault(const ResolvedPlan& plan);

/// Canonical: equal plans make equal values, and a value left out means what a default-made plan has.
Json plan_value(const ResolvedPlan& plan);

/// The plan, or the first thing that is wrong with it: a member missing, unknown or of the wrong type, or its
/// plan_fault().
Result<ResolvedPlan, std::string> read_plan_value(JsonTape::Value value);

}  // namespace breakwater::codec
