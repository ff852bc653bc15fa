#pragma once
// Images by their digest: `DIR/images/sha256/ab/<64 digits>`, mode 0400, written once and never shortened.
//
// A file is imported whole or not at all: copied and hashed in one pass into a temporary file, synced, renamed. The
// name of a file in the store proves nothing: `verify` hashes the file each time.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inventories/trust/refusal.hpp"
#include "inventories/trust/stored_image.hpp"
#include "inventories/trust/trusted_keys.hpp"
#include "inventories/trust/verified_image.hpp"
#include "inventories/vocabulary/descriptor.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

constexpr std::uint64_t kImageBytesMax = std::uint64_t{1} << 30;  ///< 1 GiB; the largest BMC images seen are 256 MiB

struct ImportedImage {
  StoredImage image;
  bool already_there = false;  ///< and undamaged
};

class ImageStore {
 public:
  /// Opens the store under the state directory `dir`, and makes missing folders (0700).
  static Result<ImageStore, Refusal> open(const std::filesystem::path& dir,
                                          std::uint64_t image_bytes_max = kImageBytesMax);
  ImageStore(ImageStore&&) noexcept;
  ImageStore& operator=(ImageStore&&) noexcept;
  ~ImageStore();

  /// Copies a regular file in; a symbolic link as its last component is refused. With `expected`, other content is
  /// refused. An image that is there already is hashed again, and replaced if the store's copy is damaged.
  Result<ImportedImage, Refusal> import(const std::filesystem::path& file, const std::optional<Sha256>& expected = {});

  /// Every image of the store, by digest. Nothing is hashed.
  Result<std::vector<StoredImage>, Refusal> list() const;

  /// Opens an image to read, without checking its content.
  Result<Descriptor, Refusal> open_image(const Sha256& digest) const;

  /// Hashes the whole file and makes the one value that may be sent. The approved Release must name the digest.
  /// `file_name` is the name that a BMC gets. May be called from any thread; not from an I/O thread: 64 MiB take about
  /// 45 ms.
  Result<VerifiedImage, Refusal> verify(const Approval& approval, const Sha256& digest, std::uint64_t size,
                                        const std::string& file_name);

 private:
  struct Shelf;
  explicit ImageStore(std::unique_ptr<Shelf> shelf);
  std::unique_ptr<Shelf> shelf_;
};

}  // namespace breakwater
