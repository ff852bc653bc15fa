#pragma once
// One UDP socket for all the BMCs of an I/O thread: datagrams go to whoever talks to the address they came from.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

namespace breakwater::ipmi {

/// Takes the datagrams of one peer; must not throw. It may detach receivers, itself too, while it takes one.
class Receiver {
 public:
  virtual void take(std::span<const std::uint8_t> datagram) = 0;

 protected:
  ~Receiver() = default;
};

/// A service of its io_context, for its thread alone. It waits for datagrams only while a receiver is attached, so that
/// the io_context can run out of work.
class UdpPort : public boost::asio::execution_context::service {
 public:
  using Endpoint = boost::asio::ip::udp::endpoint;
  static boost::asio::execution_context::id id;

  explicit UdpPort(boost::asio::execution_context& context);
  ~UdpPort() override;
  static UdpPort& of(const boost::asio::any_io_executor& executor);

  /// Several receivers may share one peer; each gets every datagram. False where no socket could be opened: nothing is
  /// attached.
  bool attach(const boost::asio::any_io_executor& executor, const Endpoint& peer, Receiver& receiver);
  void detach(const Endpoint& peer, const Receiver& receiver);
  /// A datagram that cannot leave now is lost, as on the wire: its sender repeats or gives up.
  void send(const Endpoint& peer, std::span<const std::uint8_t> datagram);

 private:
  struct Socket;
  void shutdown() override;
  Socket* open(const boost::asio::any_io_executor& executor, bool v6);
  void wait(Socket& socket);
  void drain(Socket& socket);
  void deliver(const Endpoint& peer, std::span<const std::uint8_t> datagram);

  std::unique_ptr<Socket> sockets_[2];  ///< IPv4, IPv6
  std::multimap<Endpoint, Receiver*> receivers_;
};

}  // namespace breakwater::ipmi
