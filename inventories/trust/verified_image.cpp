#include "inventories/trust/verified_image.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "inventories/trust/digest.hpp"
#include "inventories/trust/image_mapping.hpp"

namespace breakwater {

ImageMapping::ImageMapping(Descriptor descriptor, std::span<const std::byte> bytes, std::string file)
    : descriptor_(std::move(descriptor)), bytes_(bytes), file_(std::move(file)) {}

ImageMapping::~ImageMapping() {
  ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

Result<std::shared_ptr<const ImageMapping>, Refusal> ImageMapping::map(Descriptor descriptor, std::uint64_t size,
                                                                       std::string file) {
  struct ::stat now {};
  if (::fstat(descriptor.get(), &now) != 0) {
    return fail(Refusal{Refusal::Reason::unreadable, file + ": " + std::generic_category().message(errno)});
  }
  if (static_cast<std::uint64_t>(now.st_size) != size || size == 0) {
    return fail(Refusal{Refusal::Reason::size_mismatch, file + ": " + std::to_string(now.st_size) +
                                                            " bytes, and the Release says " + std::to_string(size)});
  }
  void* at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor.get(), 0);
  if (at == MAP_FAILED) {
    return fail(Refusal{Refusal::Reason::unreadable, file + ": " + std::generic_category().message(errno)});
  }
  const std::span bytes(static_cast<const std::byte*>(at), size);
  return std::shared_ptr<const ImageMapping>(new ImageMapping(std::move(descriptor), bytes, std::move(file)));
}

Result<void, Refusal> ImageMapping::check(const Sha256& digest) const {
  const auto hashed = hash_descriptor(descriptor_.get(), bytes_.size(), file_);
  if (!hashed && hashed.error().reason != Refusal::Reason::too_large) return fail(hashed.error());
  if (!hashed || hashed->size != bytes_.size()) {
    return fail(Refusal{Refusal::Reason::size_mismatch, file_ + ": changed in the store; it had " +
                                                            std::to_string(bytes_.size()) + " bytes and has " +
                                                            (hashed ? std::to_string(hashed->size) : "more") + " now"});
  }
  if (hashed->digest != digest) {
    return fail(Refusal{Refusal::Reason::digest_mismatch, file_ + ": the file is sha256:" + to_hex(hashed->digest) +
                                                              ", and the Release names sha256:" + to_hex(digest)});
  }
  return {};
}

std::span<const std::byte> VerifiedImage::bytes() const {
  return mapping_->bytes();
}

}  // namespace breakwater
