// The look that a plan is made from, at BMCs that speak Redfish.
#include "orchestrator/operations/looking.hpp"

#include <gmock/gmock.h>

#include "inventories/document/files.hpp"
#include "tests/orchestrator/operations/estate.hpp"

namespace breakwater::operations::looking_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Looking : public Estate {
 protected:
  std::vector<Sight> look(int at_once = 2) {
    return look_at_hosts(installation_, loaded().documents.hosts, fleet_, at_once, interrupts_,
                         [this](std::size_t done, std::size_t all) {
                           told_.push_back(done);
                           all_ = all;
                         });
  }
  Result<ResolvedPlan, Problem> look_and_plan_all(OwnFaults own_faults = OwnFaults::leave_out) {
    ImageStore store = images();
    return look_and_plan(
        installation_, loaded(), store, fleet_, interrupts_, [](std::size_t, std::size_t) {}, own_faults);
  }

  std::vector<std::size_t> told_;
  std::size_t all_ = 0;
};

TEST_F(Looking, every_host_shows_itself_in_the_order_of_the_hosts) {
  lab::RunningLab& lab = turn_on_lab();
  const std::vector<Sight> sights = look();
  ASSERT_THAT(sights, SizeIs(4));
  for (std::size_t i = 0; i < sights.size(); ++i) {
    const std::string name = "n" + std::to_string(i + 1);
    ASSERT_TRUE(sights[i].seen) << sights[i].fault;
    EXPECT_EQ(sights[i].seen->identity.serial, lab.state(name).serial);
    EXPECT_EQ(lab.state(name).sessions_open, 0) << "nobody stays logged in at " << name;
    EXPECT_EQ(lab.state(name).counters.uploads_begun, 0);
  }
  EXPECT_THAT(told_, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(all_, 4U);
}

TEST_F(Looking, a_host_that_does_not_answer_says_why_and_holds_up_nobody) {
  turn_on_lab();
  const std::string answers = text_of(file("inventory.yaml"));
  const std::size_t at = answers.find("address: \"") + 10;
  replace("inventory.yaml", answers.substr(at, answers.find('"', at) - at), "127.0.0.9:1");
  const std::vector<Sight> sights = look();
  EXPECT_FALSE(sights[0].seen);
  EXPECT_THAT(sights[0].fault, HasSubstr("connect"));
  EXPECT_TRUE(sights[1].seen) << sights[1].fault;
  const auto plan = look_and_plan_all();
  ASSERT_TRUE(plan) << plan.error().messages.front();
  EXPECT_THAT(plan->hosts, SizeIs(3));
  EXPECT_EQ(left_out(*plan)["n1"], "unreachable");
}

/// A mistake of ours is no host that is down: it counts in no rack, and an apply does not go on without it.
TEST_F(Looking, what_our_own_side_lacks_is_named_as_ours_and_ends_an_apply_before_anybody_is_asked) {
  lab::RunningLab& lab = turn_on_lab();
  std::filesystem::rename(file("bmc.login"), file("away"));
  const auto plan = look_and_plan_all();
  ASSERT_TRUE(plan) << plan.error().messages.front();
  EXPECT_THAT(plan->hosts, IsEmpty());
  EXPECT_EQ(left_out(*plan)["n1"], "own_side");
  for (const LeftOut& host : plan->left_out) {
    EXPECT_FALSE(host.down) << host.host;
    EXPECT_THAT(host.detail, HasSubstr("bmc.login cannot be read"));
  }
  const auto applied = look_and_plan_all(OwnFaults::end);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, Problem::Kind::try_later);
  EXPECT_THAT(applied.error().messages.front(), HasSubstr("bmc.login cannot be read"));
  EXPECT_THAT(applied.error().messages.front(), HasSubstr(", for n1, n2, n3, n4"));
  EXPECT_EQ(lab.state("n1").counters.requests, 0);
}

TEST_F(Looking, hosts_that_our_own_side_keeps_from_being_asked_are_told_from_silent_ones) {
  lab::RunningLab& lab = turn_on_lab();
  const auto look_around = [this] {
    const auto hosts = load_documents(read_sources({file("inventory.yaml").string()}))->hosts;
    return look_where_able(installation_, hosts, fleet_, 4, interrupts_, [](std::size_t, std::size_t) {});
  };
  EXPECT_TRUE(look_around().own_faults.empty());
  const auto requests = lab.state("n1").counters.requests;
  std::filesystem::rename(file("bmc.login"), file("away"));
  const Looked looked = look_around();
  ASSERT_THAT(looked.own_faults, SizeIs(1));
  EXPECT_THAT(looked.own_faults.front(), HasSubstr("bmc.login cannot be read"));
  EXPECT_THAT(looked.own_faults.front(), HasSubstr(", for n1, n2, n3, n4"));
  for (const Sight& sight : looked.sights) EXPECT_EQ(sight.silence, Sight::Silence::not_asked);
  EXPECT_EQ(lab.state("n1").counters.requests, requests);
}

TEST_F(Looking, after_an_interrupt_no_bmc_is_asked_and_each_host_says_so) {
  lab::RunningLab& lab = turn_on_lab();
  interrupts_ = 1;
  for (const Sight& sight : look()) {
    EXPECT_FALSE(sight.seen);
    EXPECT_THAT(sight.fault, HasSubstr("asked to leave"));
  }
  EXPECT_EQ(lab.state("n1").counters.requests, 0);
  const auto plan = look_and_plan_all();
  ASSERT_FALSE(plan) << "a plan in which everybody is unreachable would be a lie";
  EXPECT_EQ(plan.error().kind, Problem::Kind::try_later);
}

TEST_F(Looking, no_secret_of_a_login_stands_in_what_went_wrong) {
  password_ = "correct-horse-battery";
  turn_on_lab();
  const std::vector<Sight> sights = look();
  for (const Sight& sight : sights) {
    EXPECT_FALSE(sight.seen);
    EXPECT_THAT(sight.fault, HasSubstr("login_refused"));
    EXPECT_EQ(sight.silence, Sight::Silence::login_refused);
    EXPECT_THAT(sight.fault, testing::Not(HasSubstr("horse")));
  }
  const auto plan = look_and_plan_all();
  ASSERT_TRUE(plan) << plan.error().messages.front();
  EXPECT_EQ(left_out(*plan)["n1"], "login_refused") << "it answered";
  EXPECT_TRUE(plan->left_out.front().down) << "what it runs is not known all the same";
}

TEST_F(Looking, nobody_to_look_at_is_no_error) {
  EXPECT_THAT(look_at_hosts(installation_, {}, fleet_, 4, interrupts_, [](std::size_t, std::size_t) {}), IsEmpty());
}

}  // namespace
}  // namespace breakwater::operations::looking_test
