#pragma once
// Documents to begin with: commented YAML that `validate` takes as it is.
#include <string>
#include <vector>

#include "inventories/firmware/release.hpp"
#include "inventories/hosts/host.hpp"

namespace breakwater::views {

/// A YAML scalar in double quotes.
std::string quoted(const std::string& text);

/// Hosts of one rack whose BMCs have addresses in a row.
struct RackChoice {
  std::string name;
  std::string hosts;          ///< a range, `r07-n[01-40]`
  std::string first_address;  ///< of the first host's BMC, with `:port` where it is not 443
};

struct InventoryChoice {
  std::string name;
  std::vector<RackChoice> racks;
  std::string credentials;  ///< `env:NAME` or `file:PATH`
  std::string tls;          ///< the value of `bmc.tls`, as YAML
};
std::string inventory_skeleton(const InventoryChoice& choice);

struct ImportedHost {
  std::string name;
  std::string address;
  std::string serial;  ///< empty where nobody says
  std::string uuid;    ///< the same
  Labels labels{};
  bool named_only = false;  ///< nobody gave it an address, so its name stands for one
};

struct ImportedChoice {
  std::string name;
  std::vector<ImportedHost> hosts;
  std::string credentials;
  std::string tls;
};
/// An Inventory with an entry for every host.
std::string imported_inventory(const ImportedChoice& choice);

/// One signer, by `key`, a reference `file:PATH` to a public key.
std::string policy_skeleton(const std::string& name, const std::string& signer, const std::string& key);

/// What a look at hosts found of the component that an image is for.
struct ReleaseChoice {
  std::string name;
  ComponentKind component = ComponentKind::other;
  std::string vendor;
  std::vector<std::string> models;
  std::string version;
  ImageFile image;
  std::vector<std::string> from;  ///< versions that it may follow
  bool has_other_bank = false;    ///< every host that was looked at can go back by its second bank
};
std::string release_skeleton(const ReleaseChoice& choice);

struct RolloutChoice {
  std::string name;
  std::string policy;
  std::string gate;
  std::string component;  ///< its id in the Rollout
  std::string release;    ///< NAME@sha256:DIGEST
};
std::string rollout_skeleton(const RolloutChoice& choice);

}  // namespace breakwater::views
