#include "orchestrator/core/standstill.hpp"

#include "inventories/vocabulary/plain_text.hpp"

namespace breakwater {
namespace {

constexpr std::size_t kKeysNamed = 5;

}  // namespace

Blocker own_side_wait(const RolloutState& rollout, HostIndex host) {
  return {StartRule::own_side, "our own side fails at " + rollout.plan->hosts[host].name + ": " +
                                   rollout.hosts[host].own_fault + "; once that is mended it goes on by itself"};
}

Blocker key_wait(const RolloutState& rollout, HostIndex host) {
  const std::string& name = rollout.plan->hosts[host].name;
  const std::string key = to_hex(*rollout.hosts[host].key_shown);
  Blocker blocker{StartRule::new_key, "the BMC of " + name + " shows a new key, sha256:" + key +
                                          "; no password is sent until somebody vouches for it"};
  blocker.host = name;
  blocker.command = trust_command(name, key);
  return blocker;
}

std::string trust_command(const std::string& host, const std::string& sha256) {
  return "breakwater trust-key " + host + " --sha256 " + sha256;
}

std::vector<Blocker> key_waits(const RolloutState& rollout) {
  std::vector<Blocker> waits;
  for (const HostIndex host : rollout.untrusted) {
    if (waits.size() == kKeysNamed) {
      waits.back().text += "; and " + count_of(rollout.untrusted.size() - kKeysNamed, "more host");
      break;
    }
    waits.push_back(key_wait(rollout, host));
  }
  return waits;
}

}  // namespace breakwater
