#pragma once
// SHA-256 of text, of a stream, and of a whole open file. The digest always covers the whole file, never parts that
// the file itself names.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "inventories/trust/refusal.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

Sha256 sha256(std::string_view bytes);

/// SHA-256 piece by piece. `finish` returns the digest and makes the hasher ready for the next message.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;

  void update(std::string_view bytes);
  void update(std::span<const std::byte> bytes);
  Sha256 finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct HashedFile {
  Sha256 digest;
  std::uint64_t size = 0;
};

/// Hashes the whole file behind `fd` from its first byte. The descriptor's offset does not move, so several threads may
/// hash at once. Refuses what is not a regular file, what is larger than `size_max` (before it reads a byte), and a
/// file whose size changes meanwhile. `file` is the name that a refusal shows. `use` is called with each piece; its
/// refusal ends the reading.
using UsePiece = std::function<Result<void, Refusal>(std::span<const std::byte>)>;
Result<HashedFile, Refusal> hash_descriptor(int fd, std::uint64_t size_max, const std::string& file,
                                            const UsePiece& use = {});

}  // namespace breakwater
