// Which driver speaks to a BMC, and what it reads before it does. Nothing answers here; nothing needs to.
#include "orchestrator/crews/bmc/open_bmc.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <filesystem>
#include <fstream>

namespace breakwater::open_bmc_test {
namespace {

using testing::HasSubstr;

class OpenBmc : public testing::Test {
 protected:
  OpenBmc() {
    folder_ = std::filesystem::temp_directory_path() / ("breakwater-open-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    endpoint_.address = "127.0.0.1";
    endpoint_.credentials = holds("login", "admin:secret");
    endpoint_.tls = TlsPolicy{TlsPolicy::Mode::pin, "", {Sha256()}};
  }
  ~OpenBmc() override { std::filesystem::remove_all(folder_); }

  /// A reference to a file with one line.
  std::string holds(const std::string& name, const std::string& line) {
    std::ofstream(folder_ / name) << line << '\n';
    return "file:" + (folder_ / name).string();
  }
  Result<std::unique_ptr<Bmc>, std::string> reach(std::vector<Driver> drivers) {
    endpoint_.drivers = std::move(drivers);
    return reach_(io_.get_executor(), endpoint_);
  }
  std::string refusal(std::vector<Driver> drivers) {
    const auto bmc = reach(std::move(drivers));
    return bmc ? "a BMC" : bmc.error();
  }

  std::filesystem::path folder_;
  BmcEndpoint endpoint_;
  boost::asio::io_context io_{1};
  redfish::RedfishContext redfish_;
  ipmi::IpmiContext ipmi_{redfish_.logins()};
  ReachBmc reach_ = reach_by_inventory(DriverContexts{redfish_, ipmi_}, Occasion::for_plan);
};

TEST_F(OpenBmc, credentials_that_cannot_be_read_are_the_reason_for_no_bmc) {
  endpoint_.credentials = "file:" + (folder_ / "missing").string();
  for (const Driver driver : {Driver::redfish, Driver::ipmi}) {
    EXPECT_THAT(refusal({driver}), HasSubstr(endpoint_.credentials + " cannot be read"));
  }
  endpoint_.credentials = holds("login", "admin without a password");
  EXPECT_THAT(refusal({Driver::redfish}), HasSubstr("does not hold user:password"));
}

TEST_F(OpenBmc, credentials_are_read_each_time) {
  EXPECT_TRUE(reach({Driver::redfish}));
  std::filesystem::remove(folder_ / "login");
  EXPECT_FALSE(reach({Driver::redfish}));
  holds("login", "admin:other");
  EXPECT_TRUE(reach({Driver::redfish}));
}

TEST_F(OpenBmc, the_key_of_ipmi_is_read_where_ipmi_is_spoken_and_there_alone) {
  endpoint_.ipmi.k_g = "file:" + (folder_ / "k_g").string();
  EXPECT_TRUE(reach({Driver::redfish}));
  EXPECT_THAT(refusal({Driver::ipmi}), HasSubstr("k_g cannot be read"));
  EXPECT_THAT(refusal({Driver::redfish, Driver::ipmi}), HasSubstr("k_g cannot be read"));
  EXPECT_THAT(refusal({Driver::ipmi, Driver::redfish}), HasSubstr("k_g cannot be read"));
  holds("k_g", "a key");
  EXPECT_TRUE(reach({Driver::ipmi}));
  EXPECT_TRUE(reach({Driver::redfish, Driver::ipmi}));
}

TEST_F(OpenBmc, a_key_is_read_without_a_login) {
  endpoint_.credentials = "file:" + (folder_ / "missing").string();
  endpoint_.drivers = {Driver::ipmi, Driver::redfish};
  EXPECT_TRUE(reach_for_key(redfish_)(io_.get_executor(), endpoint_));
}

/// A server that accepts and says nothing.
TEST_F(OpenBmc, the_inventory_says_how_long_a_request_may_take) {
  using boost::asio::ip::tcp;
  tcp::acceptor silent(io_, tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0));
  endpoint_.port = silent.local_endpoint().port();
  endpoint_.timeouts = BmcTimeouts{Duration(300), Duration(200)};
  const auto bmc = reach({Driver::redfish});
  ASSERT_TRUE(bmc);
  std::optional<Fault> fault;
  const auto begun = std::chrono::steady_clock::now();
  boost::asio::co_spawn(io_, (*bmc)->open({}), [&fault](std::exception_ptr, Result<void, Fault> opened) {
    if (!opened) fault = opened.error();
  });
  io_.run();
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, Fault::Kind::no_progress) << fault->message;
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10)) << "the default is 15 s";
}

}  // namespace
}  // namespace breakwater::open_bmc_test
