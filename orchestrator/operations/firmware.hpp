#pragma once
// Images and the statements over them, as an operator handles them before any plan: into the store, signed, verified.
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/operations/installation.hpp"
#include "orchestrator/operations/proof.hpp"

namespace breakwater::operations {

/// Copies an image into the store. A file that cannot be read is a failure of ours and a full store one to try later;
/// whatever else is wrong refuses the image.
Result<ImportedImage, Problem> import_image(const Installation& installation, const std::string& file);

/// The images of the store.
Result<std::vector<StoredImage>, Problem> stored_images(const Installation& installation);

struct Signing {
  std::string release_file;  ///< with one Release
  std::string key_file;      ///< a secret key without a password
  std::string comment;       ///< signed too; where it is empty it names the Release and its image
};
/// Signs the exact bytes of a Release into `RELEASE.yaml.KEYID.minisig`, and returns that file's name.
Result<std::string, Problem> sign_release(const Signing& what);

struct Verified {
  ProvenRelease proven;
  std::size_t needed = 0;  ///< signers, by the Policy
};
/// Holds a Release against a Policy: enough signers, and the image in the store is its image.
Result<Verified, Problem> verify_release(const Installation& installation, const std::string& release_file,
                                         const std::string& policy_file);

/// Writes a new key pair, `NAME.key` for its owner only and `NAME.pub`, and returns the key's id.
Result<std::string, Problem> make_key_pair(const std::string& name);

}  // namespace breakwater::operations
