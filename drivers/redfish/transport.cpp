#include "drivers/redfish/transport.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "drivers/look_up.hpp"
#include "drivers/redfish/fault_text.hpp"
#include "drivers/redfish/wire.hpp"

namespace breakwater::redfish {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

constexpr Duration kConnectMax = std::chrono::seconds(10);
constexpr Duration kLateAnswerMax = std::chrono::seconds(5);  // for the reply of a BMC that stopped reading an upload

Fault connect_fault(const std::string& step, const std::string& where, const error_code& error) {
  Fault::Kind kind = is_shortage(error.value()) ? Fault::Kind::own_side : Fault::Kind::unreachable;
  if (error == asio::error::connection_refused || error == asio::error::connection_reset) kind = Fault::Kind::refused;
  if (error == beast::error::timeout || error == asio::error::timed_out) kind = Fault::Kind::connect_timeout;
  return make_fault(kind, step, "connect to " + where + ": " + error.message());
}

}  // namespace

Transport::Transport(asio::any_io_executor executor, BmcEndpoint endpoint, std::shared_ptr<TlsContexts> contexts)
    : executor_(std::move(executor)), endpoint_(std::move(endpoint)), contexts_(std::move(contexts)) {}

Transport::~Transport() {
  drop();
}

void Transport::drop() {
  if (!wire_) return;
  wire_->socket().close();
  wire_.reset();
}

void Transport::trust(Sha256 key) {
  std::vector<Sha256>& pins = endpoint_.tls.pins;
  if (endpoint_.tls.mode != TlsPolicy::Mode::pin || std::find(pins.begin(), pins.end(), key) != pins.end()) return;
  forget_tls_session();
  pins.push_back(key);
}

void Transport::forget_tls_session() {
  if (const auto context = contexts_->find(endpoint_.tls)) (*context)->forget(session_key(endpoint_, endpoint_.tls));
}

std::string Transport::head_of(const HttpRequest& request, std::size_t body_bytes) const {
  const bool six = endpoint_.address.find(':') != std::string::npos;
  std::string head;
  head.reserve(512);
  head.append(to_string(request.method)).append(" ").append(request.path).append(" HTTP/1.1\r\nHost: ");
  head.append(six ? "[" + endpoint_.address + "]" : endpoint_.address);
  if (endpoint_.port != 443) head.append(":").append(std::to_string(endpoint_.port));
  head.append("\r\nAccept: application/json\r\nOData-Version: 4.0\r\nUser-Agent: breakwater\r\n");
  if (!request.token.empty()) head.append("X-Auth-Token: ").append(request.token).append("\r\n");
  if (!request.etag.empty()) head.append("If-Match: ").append(request.etag).append("\r\n");
  if (request.method == HttpMethod::post || request.method == HttpMethod::patch) {
    if (body_bytes > 0) head.append("Content-Type: ").append(request.content_type).append("\r\n");
    head.append("Content-Length: ").append(std::to_string(body_bytes)).append("\r\n");
  }
  return head.append("\r\n");
}

BmcResult<void> Transport::reach(Wire& wire, const std::string& step, Expiry& expiry) {
  const std::string where = endpoint_.address + ":" + std::to_string(endpoint_.port);
  const Result<std::vector<asio::ip::address>, Fault> found =
      co_await look_up(executor_, endpoint_.address, step, expiry.total);
  if (!found) co_return fail(found.error());
  error_code error = asio::error::host_not_found;
  for (const asio::ip::address& address : *found) {
    const tcp::endpoint target(address, endpoint_.port);
    wire.socket().expires_at(std::min(expiry.next(), Expiry::Steady::now() + kConnectMax));
    co_await wire.socket().async_connect(target, asio::redirect_error(asio::use_awaitable, error));
    if (!error) break;
    wire.socket().socket().close();
  }
  if (error) co_return fail(connect_fault(step, where, error));
  wire.socket().socket().set_option(tcp::no_delay(true), error);
  co_return Result<void, Fault>{};
}

BmcResult<void> Transport::shake_hands(Wire& wire, const std::string& step, Expiry& expiry) {
  wire.peer.host = endpoint_.address;
  wire.peer.policy = endpoint_.tls;
  wire.peer.session_key = session_key(endpoint_, endpoint_.tls);
  SSL* const ssl = wire.stream.native_handle();
  wire.context->prepare(ssl, wire.peer);
  error_code error;
  wire.socket().expires_at(expiry.next());
  co_await wire.stream.async_handshake(asio::ssl::stream_base::client,
                                       asio::redirect_error(asio::use_awaitable, error));
  if (!error) TlsContext::judge_resumed(ssl, wire.peer);
  if (wire.peer.seen) peer_key_ = wire.peer.seen;
  if (!error && !wire.peer.refusal) co_return Result<void, Fault>{};
  wire.context->forget(wire.peer.session_key);
  if (wire.peer.refusal) co_return fail(make_fault(*wire.peer.refusal, step, wire.peer.reason));
  if (error == beast::error::timeout) co_return fail(expiry.fault(step, "the TLS handshake"));
  co_return fail(make_fault(Fault::Kind::tls_failed, step, "the TLS handshake failed: " + error.message()));
}

BmcResult<void> Transport::connect(const std::string& step, Expiry& expiry) {
  auto context = contexts_->find(endpoint_.tls);
  if (!context) {
    context.error().step = step;
    co_return fail(context.error());
  }
  const auto wire = std::make_shared<Wire>(executor_, *context);
  wire_ = wire;  // drop() from outside closes it at any step
  Result<void, Fault> reached = co_await reach(*wire, step, expiry);
  if (reached) reached = co_await shake_hands(*wire, step, expiry);
  if (reached && wire_ != wire) reached = fail(make_fault(Fault::Kind::cancelled, step, "the connection was dropped"));
  if (!reached && wire_ == wire) drop();
  co_return reached;
}

BmcResult<HttpReply> Transport::exchange(HttpRequest request, Expiry& expiry) {
  const auto wire = wire_;
  wire->keep = false;
  const std::string message = head_of(request, request.body.size()) + request.body;
  const auto bytes = asio::buffer(message);
  error_code error;
  wire->socket().expires_at(expiry.next());
  co_await asio::async_write(wire->stream, bytes, asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    Fault fault = make_fault(Fault::Kind::closed_before_reply, request.step,
                             "the connection broke while " + request.path + " was sent: " + error.message());
    if (error == beast::error::timeout) fault = expiry.fault(request.step, "sending the request");
    fault.body_sent = request.method != HttpMethod::get;  // it may have left
    co_return fail(fault);
  }
  Result<HttpReply, Fault> reply = co_await wire->read(request, expiry);
  if (!reply) reply.error().body_sent = request.method != HttpMethod::get;
  co_return reply;
}

BmcResult<HttpReply> Transport::send(HttpRequest request) {
  Expiry expiry(request.deadlines, until_);
  if (expiry.ran_out()) co_return fail(expiry.fault(request.step, "earlier requests"));
  for (;;) {
    if (wire_ && request.method != HttpMethod::get && !wire_->is_clean()) drop();
    const bool kept = wire_ != nullptr;
    if (!kept) {
      const Result<void, Fault> connected = co_await connect(request.step, expiry);
      if (!connected) co_return fail(connected.error());
    }
    if (request.asks_first && may_leave_ && !may_leave_()) co_return fail(withdrawn_fault(request.step));
    const auto wire = wire_;
    Result<HttpReply, Fault> reply = co_await exchange(request, expiry);
    if (wire_ != wire) {
      Fault dropped = make_fault(Fault::Kind::cancelled, request.step, "the connection was dropped");
      dropped.body_sent = request.method != HttpMethod::get;
      co_return fail(std::move(dropped));
    }
    if (!wire->keep) drop();
    if (reply) co_return reply;
    const bool stale =
        kept && request.method == HttpMethod::get && reply.error().kind == Fault::Kind::closed_before_reply;
    if (!stale) co_return reply;
  }
}

/// Sends the body in slices. If one does not move in time, sending ends but the connection stays open: a BMC that
/// stopped reading may have sent its reply already.
BmcResult<void> Transport::send_slices(std::shared_ptr<Wire> wire, std::string step, const UploadBody& body,
                                       Expiry& expiry) {
  asio::steady_timer timer(executor_);
  wire->socket().expires_never();
  const auto image = asio::const_buffer(body.image.data(), body.image.size());
  for (const asio::const_buffer part :
       {asio::const_buffer(asio::buffer(body.head)), image, asio::const_buffer(asio::buffer(body.tail))}) {
    for (std::size_t at = 0; at < part.size(); at += kUploadSliceBytes) {
      const auto slice = asio::buffer(part + at, kUploadSliceBytes);
      timer.expires_at(expiry.next());
      timer.async_wait([weak = std::weak_ptr<Wire>(wire)](const error_code& cancelled) {
        const auto alive = weak.lock();
        if (cancelled || !alive) return;
        alive->stuck = true;
        alive->socket().cancel();
      });
      error_code error;
      co_await asio::async_write(wire->stream, slice, asio::redirect_error(asio::use_awaitable, error));
      if (error && wire->stuck) co_return fail(expiry.fault(step, "sending the image"));
      if (error) {
        co_return fail(make_fault(Fault::Kind::closed_before_reply, step,
                                  "the connection broke in the middle of the image: " + error.message()));
      }
    }
  }
  co_return Result<void, Fault>{};
}

BmcResult<HttpReply> Transport::upload(HttpRequest request, UploadBody body, BodySent sent) {
  Expiry expiry(request.deadlines, until_);
  if (wire_ && !wire_->is_clean()) drop();
  if (!wire_) {
    const Result<void, Fault> connected = co_await connect(request.step, expiry);
    if (!connected) co_return fail(unsent(connected.error()));
  }
  if (may_leave_ && !may_leave_()) co_return fail(unsent(withdrawn_fault(request.step)));
  const auto wire = wire_;
  body.head.insert(0, head_of(request, body.head.size() + body.image.size() + body.tail.size()));
  Result<void, Fault> written = co_await send_slices(wire, request.step, body, expiry);
  if (written) co_await sent();
  if (!written) expiry.total = std::min(expiry.total, Expiry::Steady::now() + kLateAnswerMax);
  Result<HttpReply, Fault> reply = co_await wire->read(request, expiry);
  if (!reply) reply.error().body_sent = written.has_value();
  if (wire_ == wire && (!written || !wire->keep)) drop();
  if (!reply && !written) co_return fail(written.error());
  if (reply) reply->body_sent = written.has_value();
  co_return reply;
}

}  // namespace breakwater::redfish
