#pragma once
// The identity that a BMC proves by TLS. One SSL_CTX per trust anchor for the process, a verdict with its reason per
// connection, one resumable session per host. The system's own roots are never used.
#include <boost/asio/ssl/context.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "drivers/fault.hpp"
#include "inventories/hosts/host.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater::redfish {

/// What one connection expects of its peer, and what it then saw. The SSL object of the connection points here; the
/// owner keeps it alive for as long as that object.
struct TlsPeer {
  std::string host;            ///< the name or address that the certificate must hold, in CA mode
  TlsPolicy policy;            ///< of this host
  std::string session_key;     ///< of the resumable session: host, port and policy; empty: neither offer nor keep
  bool accepted = false;       ///< the certificate was checked and accepted
  std::optional<Sha256> seen;  ///< SHA-256 of the SubjectPublicKeyInfo that was shown
  std::optional<Fault::Kind> refusal{};
  std::string reason;  ///< what was expected and what was seen
};

/// One trust anchor: a CA bundle, or none if pins decide.
class TlsContext {
 public:
  /// `ca_bundle` is the path of a PEM file; empty if pins decide.
  static Result<std::shared_ptr<TlsContext>, Fault> create(const std::string& ca_bundle);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  boost::asio::ssl::context& native() { return context_; }
  /// Before the handshake: ties the SSL object to its peer, names the host and offers the session kept for it.
  void prepare(ssl_st* ssl, TlsPeer& peer);
  /// After the handshake: a resumed session shows no certificate to the callback, so its key is checked here.
  static void judge_resumed(ssl_st* ssl, TlsPeer& peer);
  /// Drops the session kept for a host: its policy changed, it was reset, or a handshake failed.
  void forget(const std::string& session_key);

 private:
  TlsContext();
  static int verify(x509_store_ctx_st* store, void* context);
  static int keep_session(ssl_st* ssl, ssl_session_st* session);

  boost::asio::ssl::context context_;
  std::mutex mutex_;
  std::map<std::string, ssl_session_st*> sessions_;
};

/// The contexts of the process, made when first asked for.
class TlsContexts {
 public:
  Result<std::shared_ptr<TlsContext>, Fault> find(const TlsPolicy& policy);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<TlsContext>> contexts_;
};

/// Host, port and a digest of the policy: a session is offered only under the policy that it was made under.
std::string session_key(const BmcEndpoint& endpoint, const TlsPolicy& policy);

}  // namespace breakwater::redfish
