#pragma once
// A BMC that attacks, the driver's conversation with it, and a stranger's address that nothing may reach.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "tests/drivers/redfish/hostile_server.hpp"
#include "tests/drivers/redfish/redfish_fixture.hpp"

namespace breakwater::redfish {

inline constexpr const char* kInventory = "GET /redfish/v1/UpdateService/FirmwareInventory";

/// Somebody else's address: whoever connects was led astray.
class Decoy {
 public:
  Decoy();
  std::string url() const;
  bool was_visited();

 private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

/// What this thread takes from the heap, by the sanitizer's own count of the bytes that are asked for: neither the
/// allocator's overhead nor what the server's thread takes is in it.
class HeapWatch {
 public:
  HeapWatch();
  ~HeapWatch();
  /// The most that was held at once, beyond what was held at the beginning.
  std::size_t peak() const;
};

class Hostile : public RedfishTest {
 protected:
  static constexpr Deadlines kShort{Duration(3000), Duration(1000)};

  Hostile();
  /// The server's endpoint, its present key pinned.
  BmcEndpoint attacker() const;
  std::unique_ptr<Bmc> bmc(Deadlines deadlines = kShort);
  /// The fault of a look, with the session given back and the decoy untouched.
  Fault look_fails(Deadlines deadlines = kShort);

  Decoy decoy_;
  HostileServer server_;
  std::chrono::steady_clock::duration took_{};
};

/// The inventory as links to so many members.
std::string list_of(std::size_t members);

}  // namespace breakwater::redfish
