#pragma once
// What the image store says of an image that it holds.
#include <cstdint>

#include "inventories/vocabulary/digest.hpp"

namespace breakwater {

struct StoredImage {
  Sha256 digest;
  std::uint64_t size = 0;
  bool operator==(const StoredImage&) const = default;
};

}  // namespace breakwater
