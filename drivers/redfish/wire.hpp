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

/// The two clocks of one request: what passes first ends the operation.
struct Transport::Clock {
  using Steady = std::chrono::steady_clock;
  Clock(const Deadlines& deadlines, Steady::time_point until)
      : total(std::min(Steady::now() + deadlines.total, until)), no_progress(deadlines.no_progress) {}
  Steady::time_point next() const { return std::min(total, Steady::now() + no_progress); }
  bool ran_out() const { return Steady::now() >= total; }
  /// The fault of an operation that one of the clocks ended.
  Fault fault(const std::string& step, const std::string& phase) const;

  Steady::time_point total;
  Duration no_progress;
};

struct Transport::Wire {
  using Stream = boost::beast::ssl_stream<boost::beast::tcp_stream>;
  Wire(boost::asio::any_io_executor executor, std::shared_ptr<TlsContext> anchor)
      : context(std::move(anchor)), stream(std::move(executor), context->native()) {}
  boost::beast::tcp_stream& socket() { return boost::beast::get_lowest_layer(stream); }
  /// Nothing to read and not closed: the peer has not said goodbye while the connection lay idle.
  bool is_clean();
  /// Reads one whole final reply.
  BmcResult<Reply> read(Request request, Clock& clock);

  std::shared_ptr<TlsContext> context;
  TlsPeer peer;
  Stream stream;
  boost::beast::flat_buffer input;
  bool stuck = false;  ///< a slice of an upload did not move in time
  bool keep = false;   ///< the last exchange ended cleanly and the peer keeps the connection
};

}  // namespace breakwater::redfish
