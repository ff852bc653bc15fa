// Our driver against a BMC that nobody here wrote.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>

#include "drivers/ipmi/ipmi_bmc.hpp"
#include "drivers/ipmi/session.hpp"
#include "drivers/ipmi/wire/fru.hpp"
#include "tests/drivers/ipmi/ipmi_sim.hpp"

namespace breakwater::ipmi::ipmi_sim_test {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;

/// Runs a conversation to its end.
template <class T>
T run(asio::io_context& io, std::function<asio::awaitable<T>()> conversation) {
  std::optional<T> out;
  asio::co_spawn(
      io, [&]() -> asio::awaitable<void> { out.emplace(co_await conversation()); },
      [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
      });
  io.restart();
  io.run();
  return std::move(*out);
}

class AgainstIpmiSim : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_ipmi_sim()) GTEST_SKIP() << "ipmi_sim (package openipmi) is not installed";
  }

  std::unique_ptr<Bmc> bmc(const IpmiSim& sim, const std::string& user = "admin",
                           const std::string& password = "test") {
    BmcEndpoint endpoint;
    endpoint.address = sim.address();
    endpoint.drivers = {Driver::ipmi};
    endpoint.ipmi.port = sim.port();
    return open_ipmi(io_.get_executor(), endpoint, Credentials{user, Secret(password)}, Secret(), context_);
  }

  Result<void, Fault> open(Bmc& bmc) {
    return run<Result<void, Fault>>(io_, [&]() -> BmcResult<void> {
      SessionOpened nothing;
      Result<void, Fault> in = co_await bmc.open(std::move(nothing));
      co_await bmc.close();
      co_return in;
    });
  }

  Result<Observation, Fault> look(Bmc& bmc) {
    return run<Result<Observation, Fault>>(io_, [&]() -> BmcResult<Observation> {
      SessionOpened nothing;
      const Result<void, Fault> in = co_await bmc.open(std::move(nothing));
      if (!in) co_return fail(in.error());
      Result<Observation, Fault> seen = co_await bmc.observe();
      co_await bmc.close();
      co_return seen;
    });
  }

  asio::io_context io_{1};
  Instant now_{Duration{1}};
  LoginGuard logins_{[this] { return now_; }};
  IpmiContext context_{logins_};
};

TEST_F(AgainstIpmiSim, identity_power_sensors_and_log_are_read) {
  const IpmiSim sim("127.0.77.1", {"sel_add 0x20 0x02 0 0 0 0 0x20 0 4 0x07 1 0x6f 1 0 0"});
  const auto seen = look(*bmc(sim));
  ASSERT_TRUE(seen) << to_string(seen.error().kind) << " " << seen.error().step << " " << seen.error().message;
  EXPECT_EQ(seen->identity.uuid, "674523a1-ab89-efcd-a123-456789abcdef");
  EXPECT_EQ(seen->power, Power::on);
  EXPECT_EQ(seen->health, Health::ok) << seen->health_text;
  ASSERT_EQ(seen->inventory.size(), 1U);
  EXPECT_EQ(seen->inventory[0].version, "9.08");
  ASSERT_TRUE(seen->critical_events);
  EXPECT_EQ(*seen->critical_events, 1U) << "a thermal trip of a processor";
}

TEST_F(AgainstIpmiSim, a_sensor_over_its_threshold_spoils_health) {
  const IpmiSim sim("127.0.77.2", {"sensor_set_value 0x20 0 1 0xa5 1"});
  const auto seen = look(*bmc(sim));
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->health, Health::critical);
  EXPECT_THAT(seen->health_text, HasSubstr("MBTemp"));
}

TEST_F(AgainstIpmiSim, a_wrong_password_an_unknown_user_and_a_wrong_suite_are_their_own_faults) {
  const IpmiSim sim("127.0.77.3");
  const auto wrong_password = open(*bmc(sim, "admin", "other"));
  ASSERT_FALSE(wrong_password);
  EXPECT_EQ(wrong_password.error().kind, Fault::Kind::login_refused) << wrong_password.error().message;
  EXPECT_THAT(wrong_password.error().message, testing::Not(HasSubstr("other")));

  const auto unknown = open(*bmc(sim, "nobody"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, Fault::Kind::user_unknown) << unknown.error().message;

  context_.remember_seventeen(sim.address() + ":" + std::to_string(sim.port()));
  const auto suite = open(*bmc(sim));
  ASSERT_FALSE(suite) << "a BMC that offered suite 17 is never spoken to with 3";
  EXPECT_EQ(suite.error().kind, Fault::Kind::suite_refused) << suite.error().message;
}

TEST_F(AgainstIpmiSim, no_fourth_login_is_tried_after_three_refused_ones) {
  const IpmiSim sim("127.0.77.4");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(open(*bmc(sim, "admin", "other")).error().kind, Fault::Kind::login_refused);
  EXPECT_EQ(open(*bmc(sim)).error().kind, Fault::Kind::logins_exhausted);
  now_ += std::chrono::hours(1);
  EXPECT_TRUE(open(*bmc(sim)));
}

/// What has ipmi_sim hold a FRU memory with this serial number.
std::string fru_line(const std::string& serial) {
  Fru fru;
  fru.product = FruProduct{"Maker", "Model", "", "", serial, ""};
  const Bytes memory = build_fru(fru);
  std::string line = "mc_add_fru_data 0x20 0 " + std::to_string(memory.size()) + " data";
  for (const std::uint8_t byte : memory) line += " " + std::to_string(byte);
  return line;
}

// Nobody called drop(): the session died of silence, and another machine has the address when it is opened again.
TEST_F(AgainstIpmiSim, another_machine_at_the_same_address_is_not_taken_for_the_one_before) {
  auto first = std::make_unique<IpmiSim>("127.0.77.7", std::vector{fru_line("S1")});
  const auto machine = bmc(*first);
  std::string before;
  std::string after;
  const auto whole = [&]() -> BmcResult<void> {
    SessionOpened nobody;
    const Result<void, Fault> in = co_await machine->open(std::move(nobody));
    if (!in) co_return in;
    const Result<Observation, Fault> seen = co_await machine->observe();
    if (!seen) co_return fail(seen.error());
    before = seen->identity.serial;
    first.reset();
    const IpmiSim second("127.0.77.7", {fru_line("S2")});
    machine->until(std::chrono::steady_clock::now() + std::chrono::milliseconds(300));
    const Result<Observation, Fault> lost = co_await machine->observe();
    EXPECT_FALSE(lost) << "the other machine knows no such session";
    machine->until(std::chrono::steady_clock::time_point::max());
    SessionOpened again;
    const Result<void, Fault> back = co_await machine->open(std::move(again));
    if (!back) co_return back;
    const Result<Observation, Fault> other = co_await machine->observe();
    if (other) after = other->identity.serial;
    co_await machine->close();
    co_return Result<void, Fault>{};
  };
  const auto done = run<Result<void, Fault>>(io_, whole);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(before, "S1");
  EXPECT_EQ(after, "S2");
}

TEST_F(AgainstIpmiSim, sessions_are_given_back) {
  const IpmiSim sim("127.0.77.5");
  for (int i = 0; i < 70; ++i) {
    const auto seen = look(*bmc(sim));  // ipmi_sim has 63 slots
    ASSERT_TRUE(seen) << i << " " << seen.error().message;
  }
}

TEST_F(AgainstIpmiSim, the_host_is_restarted_once) {
  const IpmiSim sim("127.0.77.6");
  const auto machine = bmc(sim);
  const auto restart = [&](Bmc& one) {
    return run<Result<void, Fault>>(io_, [&]() -> BmcResult<void> {
      SessionOpened nothing;
      const Result<void, Fault> in = co_await one.open(std::move(nothing));
      if (!in) co_return fail(in.error());
      const Result<void, Fault> done = co_await one.reset_host();
      co_await one.close();
      co_return done;
    });
  };
  EXPECT_TRUE(restart(*machine));
  EXPECT_EQ(sim.told(), "reset");
}

}  // namespace
}  // namespace breakwater::ipmi::ipmi_sim_test
