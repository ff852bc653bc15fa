#pragma once
// Many hostile BMCs on one thread: each has an address of its own and does one thing to whoever connects.
#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange without it

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <thread>
#include <vector>

#include "drivers/lab/authority.hpp"
#include "inventories/hosts/host.hpp"

namespace breakwater::redfish {

enum class Hostility {
  unshaken,  ///< takes the connection and never answers to its handshake
  silent,    ///< takes the first request and never answers
  drip,      ///< answers an octet at a time
  flood,     ///< answers with a header without end
  bomb,      ///< answers with as many JSON values as are taken
};

class HostileCrowd {
 public:
  /// One BMC for each of `ways`, on the addresses from `first_address` on; port 0: any free one each.
  HostileCrowd(lab::ShownCertificate identity, const std::string& first_address, std::uint16_t port,
               const std::vector<Hostility>& ways);
  ~HostileCrowd();
  HostileCrowd(const HostileCrowd&) = delete;
  HostileCrowd& operator=(const HostileCrowd&) = delete;

  /// Each BMC's, their one key pinned.
  const std::vector<BmcEndpoint>& endpoints() const { return endpoints_; }
  /// Connections that got as far as their BMC lets them, and are open still.
  std::size_t held() const { return held_; }

 private:
  using Socket = boost::asio::ip::tcp::socket;
  boost::asio::awaitable<void> listen(boost::asio::ip::tcp::acceptor acceptor, Hostility way);
  boost::asio::awaitable<void> serve(Socket socket, Hostility way);

  lab::ShownCertificate identity_;
  std::vector<BmcEndpoint> endpoints_;
  std::atomic<std::size_t> held_{0};
  boost::asio::io_context io_{1};
  std::thread thread_;
};

}  // namespace breakwater::redfish
