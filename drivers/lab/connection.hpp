#pragma once
// One TLS connection to a simulated BMC: requests are read from it, replies written to it, a piece at a time.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "drivers/lab/exchange.hpp"

namespace breakwater::lab {

struct Connection {
  using Parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;

  Connection(boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> context);

  boost::asio::awaitable<bool> shake_hands();
  /// Reads the next request's header into `request`; false when there is none.
  boost::asio::awaitable<bool> read_header();
  /// The length the header gives; nothing where it gives none.
  std::optional<std::uint64_t> content_bytes() const;
  /// Says 100 Continue where the client waits for it.
  boost::asio::awaitable<bool> go_on();
  /// Reads a piece of the body of at most `bytes_max` into `piece`; false when the connection failed.
  boost::asio::awaitable<bool> read_piece(std::size_t bytes_max);
  bool body_done() const { return parser->is_done(); }
  /// False when the connection cannot be used for another request.
  boost::asio::awaitable<bool> write(LabReply reply, bool close_after);
  /// Reads over what a client still sends, so that it can read the reply that refused it.
  boost::asio::awaitable<void> drain();
  /// The polite end.
  boost::asio::awaitable<void> finish();
  /// The end that a reset BMC makes: the peer sees a reset.
  void cut();

  std::shared_ptr<boost::asio::ssl::context> tls;
  boost::beast::ssl_stream<boost::beast::tcp_stream> stream;
  boost::beast::flat_buffer buffer;
  std::optional<Parser> parser;
  LabRequest request;
  std::vector<char> piece;
};

}  // namespace breakwater::lab
