#pragma once
// The one proof: from a signed Release and bytes of the store to an image that may be sent.
#include <cstdint>
#include <string>
#include <vector>

#include "inventories/trust/image_store.hpp"

namespace breakwater {

/// A public key in minisign's format and what it may vouch for; no vendor or component at all means every one.
/// `file` stands in refusals.
Result<Signer, Refusal> make_signer(const std::string& name, const std::string& key_text, const std::string& file,
                                    const std::vector<std::string>& vendors,
                                    const std::vector<std::string>& components);

/// A Release and its signatures, as they were read, and the image that it names.
struct SignedRelease {
  std::string name;
  std::string text;  ///< the exact bytes that are signed
  std::vector<SignatureFile> signatures;
  Subject subject;
  ImageFile image;
};

/// Checks the signatures against `threshold` and hashes the image in the store. Every proof does both anew.
Result<VerifiedImage, Refusal> prove_image(ImageStore& images, const SignedRelease& release,
                                           const std::vector<Signer>& signers, const Threshold& threshold);

}  // namespace breakwater
