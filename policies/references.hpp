#pragma once
// What documents say of each other: does it exist, and does it say the same?
#include <map>
#include <set>
#include <string>

#include "inventories/document/document.hpp"
#include "inventories/firmware/release.hpp"
#include "policies/policy.hpp"
#include "policies/rollout.hpp"

namespace breakwater {

/// The documents of one load. A document with faults of its own is still known by name, so that it is not reported
/// missing. The names in it are looked up as far as they could be read; its limits and digests are not used.
struct References {
  template <class T>
  struct Entry {
    const Document* document = nullptr;
    const T* value = nullptr;  ///< nullptr for a Policy that has faults
    bool whole = false;        ///< the document has no faults of its own
  };
  template <class T>
  using Known = std::map<std::string, Entry<T>>;

  Known<Policy> policies;
  Known<Release> releases;
  Known<Rollout> rollouts;
  std::set<std::string> hosts;
  bool any_inventory = true;
  bool all_hosts_known = true;  ///< false where an Inventory is missing or could not be read
};

Diagnostics check_references(const References& references);

}  // namespace breakwater
