#pragma once
// What an operator asks of a rollout or of a host: found, checked, and handed over.
#include <memory>
#include <string>
#include <vector>

#include "inventories/hosts/selector.hpp"
#include "orchestrator/core/binding.hpp"
#include "orchestrator/operations/installation.hpp"
#include "orchestrator/operations/recalling.hpp"
#include "orchestrator/operations/request.hpp"

namespace breakwater::operations {

/// Who asks, and why, for the record.
struct Asker {
  std::string name;
  std::string reason;
};

struct Steered {
  Delivered delivered;
  std::string rollout;
  bool goes_on = false;              ///< something goes on without an operator, once a conductor runs
  std::vector<Finishing> finishing;  ///< hosts whose BMC is at something that is not interrupted
};

/// A pause, a resume or a stop of every run that is meant and not over; a problem where all are over.
Result<Steered, Problem> steer(const Installation& installation, Verb verb, const std::string& rollout,
                               const Asker& asker);

struct RollBackAsked {
  Delivered delivered;                          ///< the last of them
  std::vector<OperatorAsked> asked;             ///< one for each run, in order of their start
  std::vector<std::string> notes;               ///< of RollBackPlan, and what in_later_runs says
  bool reaches = false;                         ///< some host runs what is rolled back, or may
  std::unique_ptr<journal::SqliteStore> store;  ///< locked where nobody took it up: it is ours to carry out
};
/// Where no run planned the image for any host that is meant, nothing is asked.
Result<RollBackAsked, Problem> ask_roll_back(const Installation& installation, const RollBackWanted& wanted,
                                             const Asker& asker);

struct Released {
  std::string host;  ///< as it was quarantined
  Delivered delivered;
  std::vector<std::string> armed;  ///< what may still wait at its BMC, of each quarantine that says so
};
/// Lets a quarantined host be planned again, whatever it was quarantined for and how often; by the name of then, or by
/// one that its machine got since. Where that is told by half of its identity only, the exact command is named.
Result<Released, Problem> release_host(const Installation& installation, const std::string& host, const Asker& asker);

/// The same for every quarantined host whose labels match, as the newest plan has its machine.
Result<std::vector<Released>, Problem> release_hosts(const Installation& installation, const Selector& selector,
                                                     const Asker& asker);

struct KeyTrusted {
  Delivered delivered;
  std::string rollout;  ///< the run that has the host in flight
};
/// Vouches for the key that the BMC of a host in flight shows: the host goes on, and the key counts from now on beside
/// those of the Inventory. A problem where it shows none, or another one.
Result<KeyTrusted, Problem> trust_host_key(const Installation& installation, const std::string& host, const Sha256& key,
                                           const Asker& asker);

/// Takes a quarantined host out of the count of its domains; it stays quarantined. Refused where the Policy's ceiling
/// leaves that without effect.
Result<Delivered, Problem> discount_host(const Installation& installation, const std::string& host, const Asker& asker);

}  // namespace breakwater::operations
