#pragma once
// HTTP on a stream: a loop around Beast's parser, and a reply as one text. Beast's own `async_read` and `async_write`
// cost a file that uses them some 10 s of compile time for each kind of stream.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>
#include <utility>

namespace breakwater::lab {

constexpr std::size_t kReadBytes = 16 * 1024;  // one TLS record

using RequestParser = boost::beast::http::basic_parser<true>;

/// Reads and parses until `enough`, which is `&RequestParser::is_header_done` or `&RequestParser::is_done`. Returns an
/// error where the connection or the message ends before. What was read beyond stays in `buffer`.
template <class Stream>
boost::asio::awaitable<boost::beast::error_code> read_until(bool (RequestParser::*enough)() const, Stream& stream,
                                                            boost::beast::flat_buffer& buffer, RequestParser& parser) {
  namespace asio = boost::asio;
  boost::beast::error_code error;
  while (!(parser.*enough)()) {
    error = boost::beast::http::error::need_more;
    if (buffer.size() > 0) buffer.consume(parser.put(buffer.data(), error));
    if (error && error != boost::beast::http::error::need_more) co_return error;
    if (!error) continue;
    const auto room = buffer.prepare(kReadBytes);
    auto token = asio::redirect_error(asio::use_awaitable, error);
    buffer.commit(co_await stream.async_read_some(room, token));
    if (error) co_return error;
  }
  co_return error;
}

template <class Stream>
boost::asio::awaitable<boost::beast::error_code> write_all(Stream& stream, std::string text) {
  namespace asio = boost::asio;
  boost::beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  for (auto left = asio::buffer(std::as_const(text)); left.size() > 0 && !error;)
    left += co_await stream.async_write_some(left, token);
  co_return error;
}

/// The bytes of a message whose body is sent whole.
std::string to_text(const boost::beast::http::response<boost::beast::http::string_body>& message);

}  // namespace breakwater::lab
