// The half of minisign's format that signs: secret keys, and signature files made with them.
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <span>
#include <system_error>

#include "inventories/trust/base64.hpp"
#include "inventories/trust/minisign.hpp"
#include "inventories/trust/minisign_text.hpp"
#include "inventories/vocabulary/descriptor.hpp"
#include "inventories/vocabulary/free_by.hpp"

namespace breakwater::minisign {
namespace {

// algorithm "Ed", key derivation (two zero bytes: none), checksum "B2", salt, opslimit, memlimit, then key id, seed,
// public key and checksum. minisign 0.11 leaves the checksum of an unencrypted key empty and ignores it; we check that
// the public half belongs to the seed instead.
constexpr std::size_t kSecretBlobBytes = 2 + 2 + 2 + 32 + 8 + 8 + 8 + 32 + 32 + 32;
constexpr std::size_t kKeyIdAt = 2 + 2 + 2 + 32 + 8 + 8;
constexpr std::size_t kSeedAt = kKeyIdAt + 8;
constexpr std::size_t kPublicAt = kSeedAt + 32;

using Pkey = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;
using SeedBytes = std::array<std::uint8_t, 32>;

Pkey pkey_of(const SeedBytes& seed) {
  return Pkey(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
}

std::optional<PublicKey::Material> public_half(const SeedBytes& seed) {
  const Pkey pkey = pkey_of(seed);
  PublicKey::Material material;
  std::size_t size = material.size();
  if (!pkey || EVP_PKEY_get_raw_public_key(pkey.get(), material.data(), &size) != 1 || size != material.size()) {
    return std::nullopt;
  }
  return material;
}

/// Wipes a vector that held secret bytes when it leaves its scope.
struct Wiped {
  std::vector<std::uint8_t>& bytes;
  ~Wiped() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

/// Signing in memory fails only if memory has run out.
std::array<std::uint8_t, 64> ed25519_sign(std::string_view message, EVP_PKEY* key) {
  const std::unique_ptr<EVP_MD_CTX, FreeBy<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  std::array<std::uint8_t, 64> signature;
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, reinterpret_cast<const unsigned char*>(message.data()),
                     message.size()) != 1) {
    std::abort();
  }
  return signature;
}

/// A comment that `minisign` accepts: no control characters, within the bound, no UTF-8 character cut in two.
std::string printable(std::string_view comment) {
  if (comment.size() > kTrustedCommentBytesMax) {
    std::size_t end = kTrustedCommentBytesMax;
    while (end > 0 && (static_cast<unsigned char>(comment[end]) & 0xc0) == 0x80) --end;
    comment = comment.substr(0, end);
  }
  std::string text(comment);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

/// Writes and syncs a file that must not exist yet; removes it if that fails.
Result<void, Refusal> write_new_file(const std::filesystem::path& file, std::string_view text, mode_t mode) {
  const auto refuse = [&](int error) {
    const bool full = error == ENOSPC || error == EDQUOT;
    return fail(Refusal{full ? Refusal::Reason::store_full : Refusal::Reason::unreadable,
                        file.string() + ": " + std::generic_category().message(error)});
  };
  const Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!out) return refuse(errno);
  while (!text.empty()) {
    const ssize_t put = ::write(out.get(), text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      const int error = errno;
      ::unlink(file.c_str());
      return refuse(error);
    }
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  if (::fsync(out.get()) != 0) {
    const int error = errno;
    ::unlink(file.c_str());
    return refuse(error);
  }
  return {};
}

}  // namespace

struct SecretKey::Seed {
  SeedBytes bytes{};
  PublicKey public_key;
  ~Seed() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

SecretKey::SecretKey(std::unique_ptr<Seed> seed) : seed_(std::move(seed)) {}
SecretKey::SecretKey(SecretKey&&) noexcept = default;
SecretKey& SecretKey::operator=(SecretKey&&) noexcept = default;
SecretKey::~SecretKey() = default;

const PublicKey& SecretKey::public_key() const {
  return seed_->public_key;
}

Result<SecretKey, Refusal> parse_secret_key(const Secret& text, const std::string& file) {
  const FormatRefusal format{Refusal::Reason::key_malformed, file};
  const auto lines = split_lines(text.reveal(), 2, format);
  if (!lines) return fail(lines.error());
  const auto said = comment((*lines)[0], kUntrusted, kCommentBytesMax, format);
  if (!said) return fail(said.error());
  auto bytes = blob((*lines)[1], kSecretBlobBytes, format);
  if (!bytes) return fail(bytes.error());
  const Wiped wiped{*bytes};

  const auto two_at = [&](std::size_t at) {
    return std::string(bytes->begin() + static_cast<long>(at), bytes->begin() + static_cast<long>(at) + 2);
  };
  if (two_at(0) != "Ed" || two_at(4) != "B2") return format.broken("not an Ed25519 secret key of minisign");
  if (two_at(2) == "Sc") {
    return fail(Refusal{Refusal::Reason::key_encrypted,
                        file +
                            ": the secret key is under a password, which breakwater does not ask for; sign with "
                            "`minisign -S -s " +
                            file + " -m RELEASE.yaml`, or make a key without one: `minisign -G -W`"});
  }
  if (two_at(2) != std::string(2, '\0')) return format.broken("a key derivation that minisign does not know");

  KeyId id;
  std::copy_n(bytes->begin() + kKeyIdAt, id.size(), id.begin());
  PublicKey::Material written;
  std::copy_n(bytes->begin() + kPublicAt, written.size(), written.begin());
  auto admitted = PublicKey::admit(id, written, file);
  if (!admitted) return fail(admitted.error());
  auto seed = std::make_unique<SecretKey::Seed>(SecretKey::Seed{{}, *admitted});
  std::copy_n(bytes->begin() + kSeedAt, seed->bytes.size(), seed->bytes.begin());
  if (public_half(seed->bytes) != written) {
    return fail(Refusal{Refusal::Reason::key_refused, file + ": the public half does not belong to the secret one"});
  }
  return SecretKey(std::move(seed));
}

Result<SecretKey, Refusal> generate_secret_key() {
  KeyId id;
  SeedBytes seed;
  if (RAND_bytes(id.data(), static_cast<int>(id.size())) != 1 ||
      RAND_priv_bytes(seed.data(), static_cast<int>(seed.size())) != 1) {
    return fail(Refusal{Refusal::Reason::unreadable, "no random numbers from the system"});
  }
  const auto material = public_half(seed);
  if (!material) std::abort();  // memory has run out
  auto admitted = PublicKey::admit(id, *material, "the new key");
  if (!admitted) return fail(admitted.error());
  auto kept = std::make_unique<SecretKey::Seed>(SecretKey::Seed{seed, *admitted});
  OPENSSL_cleanse(seed.data(), seed.size());
  return SecretKey(std::move(kept));
}

Secret to_text(const SecretKey& key) {
  std::vector<std::uint8_t> bytes(kSecretBlobBytes, 0);
  const Wiped wiped{bytes};
  constexpr std::string_view kUnencrypted("Ed\0\0B2", 6);
  std::copy(kUnencrypted.begin(), kUnencrypted.end(), bytes.begin());
  const auto& id = key.public_key().id();
  const auto& material = key.public_key().material();
  std::copy(id.begin(), id.end(), bytes.begin() + kKeyIdAt);
  std::copy(key.seed_->bytes.begin(), key.seed_->bytes.end(), bytes.begin() + kSeedAt);
  std::copy(material.begin(), material.end(), bytes.begin() + kPublicAt);
  const Secret blob(to_base64(bytes));
  std::string text;
  text.reserve(kUntrusted.size() + blob.reveal().size() + 64);  // no copy is left behind by a growing buffer
  text.append(kUntrusted).append("minisign secret key ").append(to_string(id)).append("\n");
  text.append(blob.reveal()).append("\n");
  return Secret(std::move(text));
}

Result<void, Refusal> write_key_pair(const SecretKey& key, const std::filesystem::path& secret_file,
                                     const std::filesystem::path& public_file) {
  if (auto written = write_new_file(secret_file, to_text(key).reveal(), 0600); !written) return written;
  if (auto written = write_new_file(public_file, to_text(key.public_key()), 0644); !written) {
    ::unlink(secret_file.c_str());
    return written;
  }
  return {};
}

std::string sign(std::string_view bytes, const SecretKey& key, std::string_view trusted_comment) {
  const Pkey pkey = pkey_of(key.seed_->bytes);
  const auto& id = key.public_key().id();
  const std::string said = printable(trusted_comment);
  const auto signature = ed25519_sign(blake2b512(bytes), pkey.get());
  std::vector<std::uint8_t> blob{'E', 'D'};
  blob.insert(blob.end(), id.begin(), id.end());
  blob.insert(blob.end(), signature.begin(), signature.end());
  const auto global = ed25519_sign(std::string(signature.begin(), signature.end()) + said, pkey.get());
  std::string text;
  text.reserve(kCommentBytesMax);
  text.append(kUntrusted).append("signature by key ").append(to_string(id)).append("\n");
  text.append(to_base64(blob)).append("\n");
  text.append(kTrusted).append(said).append("\n");
  return text.append(to_base64(global)).append("\n");
}

}  // namespace breakwater::minisign
