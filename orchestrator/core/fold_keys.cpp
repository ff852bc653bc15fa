// The keys of BMCs that somebody vouched for since the Inventory was written.
#include <algorithm>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {
namespace {

std::string address_of(const BmcEndpoint& bmc) {
  return bmc.address + ' ' + std::to_string(bmc.port);
}

}  // namespace

/// In order of time: a key may have been vouched for beside one that was itself vouched for.
std::vector<Sha256> Fleet::pins_of(const BmcEndpoint& bmc) const {
  std::vector<Sha256> pins = bmc.tls.pins;
  const auto found = vouched_.find(address_of(bmc));
  if (bmc.tls.mode != TlsPolicy::Mode::pin || found == vouched_.end()) return pins;
  for (const Vouched& one : found->second) {
    if (one.beside == pins) pins.push_back(one.key);
  }
  return pins;
}

void Fleet::vouch(const BmcEndpoint& bmc, const Sha256& key) {
  std::vector<Sha256> pins = pins_of(bmc);
  if (bmc.tls.mode != TlsPolicy::Mode::pin || std::find(pins.begin(), pins.end(), key) != pins.end()) return;
  vouched_[address_of(bmc)].push_back(Vouched{std::move(pins), key});
}

/// The host that waits for this word goes on. One that shows another key by now waits for another word.
void Fleet::trust_key(RolloutState& rollout, const OperatorAsked& asked) {
  if (!asked.key) return;
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    if (rollout.plan->hosts[host].name != asked.host) continue;
    vouch(rollout.plan->hosts[host].bmc, *asked.key);
    if (rollout.hosts[host].key_shown == asked.key) {
      note_waiting(rollout, host, Evidence{Evidence::Kind::key_gone, ""});
    }
  }
}

}  // namespace breakwater
