#include "drivers/lab/connection.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/string_body.hpp>
#include <limits>

#include "drivers/lab/http.hpp"

namespace breakwater::lab {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::chrono::seconds kHandshakeDeadline{30};
constexpr std::chrono::seconds kIdleDeadline{300};
constexpr std::chrono::seconds kProgressDeadline{60};
constexpr std::chrono::seconds kDrainDeadline{5};
constexpr std::uint32_t kHeaderBytesMax = 16 * 1024;
constexpr std::uint64_t kDrainedBytesMax = 64ULL * 1024 * 1024;
constexpr std::size_t kBufferBytesMax = 256 * 1024;

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::post:
      return Method::post;
    case http::verb::patch:
      return Method::patch;
    case http::verb::put:
      return Method::put;
    case http::verb::delete_:
      return Method::remove;
    default:
      return Method::other;
  }
}

LabRequest request_of(const http::request<http::buffer_body>& message) {
  LabRequest request;
  request.method = method_of(message.method());
  const std::string_view target = message.target();
  const std::size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  while (request.path.size() > 1 && request.path.ends_with('/')) request.path.pop_back();
  request.token = message["X-Auth-Token"];
  request.authorization = message[http::field::authorization];
  request.content_type = message[http::field::content_type];
  request.if_match = message.find(http::field::if_match) != message.end();
  return request;
}

http::response<http::string_body> message_of(LabReply reply, const LabRequest& request, unsigned version,
                                             bool keep_alive) {
  http::response<http::string_body> message(static_cast<http::status>(reply.status), version);
  message.set("OData-Version", "4.0");
  message.set(http::field::cache_control, "no-cache");
  for (const auto& [name, value] : reply.headers) message.set(name, value);
  std::string text = std::move(reply.raw);
  if (text.empty() && !reply.body.is_null()) text = reply.body.dump();
  if (!text.empty()) message.set(http::field::content_type, "application/json");
  const bool reading = request.method == Method::get || request.method == Method::head;
  if (reading && reply.status == 200)
    message.set(http::field::etag, "W/\"" + std::to_string(std::hash<std::string>{}(text)) + "\"");
  message.keep_alive(keep_alive);
  if (request.method == Method::head) {
    message.content_length(text.size());
  } else {
    message.body() = std::move(text);
    message.prepare_payload();
  }
  return message;
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, std::shared_ptr<asio::ssl::context> context)
    : tls(std::move(context)), stream(std::move(socket), *tls), buffer(kBufferBytesMax) {
  beast::error_code ignored;
  beast::get_lowest_layer(stream).socket().set_option(asio::ip::tcp::no_delay(true), ignored);
}

asio::awaitable<bool> Connection::shake_hands() {
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  beast::get_lowest_layer(stream).expires_after(kHandshakeDeadline);
  co_await stream.async_handshake(asio::ssl::stream_base::server, token);
  co_return !error;
}

asio::awaitable<bool> Connection::read_header() {
  parser.emplace();
  parser->header_limit(kHeaderBytesMax);
  // How much is read of a body is decided by what it is for, not here.
  parser->body_limit(std::numeric_limits<std::uint64_t>::max());
  beast::get_lowest_layer(stream).expires_after(kIdleDeadline);
  const beast::error_code error = co_await read_until(&RequestParser::is_header_done, stream, buffer, *parser);
  if (error) co_return false;
  request = request_of(parser->get());
  co_return true;
}

std::optional<std::uint64_t> Connection::content_bytes() const {
  const auto length = parser->content_length();
  if (!length) return std::nullopt;
  return *length;
}

asio::awaitable<bool> Connection::go_on() {
  if (!beast::iequals(parser->get()[http::field::expect], "100-continue")) co_return true;
  std::string text = "HTTP/1.1 100 Continue\r\n\r\n";
  beast::get_lowest_layer(stream).expires_after(kProgressDeadline);
  const beast::error_code error = co_await write_all(stream, std::move(text));
  co_return !error;
}

asio::awaitable<bool> Connection::read_piece(std::size_t bytes_max) {
  piece.resize(bytes_max);
  auto& body = parser->get().body();
  body.data = piece.data();
  body.size = piece.size();
  beast::get_lowest_layer(stream).expires_after(kProgressDeadline);
  const beast::error_code error = co_await read_until(&RequestParser::is_done, stream, buffer, *parser);
  if (error && error != http::error::need_buffer) co_return false;
  piece.resize(bytes_max - body.size);
  co_return true;
}

asio::awaitable<bool> Connection::write(LabReply reply, bool close_after) {
  const bool keep_alive = !close_after && parser->get().keep_alive();
  std::string text = to_text(message_of(std::move(reply), request, parser->get().version(), keep_alive));
  beast::get_lowest_layer(stream).expires_after(kProgressDeadline);
  const beast::error_code error = co_await write_all(stream, std::move(text));
  co_return !error && keep_alive;
}

asio::awaitable<void> Connection::drain() {
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  piece.resize(16 * 1024);
  const auto room = asio::buffer(piece);
  beast::get_lowest_layer(stream).expires_after(kDrainDeadline);
  for (std::uint64_t drained = 0; !error && drained < kDrainedBytesMax;)
    drained += co_await stream.async_read_some(room, token);
}

asio::awaitable<void> Connection::finish() {
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  beast::get_lowest_layer(stream).expires_after(kDrainDeadline);
  co_await stream.async_shutdown(token);
  beast::get_lowest_layer(stream).close();
}

void Connection::cut() {
  beast::error_code ignored;
  auto& lowest = beast::get_lowest_layer(stream);
  lowest.socket().set_option(asio::socket_base::linger(true, 0), ignored);
  lowest.close();
}

}  // namespace breakwater::lab
