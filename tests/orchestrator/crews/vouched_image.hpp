#pragma once
// The only way to a VerifiedImage, for tests that need one: a signature is made up, and the store hashes the file.
#include <string>
#include <vector>

#include "inventories/firmware/release.hpp"
#include "inventories/trust/image_store.hpp"
#include "inventories/trust/minisign.hpp"

namespace breakwater {

inline Result<VerifiedImage, Refusal> vouched_image(ImageStore& store, const ImageFile& wanted) {
  const auto key = minisign::generate_secret_key();
  const std::string release = "sha256: " + to_hex(wanted.digest) + "\n";
  const std::vector<SignatureFile> files{{"r.minisig", minisign::sign(release, *key, "")}};
  const std::vector<Signer> signers{{"qa", key->public_key()}};
  const auto approval = approve(release, files, signers, {}, {"r.yaml", "Breakwater", "bios"});
  return store.verify(*approval, wanted.digest, wanted.size, wanted.name);
}

}  // namespace breakwater
