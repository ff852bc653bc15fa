// One look at many hosts: how many at once, in which order, and how much weather it waits for.
#include "orchestrator/crews/bmc/survey.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <deque>

#include "tests/orchestrator/crews/bmc/fake_bmc.hpp"

namespace breakwater::survey_test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

class Survey : public testing::Test {
 protected:
  /// So many hosts; the name of each is its BMC's address and its serial number.
  void hosts(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string name = "n" + std::to_string(i);
      hosts_.emplace_back().name = name;
      hosts_.back().bmc.address = name;
      machines_[name].shown.identity.serial = name;
    }
  }
  FakeMachine& machine(int host) { return machines_["n" + std::to_string(host)]; }
  std::vector<Sight> look(int at_once = 4, SurveyPatience patience = {std::chrono::minutes(1), Duration(1)}) {
    const ReachBmc reach = [this](boost::asio::any_io_executor,
                                  const BmcEndpoint& endpoint) -> Result<std::unique_ptr<Bmc>, std::string> {
      if (endpoint.address == unreachable_) return fail(std::string("env:BMC is not set"));
      return fake_bmc(machines_[endpoint.address]);
    };
    return survey(
        reach, hosts_, at_once, [this](std::size_t done) { told_.push_back(done); }, patience);
  }
  /// How many BMCs were open at the same time, at most.
  int open_at_once(int at_once) {
    int most = 0;
    for (auto& [name, machine] : machines_) {
      machine.turns = 3;
      machine.on_look = [this, &most](FakeMachine&) {
        most = std::max(most, static_cast<int>(std::count_if(machines_.begin(), machines_.end(),
                                                             [](const auto& one) { return one.second.in; })));
      };
    }
    look(at_once);
    return most;
  }

  std::vector<Host> hosts_;
  std::map<std::string, FakeMachine> machines_;
  std::string unreachable_;
  std::vector<std::size_t> told_;
};

TEST_F(Survey, the_sights_have_the_order_of_the_hosts_whoever_answers_first) {
  hosts(5);
  machine(0).turns = 9;
  machine(2).turns = 5;
  const std::vector<Sight> sights = look();
  ASSERT_EQ(sights.size(), 5U);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(sights[static_cast<std::size_t>(i)].seen);
    EXPECT_EQ(sights[static_cast<std::size_t>(i)].seen->identity.serial, "n" + std::to_string(i));
  }
  EXPECT_THAT(told_, ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(Survey, no_more_bmcs_are_open_at_once_than_asked_for) {
  hosts(7);
  EXPECT_EQ(open_at_once(3), 3);
  EXPECT_EQ(open_at_once(1), 1);
  EXPECT_EQ(open_at_once(20), 7);
}

TEST_F(Survey, nobody_is_logged_in_any_more_afterwards_and_every_look_had_an_end) {
  hosts(2);
  machine(1).weather = {fault_of(Fault::Kind::http_status, 500)};
  look();
  for (const auto& [name, machine] : machines_) {
    EXPECT_FALSE(machine.in) << name;
    EXPECT_LT(machine.until, Clock::now() + std::chrono::minutes(1)) << name;
  }
}

TEST_F(Survey, a_bmc_that_is_busy_twice_and_then_answers_is_seen) {
  hosts(1);
  machine(0).weather = {fault_of(Fault::Kind::busy, 503), fault_of(Fault::Kind::closed_before_reply)};
  machine(0).logins = {fault_of(Fault::Kind::sessions_exhausted)};
  const std::vector<Sight> sights = look();
  EXPECT_TRUE(sights[0].seen);
  EXPECT_THAT(sights[0].fault, IsEmpty()) << "what was overcome is nothing to show";
  EXPECT_EQ(machine(0).looks, 3);
  EXPECT_EQ(machine(0).logins_tried, 4) << "the connection is made anew after each";
}

TEST_F(Survey, a_bmc_that_stays_busy_is_given_up_with_what_it_said) {
  hosts(2);
  machine(0).on_look = [](FakeMachine& machine) { machine.weather = {fault_of(Fault::Kind::busy, 503)}; };
  const std::vector<Sight> sights = look(4, {Duration(20), Duration(1)});
  EXPECT_FALSE(sights[0].seen);
  EXPECT_THAT(sights[0].fault, HasSubstr("busy"));
  EXPECT_TRUE(sights[1].seen);
}

TEST_F(Survey, what_waiting_does_not_mend_is_told_at_once) {
  hosts(3);
  machine(0).logins = {fault_of(Fault::Kind::login_refused, 401)};
  machine(1).logins = {fault_of(Fault::Kind::connect_timeout)};
  machine(2).weather = {fault_of(Fault::Kind::malformed_reply)};
  const std::vector<Sight> sights = look();
  EXPECT_THAT(sights, Each(Field(&Sight::seen, testing::Eq(std::nullopt))));
  EXPECT_THAT(sights[0].fault, HasSubstr("login_refused"));
  EXPECT_EQ(machine(0).logins_tried, 1);
  EXPECT_EQ(machine(1).logins_tried, 1);
  EXPECT_EQ(machine(2).looks, 1);
}

TEST_F(Survey, a_host_without_a_way_to_speak_to_it_does_not_keep_the_others_from_being_seen) {
  hosts(3);
  unreachable_ = "n1";
  const std::vector<Sight> sights = look(1);
  EXPECT_TRUE(sights[0].seen);
  EXPECT_FALSE(sights[1].seen);
  EXPECT_EQ(sights[1].fault, "env:BMC is not set");
  EXPECT_TRUE(sights[2].seen);
  EXPECT_THAT(told_, ElementsAre(1, 2, 3));
}

TEST_F(Survey, without_hosts_there_is_nothing_to_see) {
  EXPECT_THAT(look(), IsEmpty());
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(Survey, a_bmc_whose_requests_take_longer_is_given_longer) {
  hosts(2);
  hosts_[1].bmc.timeouts.request = std::chrono::minutes(5);
  const Clock::time_point begun = Clock::now();
  look();
  EXPECT_LT(machine(0).until, begun + std::chrono::minutes(2));
  EXPECT_GE(machine(1).until, begun + std::chrono::minutes(20));
}

}  // namespace
}  // namespace breakwater::survey_test
