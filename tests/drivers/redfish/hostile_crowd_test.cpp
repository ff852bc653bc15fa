// 200 hostile BMCs among 1,000, all talked to from one thread: no healthy one waits for any of them.
#include <sys/resource.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tests/drivers/redfish/hostile_crowd.hpp"
#include "tests/drivers/redfish/redfish_fixture.hpp"

namespace breakwater::redfish::hostile_crowd_test {
namespace {

using boost::asio::awaitable;

constexpr std::size_t kHealthy = 800;
constexpr std::size_t kHostile = 200;
constexpr Deadlines kPatient{std::chrono::minutes(30), std::chrono::minutes(30)};  // no clock ends a hostile one

class Crowd : public RedfishTest {
 protected:
  Crowd() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }

  awaitable<void> visit(Bmc& bmc, std::size_t& in, std::size_t& ended) {
    const SessionOpened nobody;
    const Result<void, Fault> opened = co_await bmc.open(nobody);
    if (opened) {
      const Result<Identity, Fault> who = co_await bmc.identify();
      if (who) ++in;
    }
    co_await bmc.close();
    ++ended;
  }

  std::vector<std::unique_ptr<Bmc>> open(const std::vector<BmcEndpoint>& endpoints) {
    std::vector<std::unique_ptr<Bmc>> made;
    for (const BmcEndpoint& endpoint : endpoints) {
      made.push_back(open_redfish(runner_.io().get_executor(), endpoint, credentials_, *shared_, kPatient));
    }
    return made;
  }

  std::vector<BmcEndpoint> healthy_endpoints() {
    host_.ipmi = false;
    for (std::size_t i = 2; i <= kHealthy; ++i) {
      lab::HostConfig other = host_;
      other.name = "n" + std::to_string(i);
      config_.hosts.push_back(other);
    }
    start();
    std::vector<BmcEndpoint> endpoints;
    for (const lab::HostConfig& host : config_.hosts) {
      const lab::HostState now = lab_->state(host.name);
      BmcEndpoint endpoint = this->endpoint();
      endpoint.address = now.address;
      endpoint.port = now.port;
      endpoints.push_back(std::move(endpoint));
    }
    return endpoints;
  }
};

TEST_F(Crowd, no_healthy_host_waits_for_a_hostile_one) {
  constexpr Hostility kWays[] = {Hostility::unshaken, Hostility::silent, Hostility::drip};
  std::vector<Hostility> ways;
  for (std::size_t i = 0; i < kHostile; ++i) ways.push_back(kWays[i % std::size(kWays)]);
  const lab::Authority authority(folder_ / "crowd");
  HostileCrowd crowd(authority.issue("crowd", "127.0.0.1", lab::Certificate::valid), "127.210.1.1", 0, ways);
  const std::vector<std::unique_ptr<Bmc>> healthy = open(healthy_endpoints());
  const std::vector<std::unique_ptr<Bmc>> hostile = open(crowd.endpoints());
  std::size_t hostile_in = 0;
  std::size_t hostile_ended = 0;
  auto& io = runner_.io();
  for (const auto& bmc : hostile) {
    boost::asio::co_spawn(io, visit(*bmc, hostile_in, hostile_ended), boost::asio::detached);
  }
  while (crowd.held() < kHostile) io.run_one_for(std::chrono::milliseconds(10));

  std::size_t healthy_in = 0;
  std::size_t healthy_ended = 0;
  for (const auto& bmc : healthy) {
    boost::asio::co_spawn(io, visit(*bmc, healthy_in, healthy_ended), boost::asio::detached);
  }
  while (healthy_ended < kHealthy) io.run_one();
  EXPECT_EQ(healthy_in, kHealthy) << "every healthy host was met";
  EXPECT_EQ(crowd.held(), kHostile) << "while every hostile one still held us";
  EXPECT_EQ(hostile_ended, 0u);

  for (const auto& bmc : hostile) bmc->drop();
  while (hostile_ended < kHostile) io.run_one();
  EXPECT_EQ(hostile_in, 0u);
}

}  // namespace
}  // namespace breakwater::redfish::hostile_crowd_test
