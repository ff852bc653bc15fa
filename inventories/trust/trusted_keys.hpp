#pragma once
// Who may sign what, how many must sign, and whether the signatures over a Release are enough. Pure.
//
// Distinct signers are distinct *keys*: one key under two names or two key ids counts once. Only approve() makes
// an Approval, so an Approval proves that the policy was met for exactly those bytes.
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/firmware/release.hpp"
#include "inventories/trust/minisign.hpp"
#include "inventories/trust/refusal.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

struct Signer {
  std::string name;
  minisign::PublicKey key;
  std::vector<std::string> vendors{"*"};     ///< literal, or with a `*` at the end; an empty list allows nothing
  std::vector<std::string> components{"*"};  ///< the same
};

/// How many distinct keys must have signed, and which signers must be among them.
struct Threshold {
  std::size_t signers = 1;
  std::vector<std::string> including{};
};

/// What the signatures are for.
struct Subject {
  std::string file;  ///< of the Release, for refusals
  std::string vendor;
  std::string component;
};

/// The names of the signers that count, one per key, in the order of `signers`. A signature of an unknown key is
/// ignored; one of a known key must verify, else the whole set is refused.
Result<std::vector<std::string>, Refusal> check_signatures(std::string_view bytes,
                                                           std::span<const SignatureFile> signatures,
                                                           std::span<const Signer> signers, const Threshold& threshold,
                                                           const Subject& subject);

/// The exact bytes of a Release that met the policy's threshold.
class Approval {
 public:
  const Sha256& release_digest() const { return release_digest_; }
  const std::vector<std::string>& signers() const { return signers_; }
  const std::string& release_file() const { return release_file_; }

  /// Whether the signed bytes contain this digest's 64 digits: an approval of one image does not approve another.
  bool names(const Sha256& image) const;

 private:
  Approval() = default;
  friend Result<Approval, Refusal> approve(std::string_view, std::span<const SignatureFile>, std::span<const Signer>,
                                           const Threshold&, const Subject&);
  Sha256 release_digest_;
  std::string release_file_;
  std::vector<std::string> signers_;
  std::vector<Sha256> named_;  ///< sorted
};

Result<Approval, Refusal> approve(std::string_view release_bytes, std::span<const SignatureFile> signatures,
                                  std::span<const Signer> signers, const Threshold& threshold, const Subject& subject);

}  // namespace breakwater
