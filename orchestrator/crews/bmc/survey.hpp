#pragma once
// One read-only look at many hosts, a bounded number at once: what a plan is made from.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "inventories/hosts/host.hpp"
#include "inventories/hosts/observation.hpp"
#include "orchestrator/crews/bmc/bmc_crew.hpp"

namespace breakwater {

/// How long one host is given to show itself; by then it counts as unreachable.
struct SurveyPatience {
  Duration in_all{60'000};
  Duration between{1'000};  ///< from an answer that it is busy to the next try
};

/// Looks at every host, `at_once` of them together (at least 1); the result has the order of `hosts`. `on_done` is told
/// how many are done.
std::vector<Sight> survey(const ReachBmc& reach, const std::vector<Host>& hosts, int at_once,
                          const std::function<void(std::size_t)>& on_done, SurveyPatience patience = {});

/// The key of a BMC's certificate, as it shows it to anybody.
struct KeyShown {
  std::optional<Sha256> key;  ///< SHA-256 of the SubjectPublicKeyInfo
  std::string fault;          ///< why there is none
};

/// Reads the key of every BMC, `at_once` of them together; `reach` trusts no key (`reach_for_key`), so that each
/// conversation ends within its handshake.
std::vector<KeyShown> survey_keys(const ReachBmc& reach, const std::vector<Host>& hosts, int at_once,
                                  const std::function<void(std::size_t)>& on_done, SurveyPatience patience = {});

}  // namespace breakwater
