#pragma once
// One RMCP+ session with one BMC (IPMI 2.0 sections 6.12 and 13): opened with the best acceptable cipher suite, one
// request at a time, closed on every path. A request is resent, at growing intervals, if a second execution does no
// harm.
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
#include "drivers/ipmi/ipmi_fault.hpp"
#include "drivers/ipmi/udp_port.hpp"
#include "drivers/ipmi/wire/handshake.hpp"
#include "drivers/ipmi/wire/packet.hpp"
#include "drivers/ipmi/wire/sealed.hpp"
#include "inventories/hosts/host.hpp"
#include "inventories/vocabulary/secret.hpp"

namespace breakwater::ipmi {

/// Whether a request may be sent again: if no reply came, and only the reply was lost, the BMC executes it twice.
enum class Repeat {
  read,      ///< it changes nothing: it is asked again after every answer that may pass, too
  harmless,  ///< its first answer but C0 (busy) counts
  never,
};

/// How long to wait for replies. FreeIPMI resends after 1 s and gives up after 20 s; slow BMCs need it.
struct Patience {
  Duration first{1'000};     ///< before the first resend; each later wait is half as long again
  Duration total{10'000};    ///< for one request, resends included
  Duration busy{10'000};     ///< for a BMC that answers that it is busy (C0), before its answer is taken for the last
  Duration doubtful{1'500};  ///< for a read that is answered with another code that may pass: some mean it for good
};

struct IpmiCall {
  IpmiRequest request;
  std::string step;  ///< for faults: `read SEL`
  Repeat repeat = Repeat::harmless;
  Patience patience{};
};

/// Everything runs on the executor's thread. The object must stay where it is while a call is under way.
class IpmiSession final : private Receiver {
 public:
  /// `k_g` is the BMC's second key, empty if it has none.
  IpmiSession(boost::asio::any_io_executor executor, BmcEndpoint endpoint, Credentials credentials, Secret k_g,
              IpmiContext& shared);
  ~IpmiSession();
  IpmiSession(const IpmiSession&) = delete;
  IpmiSession& operator=(const IpmiSession&) = delete;

  /// Idempotent while the session lives.
  BmcResult<void> open();
  bool is_open() const { return keys_.has_value(); }
  /// The BMC's number for the session; 0 if there is none.
  std::uint32_t id() const { return bmc_id_; }
  /// The BMC's GUID as RAKP 2 had it.
  const Guid& guid() const { return guid_; }

  /// The reply, with any completion code; a busy BMC (C0) is asked again within the patience if that is harmless, and a
  /// read after any code that may pass. No reply is the Fault `no_progress`; if the request was resent in vain, the
  /// session counts as dead.
  BmcResult<IpmiReply> call(IpmiCall call);
  /// Sends a request and waits for no reply.
  void tell(IpmiRequest request);

  /// Every request but the one that closes the session ends by `end`.
  void until(std::chrono::steady_clock::time_point end) { until_ = end; }
  /// Ends the session without waiting: the BMC has forgotten it, is about to, or sends nonsense.
  void drop();
  /// Ends the session at the BMC; waits half a second at most for its reply.
  boost::asio::awaitable<void> close();

 private:
  using Steady = std::chrono::steady_clock;
  /// What the session waits for; one thing at a time.
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
  BmcResult<IpmiReply> exchange(IpmiCall call);
  void send_sealed(const IpmiRequest& request);
  void keep_alive();
  void forget();
  Fault silence() const;
  std::optional<Fault> cannot_carry() const;
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
  IpmiRequest asked_;
  IpmiReply reply_;
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

/// Of a request that changes nothing: the data of a successful reply; a completion code other than 0 is a Fault.
BmcResult<Bytes> ask(IpmiSession& session, IpmiRequest request, std::string step);

/// The data of a successful reply, decoded.
template <class T>
BmcResult<T> ask_for(IpmiSession& session, IpmiRequest request, std::string step, Decoded<T> (*decode)(ByteView)) {
  const Result<Bytes, Fault> data = co_await ask(session, std::move(request), step);
  if (!data) co_return fail(data.error());
  Decoded<T> decoded = decode(*data);
  if (!decoded) co_return fail(malformed_reply(decoded.error(), step));
  co_return std::move(*decoded);
}

}  // namespace breakwater::ipmi
