#pragma once
// What an operator asks of a rollout or of a host: found, checked, and handed over.
#include <memory>
#include <string>
#include <vector>

#include "inventories/hosts/selector.hpp"
#include "orchestrator/core/binding.hpp"
#include "orchestrator/operations/installation.hpp"
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
  bool goes_on = false;              ///< something has to come to rest yet
  std::vector<Finishing> finishing;  ///< hosts whose BMC is at something that is not interrupted
};

/// A pause, a resume or a stop; a problem for a rollout that is over.
Result<Steered, Problem> steer(const Installation& installation, Verb verb, const std::string& rollout,
                               const Asker& asker);

/// A wave and a host are empty where all of the rollout is meant.
struct RollBackWanted {
  std::string rollout;
  std::string wave;
  std::string host;
};
struct RollBackAsked {
  Delivered delivered;
  std::string rollout;
  OperatorAsked asked;
  std::unique_ptr<journal::SqliteStore> store;  ///< locked where nobody took it up: it is ours to carry out
};
Result<RollBackAsked, Problem> ask_roll_back(const Installation& installation, const RollBackWanted& wanted,
                                             const Asker& asker);

/// Lets a quarantined host be planned again, whatever it was quarantined for and how often.
Result<Delivered, Problem> release_host(const Installation& installation, const std::string& host, const Asker& asker);

struct Released {
  std::string host;
  Delivered delivered;
};
/// The same for every quarantined host whose labels, as its rollout planned it, match.
Result<std::vector<Released>, Problem> release_hosts(const Installation& installation, const Selector& selector,
                                                     const Asker& asker);

}  // namespace breakwater::operations
