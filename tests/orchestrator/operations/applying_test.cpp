// What an `apply` does with what a person named.
#include "orchestrator/operations/applying.hpp"

#include <gmock/gmock.h>

#include "orchestrator/codec/plan_json.hpp"
#include "tests/orchestrator/operations/estate.hpp"

namespace breakwater::operations::applying_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Applying : public Estate {
 protected:
  std::string rollout_file() const { return file("rollout.yaml").string(); }
  Result<Choice, Problem> chosen(const Target& target, const std::string& allowed = "") {
    fleet_ = *installation_.read_fleet();
    return choose(installation_, target, fleet_, "lena@bastion", AwayAllowed::parse(allowed), interrupts_,
                  [this](std::size_t, std::size_t) { looked_ = true; });
  }
  Target by_file() const { return Target{"bios-3.4", rollout_file(), {}}; }
  Target by_plan(const ResolvedPlan& plan) const {
    return Target{"bios-3.4", rollout_file(), FrozenPlan{plan, rollout_file()}};
  }
  ResolvedPlan frozen() {
    ResolvedPlan plan = planned().value();
    plan.nonce = new_nonce();
    return plan;
  }
  void begin(const ResolvedPlan& plan) { record(Event(RolloutStarted{"lena", plan, codec::plan_digest(plan)})); }

  bool looked_ = false;
};

TEST_F(Applying, a_rollout_that_has_begun_goes_on_and_says_what_changed) {
  begin(frozen());
  replace("rollout.yaml", "size: 1,", "size: 2,");
  const auto choice = chosen(by_file());
  ASSERT_TRUE(choice) << choice.error().messages.front();
  const auto* begun = std::get_if<GoesOn>(&*choice);
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->rollout, 1U);
  EXPECT_EQ(begun->name, "bios-3.4");
  EXPECT_THAT(begun->changes, ElementsAre(HasSubstr("Rollout bios-3.4 was changed since this rollout began")));
  EXPECT_EQ(std::get<RolloutId>(to_conduct(*choice)), 1U);
  EXPECT_FALSE(looked_) << "the journal is enough";
}

TEST_F(Applying, of_several_runs_the_one_that_is_not_over_goes_on) {
  begin_rollout(true);
  begin_rollout();
  const auto choice = chosen(Target{"bios-3.4", {}, {}});
  ASSERT_TRUE(choice) << choice.error().messages.front();
  EXPECT_EQ(std::get<GoesOn>(*choice).name, "bios-3.4#2");
}

TEST_F(Applying, the_plan_file_that_a_rollout_began_with_goes_on_with_it) {
  const ResolvedPlan plan = frozen();
  begin(plan);
  const auto choice = chosen(by_plan(plan));
  ASSERT_TRUE(choice) << choice.error().messages.front();
  const auto* begun = std::get_if<GoesOn>(&*choice);
  ASSERT_TRUE(begun);
  EXPECT_THAT(begun->changes, IsEmpty());
}

TEST_F(Applying, another_plan_file_than_it_began_with_is_refused) {
  begin(frozen());
  const auto choice = chosen(by_plan(frozen()));
  ASSERT_FALSE(choice);
  EXPECT_EQ(choice.error().kind, Problem::Kind::try_later);
  EXPECT_EQ(choice.error().messages.front(), "rollout bios-3.4 has begun with another plan and is not over");
  EXPECT_EQ(choice.error().next, "breakwater apply bios-3.4");
}

TEST_F(Applying, a_plan_file_is_applied_once) {
  const ResolvedPlan plan = frozen();
  begin(plan);
  record(Event(RolloutFinished{1}));
  const auto choice = chosen(by_plan(plan));
  ASSERT_FALSE(choice);
  EXPECT_EQ(choice.error().kind, Problem::Kind::refused);
  EXPECT_THAT(choice.error().messages.front(), HasSubstr("was applied already, and its rollout is over"));
  EXPECT_EQ(choice.error().next, "breakwater report bios-3.4, or make a plan anew");
}

TEST_F(Applying, a_plan_file_that_still_holds_begins_a_rollout) {
  const ResolvedPlan plan = frozen();
  const auto choice = chosen(by_plan(plan));
  ASSERT_TRUE(choice) << choice.error().messages.front();
  const RolloutToConduct what = to_conduct(*choice);
  EXPECT_EQ(std::get<NewRollout>(what).by, "lena@bastion");
  EXPECT_EQ(to_hex(codec::plan_digest(std::get<NewRollout>(what).plan)), to_hex(codec::plan_digest(plan)));
}

TEST_F(Applying, a_plan_file_that_is_stale_is_refused) {
  const ResolvedPlan plan = frozen();
  replace("rollout.yaml", "size: 1,", "size: 2,");
  const auto choice = chosen(by_plan(plan));
  ASSERT_FALSE(choice);
  EXPECT_EQ(choice.error().kind, Problem::Kind::try_later);
}

TEST_F(Applying, where_no_host_can_be_updated_nothing_begins) {
  const auto choice = chosen(by_file());
  ASSERT_TRUE(choice) << choice.error().messages.front();
  EXPECT_TRUE(looked_);
  const auto* idle = std::get_if<NothingToBegin>(&*choice);
  ASSERT_TRUE(idle) << "nothing listens at the hosts' addresses";
  EXPECT_EQ(idle->plan.left_out.size(), 4U);
  EXPECT_FALSE(std::filesystem::exists(state_ / "journal.db"));
}

TEST_F(Applying, with_more_hosts_away_than_are_let_through_nothing_begins) {
  sights_["n2"] = Sight{};
  sights_["n2"].fault = "connection refused";
  sights_["n3"] = sights_["n2"];
  sights_["n3"].silence = Sight::Silence::login_refused;
  const ResolvedPlan plan = frozen();
  for (const std::string few : {"0", "1", "49.99%"}) {
    const auto refused = chosen(by_plan(plan), few);
    ASSERT_FALSE(refused) << few;
    EXPECT_EQ(refused.error().kind, Problem::Kind::no_host);
    EXPECT_EQ(refused.error().messages.front(),
              "bios-3.4: 2 of 4 hosts did not answer or refused the login: 1 login refused (n3), 1 unreachable (n2); "
              "--allow-unreachable is " +
                  few);
  }
  for (const std::string enough : {"", "2", "50%", "100%"}) {
    const auto choice = chosen(by_plan(plan), enough);
    ASSERT_TRUE(choice) << enough << ": " << choice.error().messages.front();
    EXPECT_TRUE(std::holds_alternative<NewRollout>(*choice)) << enough;
  }
}

/// The others were counted when it began: it is no reason to leave what is in flight.
TEST_F(Applying, what_has_begun_goes_on_however_many_are_away) {
  sights_["n2"] = Sight{};
  begin(frozen());
  const auto choice = chosen(by_file(), "0");
  ASSERT_TRUE(choice) << choice.error().messages.front();
  EXPECT_TRUE(std::holds_alternative<GoesOn>(*choice));
}

TEST(AwayAllowed, is_a_number_or_a_share) {
  for (const std::string text : {"0", "12", "0%", "5%", "2.5%", "2.25%", "100%"}) {
    EXPECT_TRUE(AwayAllowed::parse(text)) << text;
  }
  for (const std::string text : {"", "%", "-1", "+1", "1x", "1 ", " 1", "0x1", "1.5", ".5%", "5.%", "5.125%", "100.01%",
                                 "101%", "5%%", "-5%", "5.-1%", "99999999999999999999"}) {
    EXPECT_FALSE(AwayAllowed::parse(text)) << text;
  }
}

TEST(AwayAllowed, of_a_share_nothing_is_rounded_up) {
  EXPECT_FALSE(AwayAllowed::parse("5%")->lets(1, 19));
  EXPECT_TRUE(AwayAllowed::parse("5%")->lets(1, 20));
  EXPECT_TRUE(AwayAllowed::parse("5%")->lets(0, 3));
  EXPECT_FALSE(AwayAllowed::parse("2.5%")->lets(26, 1000));
  EXPECT_TRUE(AwayAllowed::parse("2.5%")->lets(25, 1000));
  EXPECT_FALSE(AwayAllowed::parse("0")->lets(1, 1000));
  EXPECT_TRUE(AwayAllowed::parse("100%")->lets(4, 4));
}

TEST_F(Applying, a_name_alone_begins_nothing) {
  begin_rollout(true);
  const auto choice = chosen(Target{"bios-3.4", {}, {}});
  ASSERT_FALSE(choice);
  EXPECT_THAT(choice.error().messages.front(), HasSubstr("is over; to carry it out again, name its file"));
}

}  // namespace
}  // namespace breakwater::operations::applying_test
