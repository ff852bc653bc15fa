#include "drivers/redfish/wire.hpp"

#include <sys/socket.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "drivers/redfish/fault_text.hpp"

namespace breakwater::redfish {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using ReplyParser = http::response_parser<http::string_body>;
using boost::system::error_code;

constexpr std::size_t kHeaderBytesMax = 16 << 10;  // iDRAC's replies carry up to 3 KB of security headers
constexpr std::size_t kReadBytes = 16 << 10;       // one TLS record
constexpr std::size_t kLargeBodyBytes = 256 << 10;
constexpr int kInterimRepliesMax = 4;

Fault parse_fault(const HttpRequest& request, const error_code& error) {
  if (error == http::error::body_limit) {
    return make_fault(Fault::Kind::bound_exceeded, request.step,
                      "the reply to " + request.path + " has more than " + std::to_string(request.reply_bytes_max) +
                          " bytes of body");
  }
  if (error == http::error::header_limit) {
    return make_fault(
        Fault::Kind::bound_exceeded, request.step,
        "the reply to " + request.path + " has more than " + std::to_string(kHeaderBytesMax) + " bytes of header");
  }
  return make_fault(Fault::Kind::malformed_reply, request.step,
                    "the reply to " + request.path + " is no HTTP: " + error.message());
}

/// The fault of a connection that ended. Before the first byte of the reply it may be an idle connection that closed,
/// or an upload whose reply is lost; after it, the reply was cut short.
Fault closed_fault(const HttpRequest& request, bool started, const error_code& error) {
  const std::string why = error ? error.message() : std::string("end of file");
  if (!started) {
    return make_fault(Fault::Kind::closed_before_reply, request.step,
                      "the connection was closed before " + request.path + " was answered: " + why);
  }
  return make_fault(Fault::Kind::malformed_reply, request.step,
                    "the reply to " + request.path + " was cut short: " + why);
}

bool is_visible(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c >= 0x7f) return false;
  }
  return true;
}

std::string visible_field(const ReplyParser::value_type& message, std::string_view name) {
  const auto field = message.find(beast::string_view(name.data(), name.size()));
  if (field == message.end()) return {};
  const std::string text(field->value().data(), field->value().size());
  return is_visible(text) ? text : std::string();
}

/// A body of unknown length doubles its buffer and peaks near twice the bound; once large, reserve the bound at once.
/// What is not filled of it costs no memory.
void make_room(std::string& body, std::size_t bytes_max) {
  if (body.size() > kLargeBodyBytes && body.capacity() < bytes_max) body.reserve(bytes_max);
}

Result<HttpReply, Fault> to_reply(const HttpRequest& request, ReplyParser::value_type message) {
  const unsigned status = message.result_int();
  const auto coding = message.find(http::field::content_encoding);
  if (coding != message.end() && coding->value() != "identity") {
    return fail(make_fault(Fault::Kind::malformed_reply, request.step,
                           "the reply to " + request.path + " has a content encoding that was not asked for"));
  }
  HttpReply reply;
  reply.status = status;
  if (const auto field = message.find(http::field::location); field != message.end()) {
    reply.location.assign(field->value().data(), field->value().size());
  }
  if (status >= 300 && status < 400 && status != 304) {
    return fail(make_fault(Fault::Kind::foreign_link, request.step,
                           "HTTP " + std::to_string(status) + ": " + request.path + " redirects to '" +
                               sanitised(reply.location, 200) + "'; redirects are not followed"));
  }
  reply.auth_token = visible_field(message, "X-Auth-Token");
  reply.etag = visible_field(message, "ETag");
  if (const auto field = message.find(http::field::retry_after); field != message.end()) {
    const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    reply.retry_after = parse_retry_after(std::string(field->value().data(), field->value().size()), now);
  }
  reply.body = std::move(message.body());
  return reply;
}

}  // namespace

Fault Transport::Expiry::fault(const std::string& step, const std::string& phase) const {
  if (ran_out()) return make_fault(Fault::Kind::deadline, step, "the total deadline passed during: " + phase);
  return make_fault(Fault::Kind::no_progress, step,
                    "nothing moved for " + to_string(no_progress) + " during: " + phase);
}

bool Transport::Wire::is_clean() {
  char octet = 0;
  const auto got = ::recv(socket().socket().native_handle(), &octet, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && input.size() == 0;
}

BmcResult<HttpReply> Transport::Wire::read(HttpRequest request, Expiry& expiry) {
  bool started = false;
  for (int interim = 0; interim < kInterimRepliesMax; ++interim) {
    ReplyParser parser;
    // If eager from the start, Beast 1.74 reads on into a body that came with its header, and forgets the body limit.
    parser.eager(false);
    parser.header_limit(kHeaderBytesMax);
    parser.body_limit(request.reply_bytes_max);
    while (!parser.is_done()) {
      error_code error = http::error::need_more;
      if (input.size() > 0) {
        const std::size_t used = parser.put(input.data(), error);
        input.consume(used);
        parser.eager(parser.is_header_done());
        make_room(parser.get().body(), request.reply_bytes_max);
        if (!error) continue;
        if (error != http::error::need_more) co_return fail(parse_fault(request, error));
      }
      if (input.size() > kHeaderBytesMax + kReadBytes) co_return fail(parse_fault(request, http::error::header_limit));
      socket().expires_at(expiry.next());
      const auto room = input.prepare(kReadBytes);
      error = {};
      const std::size_t got = co_await stream.async_read_some(room, asio::redirect_error(asio::use_awaitable, error));
      input.commit(got);
      started = started || got > 0;
      if (error == beast::error::timeout) {
        co_return fail(expiry.fault(request.step, started ? "reading the reply" : "waiting for the first byte"));
      }
      if (error && got == 0) {
        // Only a proper TLS close ends a body without length; anybody could have cut the connection.
        error_code at_end = error == asio::error::eof ? error_code() : error;
        if (started && !at_end) parser.put_eof(at_end);
        if (!started || at_end || !parser.is_done()) co_return fail(closed_fault(request, started, error));
      }
    }
    if (parser.get().result_int() / 100 == 1) continue;
    keep = parser.get().keep_alive() && input.size() == 0;
    Result<HttpReply, Fault> reply = to_reply(request, parser.release());
    if (!reply) keep = false;
    input.shrink_to_fit();
    co_return reply;
  }
  co_return fail(parse_fault(request, http::error::bad_status));
}

}  // namespace breakwater::redfish
