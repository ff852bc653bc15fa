#pragma once
// A logged-in conversation: every request of the driver goes through here. Links are checked before they are followed.
// A GET that meets an expired session logs in again once. A refused password is not tried again at once.
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>

#include "drivers/redfish/facts.hpp"
#include "drivers/redfish/link.hpp"
#include "drivers/redfish/redfish_bmc.hpp"
#include "drivers/redfish/transport.hpp"
#include "inventories/document/json.hpp"

namespace breakwater::redfish {

/// JSON values in one reply to a read. That many take 4 ms of the thread that serves all hosts (decision record 8); the
/// largest reply of any kind in all captured trees has 4,787.
constexpr std::size_t kReplyValuesMax = 20'000;

class RedfishSession {
 public:
  RedfishSession(boost::asio::any_io_executor executor, BmcEndpoint endpoint, Credentials credentials,
                 RedfishContext& shared, Deadlines deadlines);

  BmcResult<void> open(SessionOpened opened);
  /// Deletes the session, within `most`; the connection is gone afterwards.
  boost::asio::awaitable<void> close(Duration most);

  /// The resource at `link`; a status of 400 or more is a Fault. `beside` takes the body that came with such a status,
  /// where it is a JSON object.
  BmcResult<Json> read(std::string link, std::string step, std::size_t reply_bytes_max = kReplyBytesMax,
                       std::size_t reply_values_max = kReplyValuesMax, Json* beside = nullptr);
  /// A GET; any status is returned.
  BmcResult<HttpReply> get(std::string link, std::string step, std::size_t reply_bytes_max = kReplyBytesMax);
  /// One POST, PATCH or DELETE, sent once; a status of 400 or more is a Fault.
  BmcResult<HttpReply> act(HttpMethod method, std::string link, std::string body, std::string step,
                           std::string etag = {});
  /// The same, by a POST that begins something: kept back where ask_first() says so.
  BmcResult<HttpReply> begin(std::string link, std::string body, std::string step);
  BmcResult<HttpReply> upload(HttpRequest request, UploadBody body, BodySent sent);

  /// Asked before each upload, and each request of begin().
  void ask_first(MayLeave may_leave) { transport_.ask_first(std::move(may_leave)); }
  /// Drops the connection without a logout; the service root is read again with the next open().
  void drop() {
    transport_.drop();
    greeted_ = false;
  }
  /// Every request but the logout ends by `end`.
  void until(std::chrono::steady_clock::time_point end) { transport_.until(end); }
  /// From the next handshake on this key is accepted too. The service root is read again, for what is behind it may be
  /// another firmware.
  void trust(Sha256 key) {
    transport_.trust(key);
    greeted_ = false;
  }

  /// True if this is the session of this conversation.
  bool is_own(const std::string& session_uri) const { return !token_.empty() && session_uri == session_path_; }
  /// The Retry-After of the last GET's reply.
  Duration asked_to_wait() const { return asked_to_wait_; }
  /// Bytes of the bodies of all GETs so far.
  std::uint64_t bytes_read() const { return bytes_read_; }
  const ServiceRoot& root() const { return root_; }
  Origin origin() const { return {transport_.endpoint().address, transport_.endpoint().port}; }
  std::optional<Sha256> peer_key() const { return transport_.peer_key(); }
  Transport& transport() { return transport_; }
  const Deadlines& deadlines() const { return deadlines_; }

 private:
  BmcResult<void> greet();
  BmcResult<void> log_in();
  BmcResult<HttpReply> act_once(HttpRequest request);
  bool may_renew();
  Result<std::string, Fault> judged(const std::string& link, const std::string& step, LinkUse use) const;
  const std::string& account() const;

  Transport transport_;
  Credentials credentials_;
  RedfishContext& shared_;
  Deadlines deadlines_;
  SessionOpened opened_;
  ServiceRoot root_;
  bool greeted_ = false;
  std::string token_;
  std::string session_path_;
  Duration asked_to_wait_{0};
  std::uint64_t bytes_read_ = 0;
  std::deque<std::chrono::steady_clock::time_point> renewals_;  ///< of the last minute
};

}  // namespace breakwater::redfish
