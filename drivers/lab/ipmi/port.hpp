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
  using Address = boost::asio::ip::udp::endpoint;

  /// Every reply leaves `delay` late.
  IpmiPort(boost::asio::io_context& io, Machine& machine, const Credentials& credentials, Address at, Duration delay);

  /// Throws boost::system::system_error where the address cannot be had.
  void open();
  /// For good: no timer is left.
  void close();
  /// The BMC went down: sessions and replies under way are lost. It answers nothing until it is up again.
  void bmc_was_reset();

  std::uint16_t port() const { return at_.port(); }
  int sessions_open() const { return responder_.sessions_open(); }

 private:
  struct Reply {
    ipmi::Bytes bytes;
    Address to;
  };

  void listen();
  void receive();
  void take(ipmi::ByteView datagram, const Address& from);
  void leave(Reply reply);
  void send(const Reply& reply);

  Machine& machine_;
  Address at_;
  Duration delay_;
  boost::asio::ip::udp::socket socket_;
  Alarms alarms_;
  int under_way_ = 0;               ///< replies that wait for their delay
  std::optional<Reply> held_back_;  ///< until another one has left
  int holds_ = 0;                   ///< tells one that is held back from a later one
  IpmiResponder responder_;
};

}  // namespace breakwater::lab
