#pragma once
// An open file of the image store and its one read-only mapping, shared by all conversations that send the image.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "inventories/trust/refusal.hpp"
#include "inventories/vocabulary/descriptor.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

class ImageMapping {
 public:
  /// Checks that the file has exactly `size` bytes, then maps them: a read past the end of a mapped file would kill the
  /// process. `file` is the name that refusals show.
  static Result<std::shared_ptr<const ImageMapping>, Refusal> map(Descriptor descriptor, std::uint64_t size,
                                                                  std::string file);
  ImageMapping(const ImageMapping&) = delete;
  ImageMapping& operator=(const ImageMapping&) = delete;
  ~ImageMapping();

  std::span<const std::byte> bytes() const { return bytes_; }

  /// Hashes the whole file through the descriptor that is mapped, and compares size and digest.
  Result<void, Refusal> check(const Sha256& digest) const;

 private:
  ImageMapping(Descriptor descriptor, std::span<const std::byte> bytes, std::string file);
  Descriptor descriptor_;
  std::span<const std::byte> bytes_;
  std::string file_;
};

}  // namespace breakwater
