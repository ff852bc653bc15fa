#include "inventories/trust/minisign.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <span>

#include "inventories/trust/base64.hpp"
#include "inventories/trust/minisign_text.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/free_by.hpp"

namespace breakwater::minisign {
namespace {

constexpr std::size_t kPublicBlobBytes = 2 + 8 + 32;     // algorithm, key id, key
constexpr std::size_t kSignatureBlobBytes = 2 + 8 + 64;  // algorithm, key id, signature

/// Cuts the next bytes off a blob, as the layouts of trust page 5.10 list them.
template <std::size_t N>
std::array<std::uint8_t, N> take(std::span<const std::uint8_t>& blob) {
  std::array<std::uint8_t, N> part;
  std::copy_n(blob.begin(), N, part.begin());
  blob = blob.subspan(N);
  return part;
}

bool ed25519_verifies(std::string_view message, const std::array<std::uint8_t, 64>& signature, const PublicKey& key) {
  const std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>> pkey(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.material().data(), key.material().size()));
  const std::unique_ptr<EVP_MD_CTX, FreeBy<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  return pkey && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, pkey.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                          reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
}

/// y of the points of order 1, 2, 4 and 8, little-endian, with the sign bit cleared; 0 and 1 also in their spelling
/// above p.
constexpr std::array<std::string_view, 7> kLowOrder{
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

/// y >= p = 2^255 - 19, whose little-endian bytes are ed, then 30 times ff, then 7f.
bool non_canonical(const PublicKey::Material& y) {
  return y[31] == 0x7f && std::all_of(y.begin() + 1, y.begin() + 31, [](std::uint8_t byte) { return byte == 0xff; }) &&
         y[0] >= 0xed;
}

tl::unexpected<Refusal> invalid(const Signature& signature, const PublicKey& key, const std::string& what) {
  return fail(Refusal{Refusal::Reason::signature_invalid, signature.file + ": " + what + " (signature by key " +
                                                              to_string(signature.key_id) + ", checked with key " +
                                                              to_string(key.id()) + ")"});
}

}  // namespace

std::string blake2b512(std::string_view bytes) {
  std::string digest(64, '\0');
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_blake2b512(),
                 nullptr) != 1) {
    std::abort();  // memory has run out
  }
  return digest;
}

std::string to_string(const KeyId& id) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (auto byte = id.rbegin(); byte != id.rend(); ++byte) {
    text += kDigits[*byte >> 4];
    text += kDigits[*byte & 15];
  }
  return text;
}

std::string_view admission_fault(const PublicKey::Material& key) {
  auto y = key;
  y[31] &= 0x7f;
  if (std::find(kLowOrder.begin(), kLowOrder.end(), to_hex(y)) != kLowOrder.end()) {
    return "a point of low order, under which forged signatures verify";
  }
  if (non_canonical(y)) return "y is not below 2^255-19, a second spelling of another key";
  return {};
}

Result<PublicKey, Refusal> PublicKey::admit(const KeyId& id, const Material& material, const std::string& file) {
  if (const auto fault = admission_fault(material); !fault.empty()) {
    return fail(
        Refusal{Refusal::Reason::key_refused, file + ": key " + to_string(id) + " is refused: " + std::string(fault)});
  }
  return PublicKey(id, material);
}

Result<PublicKey, Refusal> parse_public_key(std::string_view text, const std::string& file) {
  const FormatRefusal format{Refusal::Reason::key_malformed, file};
  const auto lines = split_lines(text, 2, format);
  if (!lines) return fail(lines.error());
  const auto said = comment((*lines)[0], kUntrusted, kCommentBytesMax, format);
  if (!said) return fail(said.error());
  const auto bytes = blob((*lines)[1], kPublicBlobBytes, format);
  if (!bytes) return fail(bytes.error());
  std::span<const std::uint8_t> rest = *bytes;
  if (take<2>(rest) != std::array<std::uint8_t, 2>{'E', 'd'}) return format.broken("not an Ed25519 key of minisign");
  const auto id = take<8>(rest);
  return PublicKey::admit(id, take<32>(rest), file);
}

std::string to_text(const PublicKey& key) {
  std::vector<std::uint8_t> bytes{'E', 'd'};
  bytes.insert(bytes.end(), key.id().begin(), key.id().end());
  bytes.insert(bytes.end(), key.material().begin(), key.material().end());
  std::string text;
  text.reserve(kCommentBytesMax);
  text.append(kUntrusted).append("minisign public key ").append(to_string(key.id())).append("\n");
  return text.append(to_base64(bytes)).append("\n");
}

Result<Signature, Refusal> parse_signature(std::string_view text, const std::string& file) {
  const FormatRefusal format{Refusal::Reason::signature_malformed, file};
  const auto lines = split_lines(text, 4, format);
  if (!lines) return fail(lines.error());
  const auto untrusted = comment((*lines)[0], kUntrusted, kCommentBytesMax, format);
  if (!untrusted) return fail(untrusted.error());
  const auto bytes = blob((*lines)[1], kSignatureBlobBytes, format);
  if (!bytes) return fail(bytes.error());
  const auto trusted = comment((*lines)[2], kTrusted, kTrustedCommentBytesMax, format);
  if (!trusted) return fail(trusted.error());
  const auto global = blob((*lines)[3], 64, format);
  if (!global) return fail(global.error());

  Signature signature;
  signature.file = file;
  std::span<const std::uint8_t> rest = *bytes;
  const auto algorithm = take<2>(rest);
  signature.prehashed = algorithm == std::array<std::uint8_t, 2>{'E', 'D'};
  if (!signature.prehashed && algorithm != std::array<std::uint8_t, 2>{'E', 'd'}) {
    return format.broken("neither of minisign's signature algorithms, Ed and ED");
  }
  signature.key_id = take<8>(rest);
  signature.signature = take<64>(rest);
  signature.trusted_comment = std::string(*trusted);
  rest = *global;
  signature.global_signature = take<64>(rest);
  return signature;
}

Result<std::string, Refusal> verify(std::string_view bytes, const Signature& signature, const PublicKey& key) {
  if (signature.key_id != key.id()) return invalid(signature, key, "signed by another key");
  const bool fits = signature.prehashed ? ed25519_verifies(blake2b512(bytes), signature.signature, key)
                                        : ed25519_verifies(bytes, signature.signature, key);
  if (!fits) return invalid(signature, key, "the signature does not fit the bytes");
  std::string bound(signature.signature.begin(), signature.signature.end());
  bound += signature.trusted_comment;
  if (!ed25519_verifies(bound, signature.global_signature, key)) {
    return invalid(signature, key, "the trusted comment was changed");
  }
  return signature.trusted_comment;
}

}  // namespace breakwater::minisign
