#pragma once
// HMAC as RMCP+ uses it: a suite names the hash, a digest knows its length and is wiped when it goes.
#include <openssl/crypto.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/suite.hpp"

namespace breakwater::ipmi {

/// A keyed digest or a key made of one: up to 32 bytes, in place, wiped.
class Digest {
 public:
  Digest() = default;
  /// The first 32 bytes of `bytes`, or fewer.
  explicit Digest(ByteView bytes);
  Digest(const Digest&) = default;
  Digest& operator=(const Digest&) = default;
  ~Digest() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  ByteView view() const { return ByteView(bytes_).first(size_); }
  std::size_t size() const { return size_; }
  /// The first `count` bytes, or all where there are fewer.
  ByteView first(std::size_t count) const { return view().first(count < size_ ? count : size_); }

 private:
  std::array<std::uint8_t, 32> bytes_{};
  std::size_t size_ = 0;
};

/// HMAC-SHA1 or HMAC-SHA256 of `input`, whole. Empty if OpenSSL has no such hash or no memory: then nothing compares
/// equal to it.
Digest hmac(Suite suite, ByteView key, ByteView input);

/// True if both have the same bytes and are not empty; takes the same time wherever they differ.
bool same_code(ByteView ours, ByteView theirs);

}  // namespace breakwater::ipmi
