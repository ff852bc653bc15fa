#include "drivers/ipmi/wire/mac.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <memory>

#include "inventories/vocabulary/free_by.hpp"

namespace breakwater::ipmi {
namespace {

using Context = std::unique_ptr<EVP_MAC_CTX, FreeBy<EVP_MAC_CTX_free>>;

// A context with its hash looked up. Copying it avoids the look-up in OpenSSL's tables, which is most of the cost of
// HMAC(), and a handshake takes nine. It has a dummy key, because OpenSSL 3.0 copies no context that never had one. It
// is never changed again, so threads may copy it at once.
Context prepared(const char* hash) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
  Context context(mac == nullptr ? nullptr : EVP_MAC_CTX_new(mac));
  EVP_MAC_free(mac);
  const std::uint8_t no_key = 0;
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(hash), 0),
                                   OSSL_PARAM_construct_end()};
  if (!context || EVP_MAC_init(context.get(), &no_key, sizeof no_key, parameters) != 1) return nullptr;
  return context;
}

const EVP_MAC_CTX* prepared_for(Suite suite) {
  static const Context sha1 = prepared("SHA1");
  static const Context sha256 = prepared("SHA256");
  return suite == Suite::three ? sha1.get() : sha256.get();
}

}  // namespace

Digest::Digest(ByteView bytes) : size_(std::min(bytes.size(), bytes_.size())) {
  std::copy_n(bytes.begin(), size_, bytes_.begin());
}

Digest hmac(Suite suite, ByteView key, ByteView input) {
  const EVP_MAC_CTX* start = prepared_for(suite);
  const Context context(start == nullptr ? nullptr : EVP_MAC_CTX_dup(start));
  std::array<std::uint8_t, 32> out{};
  std::size_t size = 0;
  if (!context || EVP_MAC_init(context.get(), key.data(), key.size(), nullptr) != 1 ||
      EVP_MAC_update(context.get(), input.data(), input.size()) != 1 ||
      EVP_MAC_final(context.get(), out.data(), &size, out.size()) != 1) {
    return {};
  }
  Digest digest(ByteView(out).first(size));
  OPENSSL_cleanse(out.data(), out.size());
  return digest;
}

bool same_code(ByteView ours, ByteView theirs) {
  return !ours.empty() && ours.size() == theirs.size() && CRYPTO_memcmp(ours.data(), theirs.data(), ours.size()) == 0;
}

}  // namespace breakwater::ipmi
