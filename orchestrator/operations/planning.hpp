#pragma once
// From files and BMCs to a plan: documents are loaded, releases proven, hosts looked at, and resolve() asked.
#include <functional>
#include <string>
#include <vector>

#include "inventories/hosts/observation.hpp"
#include "inventories/trust/image_store.hpp"
#include "orchestrator/core/fleet.hpp"
#include "orchestrator/core/resolve.hpp"
#include "orchestrator/operations/problem.hpp"
#include "policies/documents.hpp"

namespace breakwater::operations {

/// The documents around one Rollout.
struct RolloutDocuments {
  Documents documents;
  std::string file;  ///< absolute
  std::string name;

  const Rollout& rollout() const { return documents.rollouts.at(name); }
  const Policy& policy() const { return documents.policies.at(rollout().policy); }
};

/// Reads the file of a Rollout and the documents beside it.
Result<RolloutDocuments, Problem> load_rollout(const std::string& file);

/// The name of the Rollout in a file whose documents may be wrong otherwise; empty where there is none.
std::string rollout_name_in(const std::string& file);

/// Looks at hosts; the result has their order.
using HostSurvey = std::function<std::vector<Sight>(const std::vector<Host>&)>;
/// What of our own side keeps us from asking a host; empty where nothing does. Asked of each before anybody is looked
/// at.
using OwnFaultOf = std::function<std::string(const Host&)>;

/// Makes the plan. `fleet` is the fold of the journal: who is quarantined, and who belongs to another rollout.
Result<ResolvedPlan, Problem> make_plan(const RolloutDocuments& loaded, ImageStore& images, const Fleet& fleet,
                                        const HostSurvey& look, Instant now, const OwnFaultOf& own_fault = {});

/// A frozen plan, made once more from the documents and from what it says was seen of its hosts; nobody is asked. It is
/// refused where it differs: no plan file loosens, or tightens, what the documents say today.
Result<ResolvedPlan, Problem> make_plan_again(const RolloutDocuments& loaded, ImageStore& images,
                                              const ResolvedPlan& frozen, Instant now);

/// What the documents make of a frozen plan today, one line for each value that differs. Nothing where they make no
/// plan at all.
std::vector<std::string> values_changed(const RolloutDocuments& loaded, ImageStore& images, const ResolvedPlan& frozen,
                                        Instant now);

/// What changed since the plan was made: documents, keys, signatures, and hosts that were quarantined or taken by
/// another rollout. One line each; empty where it can be carried out as it is.
std::vector<std::string> why_stale(const ResolvedPlan& plan, const RolloutDocuments& loaded, const Fleet& fleet);

/// What changed in the documents since the plan was made, one line each; empty where it is still the same.
std::vector<std::string> changes_since(const ResolvedPlan& plan, const Documents& documents);

}  // namespace breakwater::operations
