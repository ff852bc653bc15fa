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
  Result<Choice, Problem> chosen(const Target& target) {
    fleet_ = *installation_.read_fleet();
    return choose(installation_, target, fleet_, "lena@bastion", interrupts_,
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

TEST_F(Applying, a_name_alone_begins_nothing) {
  begin_rollout(true);
  const auto choice = chosen(Target{"bios-3.4", {}, {}});
  ASSERT_FALSE(choice);
  EXPECT_THAT(choice.error().messages.front(), HasSubstr("is over; to carry it out again, name its file"));
}

}  // namespace
}  // namespace breakwater::operations::applying_test
