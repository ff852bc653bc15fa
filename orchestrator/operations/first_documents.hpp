#pragma once
// The first documents of a fleet: an Inventory and a Policy to begin with, and a Release with its Rollout for an image,
// filled with what the hosts show. Nothing that is there already is replaced, and no BMC is changed.
#include <atomic>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/document/document.hpp"
#include "inventories/firmware/release.hpp"
#include "orchestrator/operations/installation.hpp"
#include "orchestrator/operations/looking.hpp"
#include "orchestrator/views/skeleton.hpp"

namespace breakwater::operations {

struct FirstFleet {
  std::string folder;
  std::string name;                      ///< of both documents, and of the label `site`
  std::string signer;                    ///< who vouches for firmware; a key pair is made for them
  std::vector<views::RackChoice> racks;  ///< none: no Inventory is written
  std::string credentials;
  std::string ca_bundle;  ///< relative to the folder; empty where keys are pinned
};

/// `r07=r07-n[01-40]@10.7.0.1`, and `:port` where it is not 443.
Result<views::RackChoice, Problem> parse_rack(const std::string& text);

/// Whether a document of this kind is among the files of a folder, be it right or wrong.
bool holds(const std::string& folder, DocumentKind kind);

/// Writes `inventory.yaml`, `policy.yaml` and `keys/SIGNER.key|.pub` into a folder, which is made where it is missing.
/// Returns the files. bad_argument where one is there already.
Result<std::vector<std::string>, Problem> write_first_fleet(const FirstFleet& fleet);

struct NewRelease {
  std::string image;
  ComponentKind component = ComponentKind::other;
  std::string folder;    ///< with the Inventory and the Policy; what is written goes there
  std::string selector;  ///< hosts to look at
  std::string version;   ///< of the image; from its file's name where empty
  std::string name;      ///< of the Release; made from vendor, component and version where empty
};

/// What hosts showed of a component: by model and version, how many hosts.
using Found = std::map<std::pair<std::string, std::string>, std::size_t>;

struct ReleaseWritten {
  ReleaseRef ref;
  std::string release_file;
  std::string rollout_file;  ///< empty where the folder has no Policy, or several
  std::string secret_key;    ///< of a signer of that Policy, beside its public key; empty where there is none
  Found found;
  std::size_t silent = 0;   ///< hosts that did not show anything
  std::size_t without = 0;  ///< hosts without such a component, or with several
};

/// Looks at the hosts, copies the image into the store, and writes `releases/NAME.yaml` and, for the one Policy of the
/// folder, the Rollout `NAME.yaml`. no_host where no host shows the component.
Result<ReleaseWritten, Problem> write_release(Installation& installation, const NewRelease& wanted,
                                              const std::atomic<int>& interrupts, const LookProgress& progress);

/// The value of `bmc.tls` for a CA bundle, a path from the document; keys are pinned where it is empty.
std::string tls_of(const std::string& ca_bundle);

/// Reads a document that is about to be written. bad_argument with its faults where no command would take it.
Result<void, Problem> check_document(const std::string& file, const std::string& text);

/// Writes new files, each with its text, once each is a document that is right by itself. bad_argument where one is
/// there already; nothing is written then.
Result<void, Problem> write_first_documents(const std::vector<std::pair<std::string, std::string>>& texts);

/// `text` as a document's name: lower case, a dash for what such a name cannot hold. Empty where nothing is left.
std::string to_document_name(std::string_view text);

/// The version in a vendor's file name: its one part of numbers with dots between them. Empty where there is none, or
/// more than one.
std::string version_in(const std::string& file_name);

}  // namespace breakwater::operations
