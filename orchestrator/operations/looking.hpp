#pragma once
// The look at every host that a plan is made from.
#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "inventories/hosts/host.hpp"
#include "orchestrator/operations/installation.hpp"
#include "orchestrator/operations/planning.hpp"

namespace breakwater::operations {

/// Hosts that are looked at together unless told.
inline constexpr int kLooksAtOnce = 64;

/// Inventories in these files and directories. A single file is taken with the BmcKeys under its directory: those of
/// its hosts may be among them.
Result<Documents, Problem> load_inventories(const std::vector<std::string>& paths);

/// The hosts with these labels, in order of name. bad_argument where that is no selector, no_host where no host has
/// them; `path` is where their documents are.
Result<std::vector<Host>, Problem> select_hosts(const Documents& documents, const std::string& selector,
                                                const std::string& path);

/// Told once before the first host with `done` 0, then after each.
using LookProgress = std::function<void(std::size_t done, std::size_t all)>;

/// Looks at hosts, at most `at_once` of them together; the result has the order of `hosts`. After the first of
/// `interrupts` no further host is asked, and says so. The keys that `fleet` knows to be vouched for count too.
std::vector<Sight> look_at_hosts(Installation& installation, std::vector<Host> hosts, const Fleet& fleet, int at_once,
                                 const std::atomic<int>& interrupts, const LookProgress& progress);

struct Looked {
  std::vector<Sight> sights;              ///< in the order of the hosts
  std::vector<std::string> own_faults{};  ///< each once, with the hosts whose BMC was not asked because of it
};

/// The same, but for hosts that a fault of our own side stands before: their BMCs are not asked.
Looked look_where_able(Installation& installation, const std::vector<Host>& hosts, const Fleet& fleet, int at_once,
                       const std::atomic<int>& interrupts, const LookProgress& progress);

/// What a fault of our own side (credentials, K_G, CA bundle) does to a plan. Nobody is asked of the hosts that have
/// it.
enum class OwnFaults {
  leave_out,  ///< such hosts are left out as `own_side`; the others are planned
  end,        ///< no host is looked at, and there is no plan
};

/// make_plan with real BMCs. An interrupt ends it with nothing touched.
Result<ResolvedPlan, Problem> look_and_plan(Installation& installation, const RolloutDocuments& loaded,
                                            ImageStore& images, const Fleet& fleet, const std::atomic<int>& interrupts,
                                            const LookProgress& progress, OwnFaults own_faults);

}  // namespace breakwater::operations
