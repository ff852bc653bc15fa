#pragma once
// minisign's key and signature files: read, checked, written. Debian's `minisign` reads our files, and we read its.
//
// A public key becomes a PublicKey only by admission (trust page 6.1): OpenSSL accepts forged signatures under
// low-order keys, so such a key is refused when it is read, not when it is used. Every text has a bound: a comment
// 1,024 bytes, a trusted comment 8,192, a file 16 KiB.
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "inventories/trust/refusal.hpp"
#include "inventories/vocabulary/result.hpp"
#include "inventories/vocabulary/secret.hpp"

namespace breakwater::minisign {

using KeyId = std::array<std::uint8_t, 8>;

/// As `minisign` prints it: 16 upper-case hexadecimal digits, last byte first.
std::string to_string(const KeyId& id);

/// An Ed25519 public key that may vouch for bytes.
class PublicKey {
 public:
  using Material = std::array<std::uint8_t, 32>;

  /// Admits raw key material, or names the rule that refuses it. `file` is the name that a refusal shows.
  static Result<PublicKey, Refusal> admit(const KeyId& id, const Material& material, const std::string& file);

  const KeyId& id() const { return id_; }
  const Material& material() const { return material_; }
  bool operator==(const PublicKey&) const = default;

 private:
  PublicKey(const KeyId& id, const Material& material) : id_(id), material_(material) {}
  KeyId id_;
  Material material_;
};

/// Why this key must not enter the trust store (trust page 6.1); empty if it may. OpenSSL 3.0 accepts keys of low
/// order, under which one forged signature verifies for any message; and two encodings of one point would be one key
/// that counts twice.
std::string_view admission_fault(const PublicKey::Material& key);

/// Reads the text of a `.pub` file: a comment line and a line of base64.
Result<PublicKey, Refusal> parse_public_key(std::string_view text, const std::string& file);

/// The text of the `.pub` file.
std::string to_text(const PublicKey& key);

/// The content of a `.minisig` file. Nothing in it is proven before `verify`, not even the trusted comment.
struct Signature {
  std::string file;  ///< the name that refusals show
  bool prehashed = true;
  KeyId key_id{};
  std::array<std::uint8_t, 64> signature{};
  std::string trusted_comment;
  std::array<std::uint8_t, 64> global_signature{};
};

Result<Signature, Refusal> parse_signature(std::string_view text, const std::string& file);

/// Checks the signature over `bytes` and the global signature over the trusted comment, which it returns.
Result<std::string, Refusal> verify(std::string_view bytes, const Signature& signature, const PublicKey& key);

/// A key that signs; its destructor wipes it.
class SecretKey {
 public:
  SecretKey(SecretKey&&) noexcept;
  SecretKey& operator=(SecretKey&&) noexcept;
  ~SecretKey();

  const PublicKey& public_key() const;

 private:
  struct Seed;
  explicit SecretKey(std::unique_ptr<Seed> seed);
  std::unique_ptr<Seed> seed_;

  friend Result<SecretKey, Refusal> parse_secret_key(const Secret& text, const std::string& file);
  friend Result<SecretKey, Refusal> generate_secret_key();
  friend Secret to_text(const SecretKey& key);
  friend std::string sign(std::string_view bytes, const SecretKey& key, std::string_view trusted_comment);
};

/// Reads an unencrypted secret key file (`minisign -G -W`). A file under a password is refused, with advice on how to
/// sign with it.
Result<SecretKey, Refusal> parse_secret_key(const Secret& text, const std::string& file);

Result<SecretKey, Refusal> generate_secret_key();

/// The text of the unencrypted secret key file.
Secret to_text(const SecretKey& key);

/// Writes both files of the pair, the secret one readable by its owner only (0600). Refuses to overwrite either.
Result<void, Refusal> write_key_pair(const SecretKey& key, const std::filesystem::path& secret_file,
                                     const std::filesystem::path& public_file);

/// The hash that a prehashed signature signs instead of the bytes.
std::string blake2b512(std::string_view bytes);

/// The text of a `.minisig` file, prehashed. Control characters of the trusted comment become spaces, and what exceeds
/// its bound is cut, since `minisign` refuses both.
std::string sign(std::string_view bytes, const SecretKey& key, std::string_view trusted_comment);

}  // namespace breakwater::minisign
