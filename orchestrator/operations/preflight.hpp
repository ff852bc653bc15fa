#pragma once
// What of our own side is in the way of speaking to BMCs: found before anything is asked of one.
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "orchestrator/operations/bmc_access.hpp"
#include "orchestrator/operations/problem.hpp"

namespace breakwater::operations {

class Preflight {
 public:
  explicit Preflight(BmcAccess& bmcs) : bmcs_(bmcs) {}

  /// What fails for this host's BMC: its credentials, K_G and CA bundle are read, once for all hosts that share them.
  const std::vector<std::string>& faults_of(const std::string& host, const BmcEndpoint& bmc);

  bool works() const { return hosts_.empty(); }
  /// Each fault once, with its hosts.
  std::vector<std::string> faults() const;
  /// Those of them that only a new start of the process mends.
  std::vector<std::string> for_good() const;
  /// The same, and what to do: `again` once that is mended. A variable of the environment can be mended only by
  /// starting again, so the process ends.
  Problem problem(const std::string& again, std::string next) const;

 private:
  std::string with_hosts(const std::string& fault) const;

  BmcAccess& bmcs_;
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<std::string>> asked_;
  std::map<std::string, std::set<std::string>> hosts_;  ///< by fault
  std::set<std::string> for_good_;
};

}  // namespace breakwater::operations
