#pragma once
// A plan's hosts as the model knows them. A plan does not keep the inventory that it was made from, so the model shows
// one entry for each of a host's updates, found by the component's id, and every version in one spelling.
#include "orchestrator/core/plan.hpp"
#include "orchestrator/crews/model/model_host.hpp"

namespace breakwater::model {

/// The plan that a modelled fleet is conducted by: components are selected by their id, an image is reported as its
/// version, and a host that can be reflashed runs the version of that image.
ResolvedPlan as_modelled(ResolvedPlan plan);

/// A well host that runs what the plan saw. `plan` is as modelled.
ModelHost model_of(const ResolvedPlan& plan, const PlannedHost& planned);

}  // namespace breakwater::model
