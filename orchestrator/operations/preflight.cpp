#include "orchestrator/operations/preflight.hpp"

#include <utility>

#include "inventories/vocabulary/plain_text.hpp"

namespace breakwater::operations {
namespace {

constexpr std::size_t kNamesShown = 5;

}  // namespace

const std::vector<std::string>& Preflight::faults_of(const std::string& host, const BmcEndpoint& bmc) {
  const auto [asked, fresh] = asked_.try_emplace({bmc.credentials, bmc.ipmi.k_g, bmc.tls.ca_bundle});
  if (fresh) asked->second = bmcs_.own_faults(bmc);
  for (const std::string& fault : asked->second) hosts_[fault].insert(host);
  return asked->second;
}

std::vector<std::string> Preflight::faults() const {
  std::vector<std::string> lines;
  for (const auto& [fault, hosts] : hosts_) {
    lines.push_back(fault + ", for " + list_some({hosts.begin(), hosts.end()}, kNamesShown));
  }
  return lines;
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
