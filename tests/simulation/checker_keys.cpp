// Whose key is vouched for, and how long commands wait until it is.
#include <algorithm>

#include "tests/simulation/checker.hpp"

namespace breakwater::simulation {

void Checker::seen(const EvidenceSeen& event) {
  requests_.seen(event);
  File& file = files_[event.host];
  if (event.evidence.kind == Evidence::Kind::mended || event.evidence.kind == Evidence::Kind::key_gone) {
    file.mended_during = under_way();
  }
  if (!file.open || file.open->id != event.command) return;
  if (event.evidence.kind == Evidence::Kind::key_shown && !file.key_shown) file.key_shown = under_way();
  if (event.evidence.kind == Evidence::Kind::key_gone) no_key_waits(file);
}

/// Operators of these runs vouch for no key but the one that the BMC really has.
void Checker::trusted(const OperatorAsked& event) {
  for (HostIndex host = 0; host < files_.size(); ++host) {
    if (plan_.hosts[host].name != event.host || !event.key) continue;
    files_[host].keys.push_back(*event.key);
    if (scenario_.fleet.shown_key(host) == *event.key) no_key_waits(files_[host]);
  }
}

void Checker::no_key_waits(File& file) const {
  if (file.key_shown) file.key_waits += under_way() - *file.key_shown;
  file.key_shown.reset();
}

/// Of its open command, without its waits for an operator's word on a key.
Duration Checker::busy_since_order(const File& file) const {
  const Instant until = file.key_shown.value_or(under_way());
  return until - file.ordered_during - file.key_waits;
}

void Checker::hears_password(HostIndex host, CommandId command) const {
  const BmcEndpoint& bmc = plan_.hosts[host].bmc;
  if (bmc.tls.mode != TlsPolicy::Mode::pin) return;
  const Sha256 key = scenario_.fleet.shown_key(host);
  const auto among = [&key](const std::vector<Sha256>& keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  const bool vouched = among(bmc.tls.pins) || among(files_[host].keys) || among(plan_.new_bmc_keys);
  if (!vouched) {
    broken("I28", plan_.hosts[host].name + ": command " + std::to_string(command) +
                      " sends its password to a key that nobody vouched for");
  }
}

}  // namespace breakwater::simulation
