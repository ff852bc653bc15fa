#include "orchestrator/operations/preflight.hpp"

#include <utility>

#include "inventories/vocabulary/plain_text.hpp"

namespace breakwater::operations {
namespace {

constexpr std::size_t kHostsNamed = 5;

}  // namespace

const std::vector<std::string>& Preflight::faults_of(const std::string& host, const BmcEndpoint& bmc) {
  const auto [asked, fresh] = asked_.try_emplace({bmc.credentials, bmc.ipmi.k_g, bmc.tls.ca_bundle});
  if (fresh) {
    for (OwnFault& fault : bmcs_.own_faults(bmc)) {
      if (fault.for_good) for_good_.insert(fault.what);
      asked->second.push_back(std::move(fault.what));
    }
  }
  for (const std::string& fault : asked->second) hosts_[fault].insert(host);
  return asked->second;
}

std::vector<std::string> Preflight::faults() const {
  std::vector<std::string> lines;
  for (const auto& [fault, hosts] : hosts_) lines.push_back(with_hosts(fault));
  return lines;
}

std::vector<std::string> Preflight::for_good() const {
  std::vector<std::string> lines;
  for (const std::string& fault : for_good_) lines.push_back(with_hosts(fault));
  return lines;
}

std::string Preflight::with_hosts(const std::string& fault) const {
  const std::set<std::string>& hosts = hosts_.at(fault);
  return fault + ", for " + list_some({hosts.begin(), hosts.end()}, kHostsNamed);
}

Problem Preflight::problem(const std::string& again, std::string next) const {
  Problem problem;
  problem.kind = Problem::Kind::try_later;
  problem.messages = faults();
  problem.messages.push_back("no BMC was asked and no host's state has changed: mend that, then " + again);
  problem.next = std::move(next);
  return problem;
}

}  // namespace breakwater::operations
