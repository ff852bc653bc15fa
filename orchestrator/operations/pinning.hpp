#pragma once
// The keys of many BMCs in pin mode: what each shows, and the document that says which of them count.
#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "inventories/hosts/bmc_keys_document.hpp"
#include "inventories/hosts/host.hpp"
#include "orchestrator/operations/installation.hpp"
#include "orchestrator/operations/looking.hpp"

namespace breakwater::operations {

struct KeySight {
  enum class Standing {
    fresh,   ///< no key of this host is known
    pinned,  ///< the key that is shown counts already
    other,   ///< keys are known, and the one that is shown is none of them
    silent,  ///< nothing was shown
  };
  std::string host;
  std::string address;
  Standing standing = Standing::silent;
  std::optional<Sha256> key;
  std::string fault;
};

/// Reads the keys of the hosts in pin mode, in the order of `hosts`; no password leaves, and nothing is asked beyond
/// the handshake.
std::vector<KeySight> look_at_keys(Installation& installation, const std::vector<Host>& hosts,
                                   const LookProgress& progress);

/// Writes the keys of hosts that had none into `file`, beside those that it has, which others may add meanwhile.
/// bad_document where it is no document of that kind alone, bad_argument where a comment of a person would be lost.
Result<void, Problem> write_keys(const std::string& file, const std::vector<KeySight>& fresh);

}  // namespace breakwater::operations
