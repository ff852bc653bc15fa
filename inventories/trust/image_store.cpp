#include "inventories/trust/image_store.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <system_error>

#include "inventories/trust/digest.hpp"
#include "inventories/trust/image_mapping.hpp"
#include "inventories/trust/incoming_file.hpp"

namespace breakwater {
namespace fs = std::filesystem;
using Reason = Refusal::Reason;

struct ImageStore::Shelf {
  fs::path root;  ///< DIR/images/sha256
  std::uint64_t image_bytes_max = 0;
  std::mutex mutex;
  std::map<Sha256, std::weak_ptr<const ImageMapping>> mappings;  ///< guarded by mutex

  fs::path folder_of(const Sha256& digest) const { return root / to_hex(digest).substr(0, 2); }
  fs::path file_of(const Sha256& digest) const { return folder_of(digest) / to_hex(digest); }

  std::shared_ptr<const ImageMapping> shared_mapping(const Sha256& digest) {
    const std::lock_guard guard(mutex);
    const auto found = mappings.find(digest);
    return found == mappings.end() ? nullptr : found->second.lock();
  }

  /// Keeps a mapping that was just checked, unless another thread was first: its mapping is as good.
  std::shared_ptr<const ImageMapping> keep(const Sha256& digest, std::shared_ptr<const ImageMapping> mapping,
                                           const std::shared_ptr<const ImageMapping>& spoilt) {
    const std::lock_guard guard(mutex);
    std::erase_if(mappings, [](const auto& entry) { return entry.second.expired(); });
    auto& slot = mappings[digest];
    if (auto other = slot.lock(); other && other != spoilt) return other;
    slot = mapping;
    return mapping;
  }
};

ImageStore::ImageStore(std::unique_ptr<Shelf> shelf) : shelf_(std::move(shelf)) {}
ImageStore::ImageStore(ImageStore&&) noexcept = default;
ImageStore& ImageStore::operator=(ImageStore&&) noexcept = default;
ImageStore::~ImageStore() = default;

Result<ImageStore, Refusal> ImageStore::open(const fs::path& dir, std::uint64_t image_bytes_max) {
  auto shelf = std::make_unique<Shelf>();
  shelf->root = dir / "images" / "sha256";
  shelf->image_bytes_max = image_bytes_max;
  for (const auto& folder : {dir, dir / "images", shelf->root}) {
    if (auto made = make_folder(folder); !made) return fail(made.error());
  }
  return ImageStore(std::move(shelf));
}

namespace {

/// A regular file, opened so that neither a link nor a pipe with that name can lead elsewhere or block.
Result<Descriptor, Refusal> open_regular(const fs::path& file) {
  Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!descriptor) {
    const int error = errno;
    return fail(
        Refusal{Reason::unreadable, file.string() + ": " +
                                        (error == ELOOP ? "a symbolic link, which is not followed; name the file itself"
                                                        : std::generic_category().message(error))});
  }
  struct ::stat now {};
  if (::fstat(descriptor.get(), &now) != 0) return fail(system_refusal(file, errno));
  if (!S_ISREG(now.st_mode)) return fail(Refusal{Reason::unreadable, file.string() + ": not a regular file"});
  return descriptor;
}

}  // namespace

Result<ImportedImage, Refusal> ImageStore::import(const fs::path& file, const std::optional<Sha256>& expected) {
  const auto source = open_regular(file);
  if (!source) return fail(source.error());
  auto incoming = IncomingFile::create(shelf_->root);
  if (!incoming) return fail(incoming.error());
  const auto copied = incoming->copy_from(source->get(), shelf_->image_bytes_max, file.string());
  if (!copied) return fail(copied.error());
  if (expected && copied->digest != *expected) {
    return fail(Refusal{Reason::digest_mismatch, file.string() + ": the file is sha256:" + to_hex(copied->digest) +
                                                     ", and sha256:" + to_hex(*expected) + " is expected"});
  }
  const StoredImage image{copied->digest, copied->size};
  if (const auto there = open_image(image.digest)) {
    const auto hashed = hash_descriptor(there->get(), shelf_->image_bytes_max, shelf_->file_of(image.digest).string());
    if (hashed && hashed->digest == image.digest) return ImportedImage{image, true};
  }
  const fs::path folder = shelf_->folder_of(image.digest);
  if (auto made = make_folder(folder); !made) return fail(made.error());
  if (auto settled = incoming->settle(shelf_->file_of(image.digest)); !settled) return fail(settled.error());
  return ImportedImage{image, false};
}

Result<std::vector<StoredImage>, Refusal> ImageStore::list() const {
  std::vector<StoredImage> images;
  std::error_code error;
  for (fs::recursive_directory_iterator at(shelf_->root, error), end; !error && at != end; at.increment(error)) {
    const auto digest = parse_sha256(at->path().filename().string());
    if (!digest || at->path() != shelf_->file_of(*digest)) continue;  // not the store's own
    const auto size = at->file_size(error);
    if (error) break;
    images.push_back({*digest, size});
  }
  if (error) return fail(system_refusal(shelf_->root, error.value()));
  std::sort(images.begin(), images.end(), [](const auto& a, const auto& b) { return a.digest < b.digest; });
  return images;
}

Result<Descriptor, Refusal> ImageStore::open_image(const Sha256& digest) const {
  const fs::path file = shelf_->file_of(digest);
  if (::access(file.c_str(), F_OK) != 0 && errno == ENOENT) {
    return fail(Refusal{Reason::not_in_store, "no image sha256:" + to_hex(digest) + " in " + shelf_->root.string() +
                                                  "; bring it in with `breakwater firmware import FILE`"});
  }
  return open_regular(file);
}

Result<VerifiedImage, Refusal> ImageStore::verify(const Approval& approval, const Sha256& digest, std::uint64_t size,
                                                  const std::string& file_name) {
  if (!approval.names(digest)) {
    return fail(Refusal{Reason::not_named,
                        approval.release_file() + ": the signed Release does not name sha256:" + to_hex(digest)});
  }
  auto mapping = shelf_->shared_mapping(digest);
  const auto known = mapping;
  // If a shared mapping's file is damaged, try the store's file: a good one may have replaced it. Whoever holds the
  // damaged mapping is refused.
  if (!mapping || mapping->bytes().size() != size || !mapping->check(digest)) {
    auto descriptor = open_image(digest);
    if (!descriptor) return fail(descriptor.error());
    auto mapped = ImageMapping::map(std::move(*descriptor), size, shelf_->file_of(digest).string());
    if (!mapped) return fail(mapped.error());
    if (auto checked = (*mapped)->check(digest); !checked) return fail(checked.error());
    mapping = shelf_->keep(digest, std::move(*mapped), known);
  }
  VerifiedImage image;
  image.mapping_ = std::move(mapping);
  image.digest_ = digest;
  image.release_digest_ = approval.release_digest();
  image.file_name_ = file_name;
  image.signers_ = approval.signers();
  return image;
}

}  // namespace breakwater
