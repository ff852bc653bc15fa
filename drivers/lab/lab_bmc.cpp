#include "drivers/lab/lab_bmc.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>

#include "drivers/lab/actions.hpp"
#include "drivers/lab/connection.hpp"
#include "drivers/lab/routes.hpp"

namespace breakwater::lab {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

constexpr std::size_t kPieceBytesMax = 64 * 1024;
constexpr std::size_t kBodyBytesMax = 1024 * 1024;  // of everything but images
constexpr int kReceiveBufferBytes = 256 * 1024;
constexpr Duration kAcceptPause{10};  // no descriptor is free: wait until one is closed
constexpr Duration kListenPause{100};

// An exception that escapes a coroutine is a defect of the lab: print it.
void report(std::exception_ptr escaped) {
  if (!escaped) return;
  try {
    std::rethrow_exception(escaped);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lab: %s\n", error.what());
  }
}

LabReply unavailable() {
  LabReply reply = error_reply(503, "ServiceTemporarilyUnavailable", "The service is starting.");
  reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

}  // namespace

LabBmc::LabBmc(asio::io_context& io, std::shared_ptr<const Authority> authority, Credentials credentials,
               HostConfig host, const LabBmcConfig& config)
    : io_(io),
      authority_(std::move(authority)),
      credentials_(std::move(credentials)),
      at_(config.address, config.port),
      identity_(host.redfish ? authority_->issue(host.name, at_.address().to_string(), host.certificate)
                             : ShownCertificate{}),
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
  const IpmiPort::UdpEndpoint ipmi_at(config.address, config.ipmi_port);
  if (machine_.config().ipmi)
    ipmi_ = std::make_shared<IpmiPort>(io, machine_, credentials_, ipmi_at, config.ipmi_delay);
}

void LabBmc::open() {
  if (machine_.config().redfish) listen();
  if (ipmi_) ipmi_->open();
}

void LabBmc::close() {
  alarms_.clear();
  machine_.stop();
  drop_all();
  if (ipmi_) ipmi_->close();
}

HostState LabBmc::state() const {
  HostState state = machine_.state();
  state.address = at_.address().to_string();
  state.port = machine_.config().redfish ? at_.port() : std::uint16_t{0};
  state.ipmi_port = ipmi_ ? ipmi_->port() : std::uint16_t{0};
  state.ipmi_sessions_open = ipmi_ ? ipmi_->sessions_open() : 0;
  state.spki = identity_.spki;
  return state;
}

void LabBmc::listen() {
  auto acceptor = std::make_shared<Acceptor>(io_);
  acceptor->open(at_.protocol());
  acceptor->set_option(asio::socket_base::reuse_address(true));
  // Every connection inherits it: a BMC has little memory, so a client must not get rid of a whole image at once.
  acceptor->set_option(asio::socket_base::receive_buffer_size(kReceiveBufferBytes));
  acceptor->bind(at_);
  acceptor->listen();
  at_ = acceptor->local_endpoint();
  acceptor_ = acceptor;
  asio::co_spawn(io_, accept_all(shared_from_this(), std::move(acceptor)), report);
}

// The port may be taken for a moment: as the local port of another process's outgoing connection.
void LabBmc::listen_again() {
  try {
    listen();
  } catch (const boost::system::system_error&) {
    alarms_.after(kListenPause, [this] { listen_again(); });
  }
}

void LabBmc::drop_all() {
  if (acceptor_) {
    boost::system::error_code ignored;
    acceptor_->close(ignored);
    acceptor_.reset();
  }
  for (Connection* connection : connections_) connection->cut();
}

asio::awaitable<void> LabBmc::accept_all(std::shared_ptr<LabBmc> self, std::shared_ptr<Acceptor> acceptor) {
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  asio::steady_timer pause(self->io_);
  while (acceptor->is_open()) {
    tcp::socket socket(self->io_);
    co_await acceptor->async_accept(socket, token);
    if (!acceptor->is_open()) break;
    if (error) {
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(token);
      continue;
    }
    auto connection = std::make_shared<Connection>(std::move(socket), self->identity_.tls);
    asio::co_spawn(self->io_, serve(self, std::move(connection)), report);
  }
}

asio::awaitable<void> LabBmc::serve(std::shared_ptr<LabBmc> self, std::shared_ptr<Connection> connection) {
  struct Listed {
    Listed(LabBmc& list, Connection& entry) : endpoint(list), connection(entry) {
      endpoint.connections_.insert(&connection);
    }
    ~Listed() { endpoint.connections_.erase(&connection); }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;
    LabBmc& endpoint;
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

asio::awaitable<bool> LabBmc::serve_one(Connection& connection) {
  ++machine_.counters().requests;
  if (machine_.unavailable()) {
    LabReply starting = unavailable();
    const bool kept = co_await refuse(connection, std::move(starting));
    co_return kept;
  }
  if (is_push(machine_, connection.request)) {
    const bool kept = co_await serve_push(connection);
    co_return kept;
  }
  bool going_on = co_await connection.go_on();
  std::string body;
  while (going_on && !connection.body_done() && body.size() <= kBodyBytesMax) {
    going_on = co_await connection.read_piece(kPieceBytesMax);
    body.append(connection.piece.data(), connection.piece.size());
  }
  if (!going_on) co_return false;
  connection.piece = {};
  if (body.size() > kBodyBytesMax) {
    LabReply too_large = error_reply(413, "PayloadTooLarge", "The body is larger than 1 MiB.");
    const bool kept = co_await refuse(connection, std::move(too_large));
    co_return kept;
  }
  connection.request.body = std::move(body);
  LabReply reply = answer(machine_, credentials_, connection.request);
  const bool kept = co_await connection.write(std::move(reply), false);
  co_return kept;
}

asio::awaitable<bool> LabBmc::serve_push(Connection& connection) {
  const std::optional<std::uint64_t> bytes = connection.content_bytes();
  if (auto refusal = refuse_push(machine_, credentials_, connection.request, bytes)) {
    LabReply reply = std::move(*refusal);
    const bool kept = co_await refuse(connection, std::move(reply));
    co_return kept;
  }
  ++machine_.counters().uploads_begun;
  bool going_on = co_await connection.go_on();
  Upload upload(multipart_boundary(connection.request.content_type));
  const auto hit_by = [&](LabFault fault) {
    return upload.brings(fault) || machine_.strikes_by_rule(fault, upload.component()).has_value();
  };
  const std::uint64_t middle = *bytes / 2;
  for (std::uint64_t read = 0; going_on && !connection.body_done();) {
    const std::uint64_t wanted = read < middle ? middle - read : std::max<std::uint64_t>(*bytes - read, 1);
    const std::size_t piece_bytes = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, kPieceBytesMax));
    going_on = co_await connection.read_piece(piece_bytes);
    if (!going_on) break;
    read += connection.piece.size();
    const bool sound = upload.feed({connection.piece.data(), connection.piece.size()});
    const bool cut = read == middle && hit_by(LabFault::cut_upload);
    if (cut) connection.cut();
    if (cut) co_return false;
    if (sound && upload.file_bytes() <= machine_.config().persona.image_bytes_max) continue;
    LabReply reply = sound ? image_too_big() : take_push(machine_, connection.request, upload);
    const bool kept = co_await refuse(connection, std::move(reply));
    co_return kept;
  }
  connection.piece = {};
  connection.buffer.shrink_to_fit();
  if (!going_on) co_return false;
  ++machine_.counters().uploads;
  const bool lost = hit_by(LabFault::cut_after_body_lost);
  const bool cut = lost || hit_by(LabFault::cut_after_body);
  LabReply reply;
  if (!lost) reply = take_push(machine_, connection.request, upload);
  if (cut) connection.cut();
  if (cut) co_return false;
  if (hit_by(LabFault::upload_error_taken)) reply = error_reply(500, "InternalError", "The service met an error.");
  const bool kept = co_await connection.write(std::move(reply), false);
  co_return kept;
}

// Replies before the body was read, so the connection must end afterwards.
asio::awaitable<bool> LabBmc::refuse(Connection& connection, LabReply reply) {
  const bool has_body = !connection.body_done();
  const bool kept = co_await connection.write(std::move(reply), has_body);
  if (has_body) co_await connection.drain();
  co_return kept;
}

}  // namespace breakwater::lab
