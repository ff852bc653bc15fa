#include "drivers/redfish/tls.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <memory>
#include <system_error>

#include "inventories/vocabulary/free_by.hpp"

namespace breakwater::redfish {
namespace {

constexpr std::size_t kSessionsMax = 16'384;  // one a host; a session holds the peer's certificate, 2 to 6 KB
constexpr const char* kHandshake = "handshake";

int peer_slot() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

int context_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

bool is_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

std::optional<Sha256> key_digest(X509* certificate) {
  unsigned char* der = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (length <= 0) return std::nullopt;
  Sha256 digest;
  unsigned int written = 0;
  const int done =
      EVP_Digest(der, static_cast<std::size_t>(length), digest.bytes.data(), &written, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  if (done != 1 || written != digest.bytes.size()) return std::nullopt;
  return digest;
}

std::string shown(const TlsPeer& peer) {
  return peer.seen ? "sha256:" + to_hex(*peer.seen) : "no key";
}

bool is_pinned(const TlsPeer& peer) {
  const auto& pins = peer.policy.pins;
  return peer.seen && std::find(pins.begin(), pins.end(), *peer.seen) != pins.end();
}

void refuse_pin(TlsPeer& peer) {
  peer.refusal = Fault::Kind::tls_pin_mismatch;
  peer.reason = "the BMC shows the key " + shown(peer) + "; pinned:";
  if (peer.policy.pins.empty()) peer.reason += " none";
  for (const Sha256& pin : peer.policy.pins) peer.reason += " sha256:" + to_hex(pin);
}

struct CertificateFault {
  Fault::Kind kind;
  std::string reason;
};

CertificateFault certificate_fault(const TlsPeer& peer, int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {Fault::Kind::tls_expired, "the certificate is outside its validity: "};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {Fault::Kind::tls_wrong_name, "the certificate is not for " + peer.host + ": "};
    default:
      return {Fault::Kind::tls_untrusted, "no CA in " + peer.policy.ca_bundle + " has signed the certificate: "};
  }
}

void refuse_certificate(TlsPeer& peer, int error) {
  CertificateFault fault = certificate_fault(peer, error);
  peer.refusal = fault.kind;
  peer.reason = std::move(fault.reason);
  peer.reason += X509_verify_cert_error_string(error);
  peer.reason += "; the BMC shows the key " + shown(peer);
}

/// The chain, then the name or address, by OpenSSL with the host of this connection.
bool check_by_ca(X509_STORE_CTX* store, TlsPeer& peer) {
  X509_VERIFY_PARAM* const param = X509_STORE_CTX_get0_param(store);
  const int named = is_address(peer.host) ? X509_VERIFY_PARAM_set1_ip_asc(param, peer.host.c_str())
                                          : X509_VERIFY_PARAM_set1_host(param, peer.host.data(), peer.host.size());
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (named == 1 && X509_verify_cert(store) == 1) return true;
  const int error = X509_STORE_CTX_get_error(store);
  refuse_certificate(peer, error == X509_V_OK ? X509_V_ERR_UNSPECIFIED : error);
  return false;
}

/// Of an error of the system OpenSSL keeps the number, and has no words for it.
std::string reason_of(const boost::system::error_code& error) {
  const unsigned long code = static_cast<unsigned int>(error.value());
  return ERR_SYSTEM_ERROR(code) ? std::generic_category().message(ERR_GET_REASON(code)) : error.message();
}

Fault bad_bundle(const std::string& ca_bundle, const std::string& why) {
  return make_fault(Fault::Kind::own_side, kHandshake, "the CA bundle " + ca_bundle + " cannot be read: " + why);
}

}  // namespace

TlsContext::TlsContext() : context_(boost::asio::ssl::context::tls_client) {}

TlsContext::~TlsContext() {
  for (const auto& [key, session] : sessions_) SSL_SESSION_free(session);
}

Result<std::shared_ptr<TlsContext>, Fault> TlsContext::create(const std::string& ca_bundle) {
  std::shared_ptr<TlsContext> made(new TlsContext);
  SSL_CTX* const native = made->context_.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(native, &TlsContext::keep_session);
  SSL_CTX_set_ex_data(native, context_slot(), made.get());
  SSL_CTX_set_cert_verify_callback(native, &TlsContext::verify, nullptr);
  boost::system::error_code error;
  made->context_.set_verify_mode(boost::asio::ssl::verify_peer, error);
  if (!error && !ca_bundle.empty()) made->context_.load_verify_file(ca_bundle, error);
  if (error) return fail(bad_bundle(ca_bundle, reason_of(error)));
  return made;
}

void TlsContext::prepare(ssl_st* ssl, TlsPeer& peer) {
  SSL_set_ex_data(ssl, peer_slot(), &peer);
  if (!is_address(peer.host)) SSL_set_tlsext_host_name(ssl, peer.host.c_str());
  if (peer.session_key.empty()) return;
  const std::lock_guard lock(mutex_);
  if (const auto kept = sessions_.find(peer.session_key); kept != sessions_.end()) SSL_set_session(ssl, kept->second);
}

void TlsContext::judge_resumed(ssl_st* ssl, TlsPeer& peer) {
  if (SSL_session_reused(ssl) != 1) return;
  const std::unique_ptr<X509, FreeBy<X509_free>> certificate(SSL_get1_peer_certificate(ssl));
  if (certificate) peer.seen = key_digest(certificate.get());
  if (peer.policy.mode == TlsPolicy::Mode::pin && !is_pinned(peer)) {
    refuse_pin(peer);
  } else {
    peer.accepted = true;
  }
}

void TlsContext::forget(const std::string& session_key) {
  const std::lock_guard lock(mutex_);
  if (const auto kept = sessions_.find(session_key); kept != sessions_.end()) {
    SSL_SESSION_free(kept->second);
    sessions_.erase(kept);
  }
}

int TlsContext::verify(x509_store_ctx_st* store, void*) {
  auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const peer = static_cast<TlsPeer*>(SSL_get_ex_data(ssl, peer_slot()));
  X509* const certificate = X509_STORE_CTX_get0_cert(store);
  if (peer == nullptr || certificate == nullptr) return 0;
  peer->seen = key_digest(certificate);
  bool taken = false;
  if (peer->policy.mode == TlsPolicy::Mode::ca) {
    taken = check_by_ca(store, *peer);
  } else {
    taken = is_pinned(*peer);
    if (!taken) refuse_pin(*peer);
    X509_STORE_CTX_set_error(store, taken ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
  }
  peer->accepted = taken;
  return taken ? 1 : 0;
}

int TlsContext::keep_session(ssl_st* ssl, ssl_session_st* session) {
  auto* const peer = static_cast<TlsPeer*>(SSL_get_ex_data(ssl, peer_slot()));
  auto* const self = static_cast<TlsContext*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_slot()));
  if (peer == nullptr || self == nullptr || !peer->accepted || peer->session_key.empty()) return 0;
  const std::lock_guard lock(self->mutex_);
  if (self->sessions_.size() >= kSessionsMax && !self->sessions_.contains(peer->session_key)) return 0;
  SSL_SESSION*& kept = self->sessions_[peer->session_key];
  if (kept != nullptr) SSL_SESSION_free(kept);
  kept = session;
  return 1;
}

Result<std::shared_ptr<TlsContext>, Fault> TlsContexts::find(const TlsPolicy& policy) {
  const std::string bundle = policy.mode == TlsPolicy::Mode::ca ? policy.ca_bundle : std::string();
  if (policy.mode == TlsPolicy::Mode::ca && bundle.empty()) return fail(bad_bundle("''", "no file is named"));
  const std::lock_guard lock(mutex_);
  if (const auto found = contexts_.find(bundle); found != contexts_.end()) return found->second;
  auto made = TlsContext::create(bundle);
  if (made) contexts_.emplace(bundle, *made);
  return made;
}

std::string session_key(const BmcEndpoint& endpoint, const TlsPolicy& policy) {
  std::string key = endpoint.address + " " + std::to_string(endpoint.port);
  if (policy.mode == TlsPolicy::Mode::ca) return key + " ca " + policy.ca_bundle;
  for (const Sha256& pin : policy.pins) key += " " + to_hex(pin);
  return key;
}

}  // namespace breakwater::redfish
