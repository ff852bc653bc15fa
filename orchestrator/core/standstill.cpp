#include "orchestrator/core/standstill.hpp"

#include <algorithm>
#include <iterator>

#include "inventories/vocabulary/plain_text.hpp"

namespace breakwater {
namespace {

constexpr std::size_t kHostsNamed = 5;

std::vector<Blocker> named(const RolloutState& rollout, const std::set<HostIndex>& hosts,
                           Blocker (*wait_of)(const RolloutState&, HostIndex)) {
  std::vector<Blocker> waits;
  for (const HostIndex host : hosts) {
    if (waits.size() == kHostsNamed) {
      waits.back().text += "; and " + count_of(hosts.size() - kHostsNamed, "more host") +
                           ", named by breakwater status " + rollout.name + " -o json";
      break;
    }
    waits.push_back(wait_of(rollout, host));
  }
  return waits;
}

}  // namespace

Blocker own_side_wait(const RolloutState& rollout, HostIndex host) {
  return {StartRule::own_side, "our own side fails at " + rollout.plan->hosts[host].name + ": " +
                                   rollout.hosts[host].own_fault + "; once that is mended it goes on by itself"};
}

std::optional<Blocker> cannot_speak(std::string_view lacks) {
  if (lacks.empty()) return std::nullopt;
  return Blocker{StartRule::own_side, "the process that conducts cannot speak to its hosts: " + std::string(lacks)};
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
  return named(rollout, rollout.untrusted, key_wait);
}

std::vector<Blocker> standstills(const RolloutState& rollout, const std::vector<Blocker>& told) {
  std::vector<Blocker> waits = named(rollout, rollout.own_faults, own_side_wait);
  // The first one keeps every start of the rollout, and is told where one is meant.
  std::erase_if(waits, [&told](const Blocker& one) {
    return std::ranges::any_of(told, [&one](const Blocker& other) { return other.text == one.text; });
  });
  std::ranges::move(key_waits(rollout), std::back_inserter(waits));
  return waits;
}

}  // namespace breakwater
