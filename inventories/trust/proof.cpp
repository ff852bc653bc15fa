#include "inventories/trust/proof.hpp"

#include "inventories/trust/minisign_text.hpp"

namespace breakwater {
namespace {

std::vector<std::string> any_unless_named(const std::vector<std::string>& patterns) {
  return patterns.empty() ? std::vector<std::string>{"*"} : patterns;
}

}  // namespace

Result<Signer, Refusal> make_signer(const std::string& name, const std::string& key_text, const std::string& file,
                                    const std::vector<std::string>& vendors,
                                    const std::vector<std::string>& components) {
  const auto key = minisign::parse_public_key(key_text, file);
  if (!key) return fail(key.error());
  return Signer{name, *key, any_unless_named(vendors), any_unless_named(components)};
}

Result<VerifiedImage, Refusal> prove_image(ImageStore& images, const SignedRelease& release,
                                           const std::vector<Signer>& signers, const Threshold& threshold) {
  const auto approval = approve(release.text, release.signatures, signers, threshold, release.subject);
  if (!approval) return fail(approval.error());
  auto image = images.verify(*approval, release.image.digest, release.image.size, release.image.name);
  if (!image) image.error().message = "Release " + release.name + ": " + image.error().message;
  return image;
}

}  // namespace breakwater
