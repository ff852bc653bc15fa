#pragma once
// resolve(): documents and observations in, a plan out. Pure. A host that cannot be updated safely is left out with
// its reason; a rollout that cannot be carried out at all is refused.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// A Release whose signatures and image were checked for this plan.
struct ProvenRelease {
  Release release;
  std::vector<std::string> signers;
  std::string text;
  std::vector<SignatureFile> signatures;
};

/// What one look before the plan showed of a host; `seen` is empty where the host could not be read.
struct HostSight {
  Host host;
  std::optional<Observation> seen;
  std::string fault;
  Sight::Silence silence = Sight::Silence::no_answer;  ///< where it was not seen
};

/// The reason, as in left_out.hpp, for which a host that could not be read is left out of a plan.
std::string_view left_out_as(Sight::Silence silence);

/// A host that an earlier rollout quarantined.
struct KeptAs {
  std::string why;
  std::string name{};  ///< of its quarantine, where that may be another one
};

struct ResolveInput {
  Rollout rollout;
  Policy policy;
  Limits limits;  ///< the Policy's ceilings, tightened by the Rollout
  Sha256 inventory_digest;
  std::vector<TrustedKey> keys;
  std::map<std::string, ProvenRelease> releases;  ///< by name: every one the rollout or a way back names
  std::vector<Release> known;    ///< of all documents: by their sequences it is told which step is a downgrade
  std::vector<HostSight> hosts;  ///< those the selection names, in order of name
  std::map<std::string, std::map<std::string, int>> domain_sizes;  ///< label -> value -> hosts of the whole inventory
  std::map<std::string, KeptAs> quarantined;        ///< by the host's name, machine_of it, and its telling halves_of
  std::map<std::string, std::string> owned;         ///< name, or machine_of -> the unfinished rollout it belongs to
  std::map<std::string, BankSwitch> bank_switches;  ///< machine_of -> what an update may take from it
  Calendar calendar;
  Instant now;
};

/// Why there is no plan: one line each.
struct PlanRefusal {
  std::string why;
  Mark at{};                        ///< of the Rollout; no place where none is to blame alone
  std::vector<LeftOut> left_out{};  ///< hosts of the selection without which it is so
  bool once_free = false;           ///< it is not, with those of them that are not free now
};
using PlanRefusals = std::vector<PlanRefusal>;

Result<ResolvedPlan, PlanRefusals> resolve(const ResolveInput& input);

/// The plan that these documents make of what `frozen` says was seen: of its hosts only identity, running versions,
/// second banks, drivers and findings are taken from it. What else differs in it was not made from these documents.
/// `input.hosts` are those of the selection, as the Inventory has them; nobody is asked.
Result<ResolvedPlan, PlanRefusals> resolve_again(const ResolveInput& input, const ResolvedPlan& frozen);

}  // namespace breakwater
