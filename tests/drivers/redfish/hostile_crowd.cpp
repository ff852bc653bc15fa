#include "tests/drivers/redfish/hostile_crowd.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>

#include "drivers/redfish/session.hpp"

namespace breakwater::redfish {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using Stream = asio::ssl::stream<tcp::socket>;

constexpr std::chrono::milliseconds kBetweenOctets{50};

/// Counts a connection for as long as it lives.
class Held {
 public:
  explicit Held(std::atomic<std::size_t>& count) : count_(count) { ++count_; }
  ~Held() { --count_; }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  std::atomic<std::size_t>& count_;
};

/// Reads until the other side is gone.
template <class AnyStream>
awaitable<void> swallow(AnyStream& stream) {
  char room[4096];
  const auto into = asio::buffer(room);
  error_code error;
  while (!error) co_await stream.async_read_some(into, asio::redirect_error(asio::use_awaitable, error));
}

/// Writes `piece` again and again, `pause` apart, until the other side is gone.
awaitable<void> repeat(Stream& stream, const std::string& piece, std::chrono::milliseconds pause) {
  asio::steady_timer timer(stream.get_executor());
  const auto bytes = asio::buffer(piece);
  error_code error;
  while (!error) {
    co_await asio::async_write(stream, bytes, asio::redirect_error(asio::use_awaitable, error));
    if (error || pause.count() == 0) continue;
    timer.expires_after(pause);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

const std::string& bomb() {
  static const std::string reply = [] {
    std::string body = R"({"Fill":[)";
    for (std::size_t i = 0; i + 10 < kReplyValuesMax; ++i) body += "{},";
    body += "0]}";
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }();
  return reply;
}

awaitable<void> attack(Stream& stream, Hostility way) {
  std::string piece;
  switch (way) {
    case Hostility::unshaken:
    case Hostility::silent:
      break;
    case Hostility::drip:
      piece = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
      break;
    case Hostility::flood:
      piece = "HTTP/1.1 200 OK\r\n";
      break;
    case Hostility::bomb:
      piece = bomb();
      break;
  }
  const auto bytes = asio::buffer(piece);
  error_code error;
  if (!piece.empty()) co_await asio::async_write(stream, bytes, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return;
  const std::string octet = " ";
  const std::string field = "X-Flood: " + std::string(1000, 'a') + "\r\n";
  if (way == Hostility::drip) co_await repeat(stream, octet, kBetweenOctets);
  if (way == Hostility::flood) co_await repeat(stream, field, std::chrono::milliseconds(0));
  co_await swallow(stream);
}

}  // namespace

HostileCrowd::HostileCrowd(lab::ShownCertificate identity, const std::string& first_address, std::uint16_t port,
                           const std::vector<Hostility>& ways)
    : identity_(std::move(identity)) {
  std::string address = first_address;
  for (const Hostility way : ways) {
    tcp::acceptor acceptor(io_, tcp::endpoint(asio::ip::make_address_v4(address), port));
    BmcEndpoint endpoint;
    endpoint.address = address;
    endpoint.port = acceptor.local_endpoint().port();
    endpoint.tls.mode = TlsPolicy::Mode::pin;
    endpoint.tls.pins = {identity_.spki};
    endpoints_.push_back(std::move(endpoint));
    asio::co_spawn(io_, listen(std::move(acceptor), way), asio::detached);
    address = lab::next_address(address).value_or("");
  }
  thread_ = std::thread([this] { io_.run(); });
}

HostileCrowd::~HostileCrowd() {
  io_.stop();
  thread_.join();
}

awaitable<void> HostileCrowd::listen(tcp::acceptor acceptor, Hostility way) {
  error_code error;
  while (!error) {
    Socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (!error) asio::co_spawn(io_, serve(std::move(socket), way), asio::detached);
  }
}

awaitable<void> HostileCrowd::serve(Socket socket, Hostility way) {
  if (way == Hostility::unshaken) {
    const Held held(held_);
    co_await swallow(socket);
    co_return;
  }
  Stream stream(std::move(socket), *identity_.tls);
  error_code error;
  co_await stream.async_handshake(Stream::server, asio::redirect_error(asio::use_awaitable, error));
  char request[4096];
  const auto into = asio::buffer(request);
  if (!error) co_await stream.async_read_some(into, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return;
  const Held held(held_);
  co_await attack(stream, way);
}

}  // namespace breakwater::redfish
