#pragma once
// From a Release on paper to one that a plan may use: the signatures beside its file meet the policy, and the image in
// the store has its digest.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "inventories/trust/proof.hpp"
#include "orchestrator/core/resolve.hpp"

namespace breakwater::operations {

/// Whose signatures count, as the plan carries them and as trust checks them.
struct Keyring {
  std::vector<TrustedKey> texts;
  std::vector<Signer> signers;
};
/// Else the keys that cannot be read, where the Policy names each.
Result<Keyring, Diagnostics> read_keyring(const Policy& policy);

/// `NAME.yaml.*.minisig` beside the Release's file, in order of their names.
Result<std::vector<SignatureFile>, Refusal> read_signatures(const std::string& release_file);

/// A Release as it stands in a file that may be signed.
struct ReleaseOnPaper {
  Release release;
  std::string text;  ///< its exact bytes
};

/// Nothing that the Policy forbids is proved, whoever signed it.
Result<ProvenRelease, Refusal> prove(ImageStore& images, const Policy& policy, const Keyring& keyring,
                                     const ReleaseOnPaper& paper);

/// What a proof would refuse, as far as can be told without reading an image: what the Policy forbids, signatures that
/// are missing or wrong, an image that is not there. `images` is nothing where there is no store.
std::vector<Refusal> find_refusals(const ImageStore* images, const Policy& policy, const Keyring& keyring,
                                   const ReleaseOnPaper& paper);

/// Every Release at once, and every reason where there is one.
Result<std::map<std::string, ProvenRelease>, std::vector<Refusal>> prove_all(ImageStore& images, const Policy& policy,
                                                                             const Keyring& keyring,
                                                                             const std::vector<ReleaseOnPaper>& papers);

}  // namespace breakwater::operations
