#pragma once
// A small synchronous IPMI client on one UDP socket, and what the lab's tests say with it. It resends nothing.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "drivers/ipmi/wire/completion.hpp"
#include "drivers/ipmi/wire/handshake.hpp"
#include "drivers/ipmi/wire/packet.hpp"
#include "drivers/ipmi/wire/sealed.hpp"
#include "drivers/lab/host_state.hpp"

namespace breakwater::lab {

class IpmiClient {
 public:
  static constexpr std::chrono::milliseconds kPatience{5000};

  explicit IpmiClient(const HostState& host);

  /// How a login ended; it is the last step's Established or HandshakeFailure, or Ignored where no answer came.
  ipmi::HandshakeStep log_in(const std::string& password = "lab-password", const std::string& user = "admin",
                             ipmi::Privilege privilege = ipmi::Privilege::administrator,
                             ipmi::Suite suite = ipmi::Suite::seventeen);
  /// The same, and Set Session Privilege Level; whether all of it worked.
  bool open(ipmi::Privilege privilege = ipmi::Privilege::administrator, ipmi::Suite suite = ipmi::Suite::seventeen);

  /// The sequence number that the request went with.
  std::uint8_t send(ipmi::IpmiRequest request);
  /// The next reply of the session that comes in; nothing when none does in time.
  std::optional<ipmi::IpmiReply> receive(std::chrono::milliseconds wait = kPatience);
  /// Sends and takes what comes; fails the test where nothing does.
  ipmi::IpmiReply ask(ipmi::IpmiRequest request);
  /// Asks until the answer is something else than "in progress".
  ipmi::IpmiReply await_end(const ipmi::IpmiRequest& request);

  void send_datagram(ipmi::ByteView datagram);
  std::optional<ipmi::Bytes> receive_datagram(std::chrono::milliseconds wait = kPatience);

  std::uint32_t bmc_id() const { return bmc_id_; }

 private:
  boost::asio::io_context io_;
  boost::asio::ip::udp::socket socket_;
  std::uint32_t console_id_ = 0;
  std::uint32_t bmc_id_ = 0;
  std::optional<ipmi::SessionKeys> keys_;
  ipmi::SequenceCounter sent_;
  std::uint8_t request_number_ = 0;
};

/// Uploads firmware in blocks and finishes; the completion code of the end, once it is no longer "in progress".
std::uint8_t upload(IpmiClient& bmc, std::uint8_t component, const std::string& firmware, std::size_t block = 900);
/// Activates what waits; the completion code of the end.
std::uint8_t activate(IpmiClient& bmc);

/// An HPM.1 file with this firmware for this component.
std::string hpm_file(std::uint8_t component, const std::string& firmware);

}  // namespace breakwater::lab
