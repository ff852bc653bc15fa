#pragma once
// A logged-in conversation: every request of the driver goes through here. Links are judged before they are followed,
// a GET that meets a dead session logs in again once, a refused password is never tried again at once.
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

/// Of the JSON of a reply to a read. So many take 4 ms of the thread that serves all hosts (decision record 8); the
/// largest reply of any kind in all captured trees has 4,787.
constexpr std::size_t kReplyValuesMax = 20'000;

class Session {
 public:
  Session(boost::asio::any_io_executor executor, BmcEndpoint endpoint, Credentials credentials, RedfishContext& shared,
          Deadlines deadlines);

  BmcResult<void> open(SessionOpened opened);
  /// Deletes the session, within a short deadline; the connection is gone afterwards.
  boost::asio::awaitable<void> close();

  /// The resource at `link`; a status of 400 or more is a Fault.
  BmcResult<Json> read(std::string link, std::string step, std::size_t reply_bytes_max = kReplyBytesMax,
                       std::size_t reply_values_max = kReplyValuesMax);
  /// A GET with whatever status it brings.
  BmcResult<Reply> get(std::string link, std::string step, std::size_t reply_bytes_max = kReplyBytesMax);
  /// One POST, PATCH or DELETE, sent once; a status of 400 or more is a Fault.
  BmcResult<Reply> act(Verb verb, std::string link, std::string body, std::string step, std::string etag = {});
  BmcResult<Reply> upload(Request request, UploadBody body, BodySent sent);

  /// Drops the connection without a logout; the service root is read again with the next open().
  void drop() {
    transport_.drop();
    greeted_ = false;
  }
  /// No request but the logout goes on beyond this moment.
  void until(std::chrono::steady_clock::time_point end) { transport_.until(end); }
  /// From here on any key is taken; the service root read over it must show the service known before, or nothing more
  /// is sent. Until `pin`, `key_pending` holds.
  void expect_new_key();
  void pin(Sha256 key);
  bool key_pending() const { return key_pending_; }

  /// Whether this is the session of this very conversation.
  bool is_own(const std::string& session_uri) const { return !token_.empty() && session_uri == session_path_; }
  /// How long the last GET's reply asks not to be asked again.
  Duration asked_to_wait() const { return asked_to_wait_; }
  /// Of bodies, by all GETs so far.
  std::uint64_t bytes_read() const { return bytes_read_; }
  const ServiceRoot& root() const { return root_; }
  Origin origin() const { return {transport_.endpoint().address, transport_.endpoint().port}; }
  std::optional<Sha256> peer_key() const { return transport_.peer_key(); }
  Transport& transport() { return transport_; }
  const Deadlines& deadlines() const { return deadlines_; }

 private:
  BmcResult<void> greet();
  BmcResult<void> log_in();
  bool may_renew();
  Result<void, Fault> recognise(const ServiceRoot& root);
  Result<std::string, Fault> judged(const std::string& link, const std::string& step, Reach reach) const;
  std::string address() const;
  const std::string& account() const;

  Transport transport_;
  Credentials credentials_;
  RedfishContext& shared_;
  Deadlines deadlines_;
  SessionOpened opened_;
  ServiceRoot root_;
  bool greeted_ = false;
  bool key_pending_ = false;
  std::string token_;
  std::string session_path_;
  Duration asked_to_wait_{0};
  std::uint64_t bytes_read_ = 0;
  std::deque<std::chrono::steady_clock::time_point> renewals_;  ///< of the last minute
};

}  // namespace breakwater::redfish
