// What is said of a BMC that answers no IPMI message, by whether it answers pings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "drivers/ipmi/session.hpp"

namespace breakwater::ipmi::discovery_test {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;
using testing::HasSubstr;

/// A UDP port that answers presence pings, where it is told to, and nothing else.
class Pinged {
 public:
  Pinged(asio::io_context& io, std::optional<bool> speaks_ipmi)
      : speaks_ipmi_(speaks_ipmi), socket_(io, udp::endpoint(asio::ip::make_address("127.0.0.1"), 0)) {
    take_next();
  }
  std::uint16_t port() const { return socket_.local_endpoint().port(); }
  void close() { socket_.close(); }

 private:
  void take_next() {
    socket_.async_receive_from(asio::buffer(datagram_), from_,
                               [this](boost::system::error_code error, std::size_t size) {
                                 if (error) return;
                                 const auto tag = decode_ping(ByteView(datagram_).first(size));
                                 if (tag && speaks_ipmi_)
                                   socket_.send_to(asio::buffer(encode_pong(Pong{*tag, *speaks_ipmi_})), from_);
                                 take_next();
                               });
  }

  std::optional<bool> speaks_ipmi_;
  udp::socket socket_;
  udp::endpoint from_;
  std::array<std::uint8_t, 64> datagram_{};
};

Fault why_not(std::optional<bool> speaks_ipmi) {
  asio::io_context io{1};
  Pinged bmc(io, speaks_ipmi);
  LoginGuard logins([] { return Instant(); });
  IpmiContext shared(logins);
  BmcEndpoint endpoint;
  endpoint.address = "127.0.0.1";
  endpoint.ipmi.port = bmc.port();
  IpmiSession session(io.get_executor(), endpoint, Credentials(), Secret(), shared);
  session.until(std::chrono::steady_clock::now() + std::chrono::milliseconds(1'100));  // one resend
  std::optional<Result<void, Fault>> opened;
  asio::co_spawn(io, session.open(), [&](std::exception_ptr, Result<void, Fault> result) {
    opened.emplace(std::move(result));
    bmc.close();
  });
  io.run();
  return opened && !*opened ? opened->error() : Fault();
}

TEST(Discovery, who_says_nothing_at_all_is_not_reached) {
  const Fault fault = why_not(std::nullopt);
  EXPECT_EQ(fault.kind, Fault::Kind::unreachable);
  EXPECT_THAT(fault.message, HasSubstr("nothing answers at 127.0.0.1 UDP port"));
}

TEST(Discovery, who_answers_pings_alone_may_have_ipmi_switched_off) {
  const Fault fault = why_not(true);
  EXPECT_EQ(fault.kind, Fault::Kind::unreachable);
  EXPECT_THAT(fault.message, HasSubstr("answers ASF pings and no IPMI message"));
}

TEST(Discovery, who_says_that_it_speaks_no_ipmi_is_believed) {
  const Fault fault = why_not(false);
  EXPECT_EQ(fault.kind, Fault::Kind::not_supported);
  EXPECT_THAT(fault.message, HasSubstr("speaks no IPMI"));
}

}  // namespace
}  // namespace breakwater::ipmi::discovery_test
