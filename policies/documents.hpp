#pragma once
// Everything that was read for one command, held together: names are unique, references lead somewhere, and a Rollout
// stays under its Policy. Pure; inventories/document/files.hpp finds and reads the files.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/document/document.hpp"
#include "inventories/document/source_text.hpp"
#include "inventories/firmware/release.hpp"
#include "inventories/hosts/host.hpp"
#include "inventories/vocabulary/result.hpp"
#include "policies/policy.hpp"
#include "policies/rollout.hpp"

namespace breakwater {

struct Documents {
  std::vector<Host> hosts;  ///< of every Inventory, in order of name; names are unique
  StatedAt stated_at;       ///< of what the hosts need that is no document
  Sha256 inventory_digest;  ///< of what every Inventory says, in order of their names
  std::map<std::string, Policy> policies;
  std::map<std::string, Release> releases;
  std::map<std::string, std::string> release_texts;  ///< by name: the exact bytes that signatures cover
  std::map<std::string, Rollout> rollouts;           ///< of neighbours none
  std::map<std::string, Limits> limits;              ///< by Rollout: its own, under its Policy's ceilings
};

/// All faults of all files at once. Documents of kind Lab are left to `breakwater lab`.
Result<Documents, Diagnostics> load_documents(const Sources& sources);

/// What the reader of its kind finds wrong with one document. What it says of other documents is not followed. Nothing
/// of a Lab: that is read by `breakwater lab`.
Diagnostics faults_of(const Document& document);

/// What can be said of documents before any of them is used.
struct CheckedDocuments {
  Documents documents;  ///< whole where there is no fault
  Diagnostics faults;   ///< those of `load_documents`, and Rollouts that can select no host
  Diagnostics doubts;   ///< allowed, and most likely not meant so: labels that no host has
};
CheckedDocuments check_documents(const Sources& sources);

}  // namespace breakwater
