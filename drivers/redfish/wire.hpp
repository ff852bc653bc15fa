#pragma once
// One TCP and TLS connection and the reading of one reply from it. Only transport.cpp and wire.cpp see it.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "drivers/redfish/tls.hpp"
#include "drivers/redfish/transport.hpp"

namespace breakwater::redfish {

/// When one request ends: at its total deadline, or when nothing moved for too long.
struct Transport::Expiry {
  using Steady = std::chrono::steady_clock;
  Expiry(const Deadlines& deadlines, Steady::time_point until)
      : total(std::min(Steady::now() + deadlines.total, until)), no_progress(deadlines.no_progress) {}
  Steady::time_point next() const { return std::min(total, Steady::now() + no_progress); }
  bool ran_out() const { return Steady::now() >= total; }
  /// The fault of an operation that ran out of time.
  Fault fault(const std::string& step, const std::string& phase) const;

  Steady::time_point total;
  Duration no_progress;
};

struct Transport::Wire {
  using Stream = boost::beast::ssl_stream<boost::beast::tcp_stream>;
  Wire(boost::asio::any_io_executor executor, std::shared_ptr<TlsContext> anchor)
      : context(std::move(anchor)), stream(std::move(executor), context->native()) {}
  boost::beast::tcp_stream& socket() { return boost::beast::get_lowest_layer(stream); }
  /// True if the peer neither sent anything nor closed while the connection was idle.
  bool is_clean();
  /// Reads one whole final reply.
  BmcResult<HttpReply> read(HttpRequest request, Expiry& expiry);

  std::shared_ptr<TlsContext> context;
  TlsPeer peer;
  Stream stream;
  boost::beast::flat_buffer input;
  bool stuck = false;  ///< a slice of an upload did not move in time
  bool keep = false;   ///< the last exchange ended cleanly and the peer keeps the connection open
};

}  // namespace breakwater::redfish
