#pragma once
// One RMCP+ session with one BMC: opened with the best cipher suite that is good enough, one request under way at a
// time, resent with growing patience where a second execution does no harm, closed on every path (IPMI 2.0
// sections 6.12 and 13).
#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange without it

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "drivers/bmc.hpp"
#include "drivers/ipmi/ipmi_context.hpp"
#include "drivers/ipmi/udp_port.hpp"
#include "drivers/ipmi/wire/handshake.hpp"
#include "drivers/ipmi/wire/packet.hpp"
#include "drivers/ipmi/wire/sealed.hpp"
#include "drivers/ipmi/wire/sequence.hpp"
#include "inventories/hosts/host.hpp"
#include "inventories/vocabulary/secret.hpp"

namespace breakwater::ipmi {

/// Whether a request may be sent again when no reply came: the BMC may have lost the reply, not the request, and then
/// does it twice.
enum class Repeat { harmless, never };

/// How long replies are waited for. FreeIPMI resends after 1 s and gives a session 20 s; slow BMCs need it.
struct Patience {
  Duration first{1'000};   ///< before the first resend; each one after waits half as long again
  Duration total{10'000};  ///< for one request, whatever is resent
};

struct Call {
  Request request;
  std::string step;  ///< for faults: `read SEL`
  Repeat repeat = Repeat::harmless;
  Patience patience{};
};

/// Everything runs on the executor's thread. The object must stay where it is while a call is under way.
class Session final : private Receiver {
 public:
  /// `k_g` is the BMC's second key, empty where it has none.
  Session(boost::asio::any_io_executor executor, BmcEndpoint endpoint, Credentials credentials, Secret k_g,
          IpmiContext& shared);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Idempotent while the session lives.
  BmcResult<void> open();
  bool is_open() const { return keys_.has_value(); }
  /// The BMC's number for the session; 0 where there is none.
  std::uint32_t id() const { return bmc_id_; }
  /// The BMC's GUID as RAKP 2 had it.
  const Guid& guid() const { return guid_; }

  /// The reply, whatever its completion code, but that a busy BMC (C0) is asked again within the patience where that is
  /// harmless. Silence is the Fault `no_progress`; where it was resent all the while, the session counts as dead.
  BmcResult<Response> call(Call call);
  /// Sends a request and waits for nothing: what ends the BMC's own life is not answered.
  void tell(Request request);

  /// No request but the last one, that closes the session, goes on beyond `end`.
  void until(std::chrono::steady_clock::time_point end) { until_ = end; }
  /// Ends the session without waiting: the BMC has forgotten it, is about to, or makes no sense.
  void drop();
  /// Ends the session at the BMC; waits for its answer half a second at most.
  boost::asio::awaitable<void> close();

 private:
  using Steady = std::chrono::steady_clock;
  /// What is waited for; one thing at a time.
  enum class Awaiting { nothing, pre_session, handshake, reply };

  void take(std::span<const std::uint8_t> datagram) override;
  void take_sealed(std::span<const std::uint8_t> datagram);
  bool wake();
  boost::asio::awaitable<bool> answered_within(Duration length);

  BmcResult<void> resolve();
  BmcResult<void> ask_capabilities();
  BmcResult<void> log_in();
  BmcResult<void> shake_hands(Suite suite, bool& other_suite_may_do);
  BmcResult<void> raise_privilege();
  BmcResult<Response> exchange(Call call);
  void send_sealed(const Request& request);
  void keep_alive();
  void forget();
  Fault silence() const;
  std::string address() const;

  boost::asio::any_io_executor executor_;
  BmcEndpoint endpoint_;
  Credentials credentials_;
  Secret k_g_;
  IpmiContext& shared_;
  std::optional<UdpPort::Endpoint> peer_;
  bool attached_ = false;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer idle_;

  Awaiting awaiting_ = Awaiting::nothing;
  bool answered_ = false;
  Request asked_;
  Response reply_;
  std::optional<Pong> pong_;
  std::optional<Handshake> handshake_;
  HandshakeStep step_;

  std::optional<SessionKeys> keys_;
  std::uint32_t console_id_ = 0;
  std::uint32_t bmc_id_ = 0;
  Guid guid_{};
  SequenceCounter counter_;
  SequenceWindow window_;
  std::uint8_t request_number_ = 0;
  Steady::time_point until_ = Steady::time_point::max();
  Steady::time_point last_sent_{};
  std::shared_ptr<char> alive_ = std::make_shared<char>();  ///< for handlers that may come after the session's end
};

}  // namespace breakwater::ipmi
