// What a person may name to be carried out, and which plan it leads to.
#include "orchestrator/operations/target.hpp"

#include <gmock/gmock.h>

#include "orchestrator/codec/plan_json.hpp"
#include "tests/orchestrator/operations/estate.hpp"

namespace breakwater::operations::target_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Targets : public Estate {
 protected:
  std::string rollout_file() const { return file("rollout.yaml").string(); }
  Result<ResolvedPlan, Problem> plan_of(const Target& target) {
    ImageStore store = images();
    return plan_for(installation_, target, store, fleet_, interrupts_,
                    [this](std::size_t, std::size_t) { looked_ = true; });
  }
  Target frozen(ResolvedPlan plan) const {
    return Target{plan.rollout, rollout_file(), FrozenPlan{std::move(plan), rollout_file()}};
  }

  bool looked_ = false;
};

TEST_F(Targets, a_bare_word_is_the_name_of_a_rollout_that_has_begun) {
  const auto target = read_target("bios-3.4");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->name, "bios-3.4");
  EXPECT_THAT(target->rollout_file, IsEmpty());
  EXPECT_FALSE(target->frozen);
}

TEST_F(Targets, a_path_that_is_not_there_is_no_name) {
  for (const std::string path : {"nowhere.yaml", "nowhere.yml", "plans/bios-3.4"}) {
    const auto target = read_target(path);
    ASSERT_FALSE(target) << path;
    EXPECT_EQ(target.error().kind, Problem::Kind::bad_document);
    EXPECT_EQ(target.error().messages.front(), path + ": no such file");
  }
}

TEST_F(Targets, a_rollouts_file_gives_its_name_whatever_is_wrong_beside_it) {
  folder_.write("inventory.yaml", "kind: [");
  const auto target = read_target(rollout_file());
  ASSERT_TRUE(target);
  EXPECT_EQ(target->name, "bios-3.4");
  EXPECT_EQ(target->rollout_file, rollout_file());
}

TEST_F(Targets, a_file_without_a_rollout_says_what_is_wrong_with_it) {
  const auto policy = read_target(file("policy.yaml").string());
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().kind, Problem::Kind::bad_document);
  folder_.write("rollout.yaml", "kind: [");
  const auto broken = read_target(rollout_file());
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().messages.front(), HasSubstr("rollout.yaml:"));
}

TEST_F(Targets, a_plan_file_gives_the_frozen_plan) {
  auto plan = planned();
  ASSERT_TRUE(plan);
  plan->nonce = new_nonce();
  const Sha256 digest = codec::plan_digest(*plan);
  ASSERT_TRUE(write_plan_file(FrozenPlan{std::move(*plan), rollout_file()}, file("frozen.plan").string()));
  const auto target = read_target(file("frozen.plan").string());
  ASSERT_TRUE(target) << target.error().messages.front();
  EXPECT_EQ(target->name, "bios-3.4");
  EXPECT_EQ(target->rollout_file, rollout_file());
  ASSERT_TRUE(target->frozen);
  EXPECT_EQ(to_hex(codec::plan_digest(target->frozen->plan)), to_hex(digest));
}

TEST_F(Targets, what_changed_since_a_rollout_began_is_told_and_stops_nothing) {
  auto plan = planned();
  ASSERT_TRUE(plan);
  RolloutState begun;
  begun.plan = std::make_shared<const ResolvedPlan>(std::move(*plan));
  const Target by_file{"bios-3.4", rollout_file(), {}};
  EXPECT_THAT(changes_since_begun(by_file, begun), IsEmpty());
  replace("rollout.yaml", "size: 1,", "size: 2,");
  EXPECT_THAT(changes_since_begun(by_file, begun),
              ElementsAre("Rollout bios-3.4 was changed since this rollout began; it goes on with what was planned"));
  EXPECT_THAT(changes_since_begun(Target{"bios-3.4", {}, {}}, begun), IsEmpty()) << "no document was named";
  folder_.write("policy.yaml", "kind: [");
  EXPECT_THAT(changes_since_begun(by_file, begun),
              ElementsAre(HasSubstr("cannot be read any more, and are not needed")));
}

TEST_F(Targets, a_name_alone_begins_no_rollout) {
  const auto never = plan_of(Target{"bios-3.4", {}, {}});
  ASSERT_FALSE(never);
  EXPECT_THAT(never.error().messages.front(), HasSubstr("no rollout 'bios-3.4' was ever applied here"));
  begin_rollout(true);
  fleet_ = *installation_.read_fleet();
  const auto over = plan_of(Target{"bios-3.4", {}, {}});
  ASSERT_FALSE(over);
  EXPECT_THAT(over.error().messages.front(), HasSubstr("bios-3.4 is over; to carry it out again, name its file"));
}

TEST_F(Targets, a_frozen_plan_that_still_holds_is_the_plan_without_another_look) {
  auto plan = planned();
  ASSERT_TRUE(plan);
  const Sha256 digest = codec::plan_digest(*plan);
  const auto again = plan_of(frozen(std::move(*plan)));
  ASSERT_TRUE(again) << again.error().messages.front();
  EXPECT_EQ(to_hex(codec::plan_digest(*again)), to_hex(digest));
  EXPECT_FALSE(looked_);
}

TEST_F(Targets, a_frozen_plan_that_is_stale_is_refused_with_every_reason) {
  auto plan = planned();
  ASSERT_TRUE(plan);
  replace("rollout.yaml", "size: 1,", "size: 2,");
  replace("inventory.yaml", "labels: {rack: r2}", "labels: {rack: r3}");
  const auto stale = plan_of(frozen(std::move(*plan)));
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().kind, Problem::Kind::try_later);
  EXPECT_THAT(stale.error().messages,
              ElementsAre(HasSubstr("stale"), "Rollout bios-3.4 was changed since the plan was made",
                          "the Inventory was changed since the plan was made",
                          HasSubstr("domain_limits[r3]: the file has nothing, the documents make "),
                          "hosts[n2].wave: the file has 1, the documents make 0",
                          "hosts[n3].labels.rack: the file has \"r2\", the documents make \"r3\"",
                          "waves[canary].hosts: the file has 1, the documents make 2",
                          "waves[rest].hosts: the file has 3, the documents make 2"))
      << "the other hosts are in the waves where they were";
  EXPECT_EQ(stale.error().next, "breakwater plan " + rollout_file() + " --out PLAN");
  EXPECT_FALSE(looked_) << "no BMC is asked for it";
}

TEST_F(Targets, a_comment_and_another_order_of_keys_make_no_plan_stale) {
  auto plan = planned();
  ASSERT_TRUE(plan);
  const Sha256 digest = codec::plan_digest(*plan);
  replace("rollout.yaml", "size: 1, gate: strict", "gate: strict, size: 1");
  for (const std::string name : {"rollout.yaml", "policy.yaml", "inventory.yaml"}) {
    folder_.write(name, "# reviewed\n" + text_of(file(name)));
  }
  const auto again = plan_of(frozen(std::move(*plan)));
  ASSERT_TRUE(again) << again.error().messages.front();
  EXPECT_EQ(to_hex(codec::plan_digest(*again)), to_hex(digest));
}

TEST_F(Targets, a_rollouts_file_is_planned_by_a_look_at_every_host) {
  const auto plan = plan_of(Target{"bios-3.4", rollout_file(), {}});
  ASSERT_TRUE(plan) << plan.error().messages.front();
  EXPECT_TRUE(looked_);
  EXPECT_THAT(plan->hosts, IsEmpty()) << "nothing listens at their addresses";
  EXPECT_THAT(plan->left_out, SizeIs(4));
}

}  // namespace
}  // namespace breakwater::operations::target_test
