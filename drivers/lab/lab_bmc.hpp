#pragma once
// One simulated BMC on its address: the listener, its TLS connections, and the machine behind them.
// All of it runs on the io_context's one thread.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <unordered_set>

#include "drivers/lab/alarms.hpp"
#include "drivers/lab/authority.hpp"
#include "drivers/lab/exchange.hpp"
#include "drivers/lab/ipmi/port.hpp"
#include "drivers/lab/machine.hpp"

namespace breakwater::lab {

struct Connection;

/// Where a lab BMC listens.
struct LabBmcConfig {
  boost::asio::ip::address address;
  std::uint16_t port = 0;
  std::uint16_t ipmi_port = 0;
  Duration ipmi_delay{0};
};

class LabBmc : public std::enable_shared_from_this<LabBmc> {
 public:
  LabBmc(boost::asio::io_context& io, std::shared_ptr<const Authority> authority, Credentials credentials,
         HostConfig host, const LabBmcConfig& config);

  /// Listens for every protocol that the host speaks; throws boost::system::system_error if it cannot bind.
  void open();
  /// Closes every connection and timer, for good.
  void close();

  Machine& machine() { return machine_; }
  HostState state() const;
  std::size_t connections() const { return connections_.size(); }

 private:
  using Acceptor = boost::asio::ip::tcp::acceptor;

  static boost::asio::awaitable<void> accept_all(std::shared_ptr<LabBmc> self, std::shared_ptr<Acceptor> acceptor);
  static boost::asio::awaitable<void> serve(std::shared_ptr<LabBmc> self, std::shared_ptr<Connection> connection);
  boost::asio::awaitable<bool> serve_one(Connection& connection);
  boost::asio::awaitable<bool> serve_push(Connection& connection);
  boost::asio::awaitable<bool> refuse(Connection& connection, LabReply reply);
  void listen();
  void listen_again();
  void drop_all();

  boost::asio::io_context& io_;
  std::shared_ptr<const Authority> authority_;
  Credentials credentials_;
  boost::asio::ip::tcp::endpoint at_;
  ShownCertificate identity_;
  Alarms alarms_;
  std::shared_ptr<Acceptor> acceptor_;
  std::unordered_set<Connection*> connections_;
  Machine machine_;
  std::shared_ptr<IpmiPort> ipmi_;  ///< null if the host speaks no IPMI
};

}  // namespace breakwater::lab
