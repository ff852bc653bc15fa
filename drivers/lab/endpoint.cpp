#include "drivers/lab/endpoint.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>

#include "drivers/lab/connection.hpp"
#include "drivers/lab/push.hpp"
#include "drivers/lab/routes.hpp"

namespace breakwater::lab {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

constexpr std::size_t piece_bytes_max = 64 * 1024;
constexpr std::size_t body_bytes_max = 1024 * 1024;  // of everything but images
constexpr int receive_buffer_bytes = 256 * 1024;
constexpr Duration accept_pause{10};  // out of descriptors: some will come back
constexpr Duration listen_pause{100};

// Whatever escapes a coroutine is a defect of the lab, and must be seen.
void report(std::exception_ptr escaped) {
  if (!escaped) return;
  try {
    std::rethrow_exception(escaped);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lab: %s\n", error.what());
  }
}

Reply unavailable() {
  Reply reply = error_reply(503, "ServiceTemporarilyUnavailable", "The service is starting.");
  reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

}  // namespace

Endpoint::Endpoint(asio::io_context& io, std::shared_ptr<const Authority> authority, Credentials credentials,
                   HostConfig host, const EndpointConfig& config)
    : io_(io),
      authority_(std::move(authority)),
      credentials_(std::move(credentials)),
      at_(config.address, config.port),
      identity_(host.redfish ? authority_->issue(host.name, at_.address().to_string(), host.certificate) : Identity{}),
      alarms_(io),
      machine_(std::move(host), io,
               {.down =
                    [this] {
                      drop_all();
                      if (ipmi_) ipmi_->bmc_was_reset();
                    },
                .up =
                    [this](std::optional<Certificate> reissue) {
                      const std::string& name = machine_.config().name;
                      if (!machine_.config().redfish) return;
                      if (reissue) identity_ = authority_->issue(name, at_.address().to_string(), *reissue);
                      listen_again();
                    }}) {
  const IpmiPort::Address ipmi_at(config.address, config.ipmi_port);
  if (machine_.config().ipmi)
    ipmi_ = std::make_shared<IpmiPort>(io, machine_, credentials_, ipmi_at, config.ipmi_delay);
}

void Endpoint::open() {
  if (machine_.config().redfish) listen();
  if (ipmi_) ipmi_->open();
}

void Endpoint::close() {
  alarms_.clear();
  machine_.stop();
  drop_all();
  if (ipmi_) ipmi_->close();
}

HostState Endpoint::state() const {
  HostState state = machine_.state();
  state.address = at_.address().to_string();
  state.port = machine_.config().redfish ? at_.port() : std::uint16_t{0};
  state.ipmi_port = ipmi_ ? ipmi_->port() : std::uint16_t{0};
  state.ipmi_sessions_open = ipmi_ ? ipmi_->sessions_open() : 0;
  state.spki = identity_.spki;
  return state;
}

void Endpoint::listen() {
  auto acceptor = std::make_shared<Acceptor>(io_);
  acceptor->open(at_.protocol());
  acceptor->set_option(asio::socket_base::reuse_address(true));
  // Inherited by every connection: a BMC has little memory, and a client may not rid itself of a whole image at once.
  acceptor->set_option(asio::socket_base::receive_buffer_size(receive_buffer_bytes));
  acceptor->bind(at_);
  acceptor->listen();
  at_ = acceptor->local_endpoint();
  acceptor_ = acceptor;
  asio::co_spawn(io_, accept_all(shared_from_this(), std::move(acceptor)), report);
}

// Another process may sit on the port for a moment, the outgoing end of some connection of its own.
void Endpoint::listen_again() {
  try {
    listen();
  } catch (const boost::system::system_error&) {
    alarms_.after(listen_pause, [this] { listen_again(); });
  }
}

void Endpoint::drop_all() {
  if (acceptor_) {
    boost::system::error_code ignored;
    acceptor_->close(ignored);
    acceptor_.reset();
  }
  for (Connection* connection : connections_) connection->cut();
}

asio::awaitable<void> Endpoint::accept_all(std::shared_ptr<Endpoint> self, std::shared_ptr<Acceptor> acceptor) {
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  asio::steady_timer pause(self->io_);
  while (acceptor->is_open()) {
    tcp::socket socket(self->io_);
    co_await acceptor->async_accept(socket, token);
    if (!acceptor->is_open()) break;
    if (error) {
      pause.expires_after(accept_pause);
      co_await pause.async_wait(token);
      continue;
    }
    auto connection = std::make_shared<Connection>(std::move(socket), self->identity_.tls);
    asio::co_spawn(self->io_, serve(self, std::move(connection)), report);
  }
}

asio::awaitable<void> Endpoint::serve(std::shared_ptr<Endpoint> self, std::shared_ptr<Connection> connection) {
  struct Listed {
    Listed(Endpoint& list, Connection& entry) : endpoint(list), connection(entry) {
      endpoint.connections_.insert(&connection);
    }
    ~Listed() { endpoint.connections_.erase(&connection); }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;
    Endpoint& endpoint;
    Connection& connection;
  };
  const Listed listed(*self, *connection);
  bool going_on = co_await connection->shake_hands();
  while (going_on && self->acceptor_) {
    going_on = co_await connection->read_header();
    if (!going_on) break;
    going_on = co_await self->serve_one(*connection);
  }
  // A BMC that is down has cut the connection already.
  if (self->acceptor_) co_await connection->finish();
}

asio::awaitable<bool> Endpoint::serve_one(Connection& connection) {
  ++machine_.counters().requests;
  if (machine_.unavailable()) {
    Reply starting = unavailable();
    const bool kept = co_await refuse(connection, std::move(starting));
    co_return kept;
  }
  if (is_push(machine_, connection.request)) {
    const bool kept = co_await serve_push(connection);
    co_return kept;
  }
  bool going_on = co_await connection.go_on();
  std::string body;
  while (going_on && !connection.body_done() && body.size() <= body_bytes_max) {
    going_on = co_await connection.read_piece(piece_bytes_max);
    body.append(connection.piece.data(), connection.piece.size());
  }
  if (!going_on) co_return false;
  connection.piece = {};
  if (body.size() > body_bytes_max) {
    Reply too_large = error_reply(413, "PayloadTooLarge", "The body is larger than 1 MiB.");
    const bool kept = co_await refuse(connection, std::move(too_large));
    co_return kept;
  }
  connection.request.body = std::move(body);
  Reply reply = answer(machine_, credentials_, connection.request);
  const bool kept = co_await connection.write(std::move(reply), false);
  co_return kept;
}

asio::awaitable<bool> Endpoint::serve_push(Connection& connection) {
  const std::optional<std::uint64_t> bytes = connection.content_bytes();
  if (auto refusal = refuse_push(machine_, credentials_, connection.request, bytes)) {
    Reply reply = std::move(*refusal);
    const bool kept = co_await refuse(connection, std::move(reply));
    co_return kept;
  }
  ++machine_.counters().uploads_begun;
  bool going_on = co_await connection.go_on();
  Upload upload(multipart_boundary(connection.request.content_type));
  const auto hit_by = [&](Fault fault) {
    return upload.brings(fault) || machine_.strikes_by_rule(fault, upload.component()).has_value();
  };
  const std::uint64_t middle = *bytes / 2;
  for (std::uint64_t read = 0; going_on && !connection.body_done();) {
    const std::uint64_t wanted = read < middle ? middle - read : std::max<std::uint64_t>(*bytes - read, 1);
    const std::size_t piece_bytes = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, piece_bytes_max));
    going_on = co_await connection.read_piece(piece_bytes);
    if (!going_on) break;
    read += connection.piece.size();
    const bool sound = upload.feed({connection.piece.data(), connection.piece.size()});
    const bool cut = read == middle && hit_by(Fault::cut_upload);
    if (cut) connection.cut();
    if (cut) co_return false;
    if (sound && upload.file_bytes() <= machine_.config().persona.image_bytes_max) continue;
    Reply reply = sound ? image_too_big() : take_push(machine_, connection.request, upload);
    const bool kept = co_await refuse(connection, std::move(reply));
    co_return kept;
  }
  connection.piece = {};
  connection.buffer.shrink_to_fit();
  if (!going_on) co_return false;
  ++machine_.counters().uploads;
  const bool lost = hit_by(Fault::cut_after_body_lost);
  const bool cut = lost || hit_by(Fault::cut_after_body);
  Reply reply;
  if (!lost) reply = take_push(machine_, connection.request, upload);
  if (cut) connection.cut();
  if (cut) co_return false;
  const bool kept = co_await connection.write(std::move(reply), false);
  co_return kept;
}

// The reply comes before the body was read: the connection ends after it.
asio::awaitable<bool> Endpoint::refuse(Connection& connection, Reply reply) {
  const bool has_body = !connection.body_done();
  const bool kept = co_await connection.write(std::move(reply), has_body);
  if (has_body) co_await connection.drain();
  co_return kept;
}

}  // namespace breakwater::lab
