#pragma once
// The UDP port of one lab BMC, and what can go wrong between it and a client: datagrams lost, late, twice, out of
// order.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <memory>
#include <optional>

#include "drivers/lab/alarms.hpp"
#include "drivers/lab/ipmi/responder.hpp"

namespace breakwater::lab {

class IpmiPort : public std::enable_shared_from_this<IpmiPort> {
 public:
  using UdpEndpoint = boost::asio::ip::udp::endpoint;

  /// Every reply leaves `delay` late.
  IpmiPort(boost::asio::io_context& io, Machine& machine, const Credentials& credentials, UdpEndpoint at,
           Duration delay);

  /// Throws boost::system::system_error if it cannot bind the address.
  void open();
  /// Closes the socket and every timer, for good.
  void close();
  /// The BMC went down: sessions and replies under way are lost. It answers nothing until it is up again.
  void bmc_was_reset();

  std::uint16_t port() const { return at_.port(); }
  int sessions_open() const { return responder_.sessions_open(); }

 private:
  struct Datagram {
    ipmi::Bytes bytes;
    UdpEndpoint to;
  };

  void listen();
  void receive();
  void take(ipmi::ByteView datagram, const UdpEndpoint& from);
  void leave(Datagram reply);
  void send(const Datagram& reply);

  Machine& machine_;
  UdpEndpoint at_;
  Duration delay_;
  boost::asio::ip::udp::socket socket_;
  Alarms alarms_;
  int under_way_ = 0;                  ///< replies that wait for their delay
  std::optional<Datagram> held_back_;  ///< until another one has left
  int holds_ = 0;                      ///< counts them, so that a timer knows which one it is for
  IpmiResponder responder_;
};

}  // namespace breakwater::lab
