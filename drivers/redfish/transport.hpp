#pragma once
// HTTPS to one BMC: one connection at a time, every step bounded in time and every reply in size, each failure a Fault
// that names its step. A GET is repeated once if a kept connection turns out to be closed; nothing else is ever
// repeated. Redirects are faults.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "drivers/bmc.hpp"
#include "drivers/redfish/tls.hpp"
#include "inventories/hosts/host.hpp"
#include "inventories/vocabulary/words.hpp"

namespace breakwater::redfish {

constexpr std::size_t kReplyBytesMax = std::size_t{1} << 20;      ///< 1 MiB
constexpr std::size_t kUploadSliceBytes = std::size_t{64} << 10;  ///< what has to move before the no-progress deadline

/// How long one request may take in all, and how long nothing may move.
struct Deadlines {
  Duration total{30'000};
  Duration no_progress{15'000};
};

enum class HttpMethod { get, post, patch, erase };

}  // namespace breakwater::redfish

namespace breakwater {

/// As the request line spells it.
template <>
inline constexpr auto kWords<redfish::HttpMethod> = words<redfish::HttpMethod>({
    {redfish::HttpMethod::get, "GET"},
    {redfish::HttpMethod::post, "POST"},
    {redfish::HttpMethod::patch, "PATCH"},
    {redfish::HttpMethod::erase, "DELETE"},
});

}  // namespace breakwater

namespace breakwater::redfish {

struct HttpRequest {
  HttpMethod method = HttpMethod::get;
  std::string path;  ///< passed same_origin_path
  std::string step;  ///< for faults: `read inventory`
  std::string token{};
  std::string body{};
  std::string content_type{"application/json"};
  std::string etag{};  ///< If-Match; empty: none
  std::size_t reply_bytes_max = kReplyBytesMax;
  Deadlines deadlines{};
  bool asks_first = false;  ///< it begins something: kept back where ask_first() says so
};

/// An upload's body: a head, the image's mapping, a tail. The mapping outlives the call.
struct UploadBody {
  std::string head;
  std::span<const std::byte> image;
  std::string tail;
};

struct HttpReply {
  unsigned status = 0;
  std::string body;
  std::string location;
  std::string auth_token;
  std::string etag;
  std::optional<Duration> retry_after{};
  bool body_sent = true;  ///< false if an upload was answered before its last byte had left
};

class Transport {
 public:
  Transport(boost::asio::any_io_executor executor, BmcEndpoint endpoint, std::shared_ptr<TlsContexts> contexts);
  ~Transport();

  /// Sends the request and returns the final reply with any status; only a 3xx is a Fault here.
  BmcResult<HttpReply> send(HttpRequest request);
  /// Sends `request` with this body. `sent` is awaited after the last byte, before the reply is waited for. If the
  /// BMC answers in the middle and closes, its reply is returned. A Fault says whether the whole body had left.
  BmcResult<HttpReply> upload(HttpRequest request, UploadBody body, BodySent sent);

  /// Asked once the connection stands, before the first byte of an upload and of each request that `asks_first`.
  void ask_first(MayLeave may_leave) { may_leave_ = std::move(may_leave); }

  const BmcEndpoint& endpoint() const { return endpoint_; }
  /// The key shown by the last handshake.
  std::optional<Sha256> peer_key() const { return peer_key_; }
  /// True if the next connection is a new one.
  bool closed() const { return wire_ == nullptr; }
  void drop();
  /// Every request ends by `end`, whatever its own deadlines.
  void until(std::chrono::steady_clock::time_point end) { until_ = end; }
  /// In pin mode: from the next handshake on this key is accepted too.
  void trust(Sha256 key);
  /// Drops the session kept for resumption: after an activation or a reset.
  void forget_tls_session();

 private:
  struct Wire;
  struct Expiry;
  BmcResult<void> connect(const std::string& step, Expiry& expiry);
  BmcResult<void> reach(Wire& wire, const std::string& step, Expiry& expiry);
  BmcResult<void> shake_hands(Wire& wire, const std::string& step, Expiry& expiry);
  BmcResult<void> send_slices(std::shared_ptr<Wire> wire, std::string step, const UploadBody& body, Expiry& expiry);
  BmcResult<HttpReply> exchange(HttpRequest request, Expiry& expiry);
  std::string head_of(const HttpRequest& request, std::size_t body_bytes) const;

  boost::asio::any_io_executor executor_;
  BmcEndpoint endpoint_;
  std::shared_ptr<TlsContexts> contexts_;
  std::shared_ptr<Wire> wire_;
  std::optional<Sha256> peer_key_;
  MayLeave may_leave_;
  std::chrono::steady_clock::time_point until_ = std::chrono::steady_clock::time_point::max();
};

}  // namespace breakwater::redfish
