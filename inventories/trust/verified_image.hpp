#pragma once
// Bytes that may be sent to a BMC. Only ImageStore::verify makes one, so unverified bytes cannot be sent, by type.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "inventories/trust/refusal.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

/// An open file of the image store, mapped once for all conversations that send it.
class ImageMapping;

/// One image that an approved Release names, hashed whole from the open file that `bytes` maps. It is for one attempt:
/// Bmc::stage takes it, it is moved and never copied, and the next attempt hashes anew. Hosts that send the same image
/// share one mapping. Every member function is const and may be called from any thread.
class VerifiedImage {
 public:
  VerifiedImage(VerifiedImage&&) noexcept = default;
  VerifiedImage& operator=(VerifiedImage&&) noexcept = default;

  const Sha256& digest() const { return digest_; }
  std::uint64_t size() const { return bytes().size(); }
  /// The whole image; valid as long as this object.
  std::span<const std::byte> bytes() const;
  /// The name to give a BMC, as the Release spells it.
  const std::string& file_name() const { return file_name_; }
  /// Who vouched for it.
  const std::vector<std::string>& signers() const { return signers_; }
  /// Of the Release that names it.
  const Sha256& release_digest() const { return release_digest_; }

 private:
  friend class ImageStore;
  VerifiedImage() = default;
  std::shared_ptr<const ImageMapping> mapping_;
  Sha256 digest_;
  Sha256 release_digest_;
  std::string file_name_;
  std::vector<std::string> signers_;
};

}  // namespace breakwater
