#include "orchestrator/operations/missing_here.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/operations/bmc_access.hpp"
#include "orchestrator/operations/proof.hpp"

namespace breakwater::operations {
namespace {

constexpr std::size_t kHostsOfAFault = 5;

/// Each login and bundle once, with its hosts.
void look_for_access(const Documents& documents, Diagnostics& doubts) {
  redfish::TlsContexts tls;
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<OwnFault>> asked;
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> hosts;
  for (const Host& host : documents.hosts) {
    const BmcEndpoint& bmc = host.bmc;
    const bool ipmi = std::find(bmc.drivers.begin(), bmc.drivers.end(), Driver::ipmi) != bmc.drivers.end();
    const auto [found, fresh] = asked.try_emplace({bmc.credentials, ipmi ? bmc.ipmi.k_g : "", bmc.tls.ca_bundle});
    if (fresh) found->second = find_own_faults(bmc, tls);
    for (const OwnFault& fault : found->second) hosts[{fault.named, fault.what}].push_back(host.name);
  }
  for (const auto& [fault, names] : hosts) {
    const Statement& stated = documents.stated_at.at(fault.first);
    doubts.push_back(
        {stated.at, stated.path, "on this machine, " + fault.second + ", for " + list_some(names, kHostsOfAFault)});
  }
}

class ReleaseCheck {
 public:
  ReleaseCheck(const Documents& documents, const ImageStore* images, MissingHere& found)
      : documents_(documents), images_(images), found_(found) {}

  void run(const Rollout& rollout) {
    const Policy& policy = documents_.policies.at(rollout.policy);
    const auto keyring = read_keyring(policy);
    if (!keyring) return;  // said of the Policy
    std::set<std::string> seen;
    for (std::size_t i = 0; i < rollout.components.size(); ++i) {
      const RolloutComponent& component = rollout.components[i];
      const Release& release = documents_.releases.at(component.release.name);
      const std::string path = "spec.components[" + std::to_string(i) + "].release";
      const auto check = [&](const std::string& name) {
        if (seen.insert(name).second) check_release(name, policy, *keyring, component.at, path);
      };
      check(release.name);
      if (release.way_back == WayBack::reflash && release.back_to) check(release.back_to->name);
    }
  }

 private:
  void check_release(const std::string& name, const Policy& policy, const Keyring& keyring, const Mark& at,
                     const std::string& path) {
    const ReleaseOnPaper paper{documents_.releases.at(name), documents_.release_texts.at(name)};
    for (const Refusal& refusal : find_refusals(images_, policy, keyring, paper)) {
      Diagnostics& into = refusal.reason == Refusal::Reason::forbidden ? found_.faults : found_.doubts;
      into.push_back({at, path, std::string(to_string(refusal.reason)) + ": " + refusal.message});
    }
  }

  const Documents& documents_;
  const ImageStore* images_;
  MissingHere& found_;
};

}  // namespace

MissingHere missing_here(const Documents& documents, const Installation& installation) {
  MissingHere found;
  for (const auto& [name, policy] : documents.policies) {
    const auto keyring = read_keyring(policy);
    if (!keyring) found.faults.insert(found.faults.end(), keyring.error().begin(), keyring.error().end());
  }
  look_for_access(documents, found.doubts);
  const auto images = installation.find_images();
  ReleaseCheck check(documents, images ? &*images : nullptr, found);
  for (const auto& [name, rollout] : documents.rollouts) check.run(rollout);
  return found;
}

}  // namespace breakwater::operations
