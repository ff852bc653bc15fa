// A plan frozen in a file, and what makes it stale.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "orchestrator/operations/plan_file.hpp"
#include "orchestrator/operations/planning.hpp"
#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::operations::plan_file_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using views::made_plan;

FrozenPlan frozen_plan(const std::string& rollout_file) {
  FrozenPlan frozen{made_plan(), rollout_file};
  frozen.plan.nonce = "0f";
  return frozen;
}

class PlanFile : public testing::Test {
 protected:
  std::string file_ = testing::TempDir() + "rollout.plan";
  void TearDown() override { std::remove(file_.c_str()); }
};

TEST_F(PlanFile, comes_back_as_it_went_out) {
  const FrozenPlan frozen = frozen_plan("/etc/rollouts/bios.yaml");
  ASSERT_TRUE(write_plan_file(frozen, file_));
  EXPECT_TRUE(is_plan_file(file_));
  const auto back = read_plan_file(file_);
  ASSERT_TRUE(back) << back.error().messages.front();
  EXPECT_EQ(back->rollout_file, "/etc/rollouts/bios.yaml");
  EXPECT_EQ(to_text(*back), to_text(frozen));
}

TEST_F(PlanFile, an_edited_one_is_refused) {
  std::string text = to_text(frozen_plan("/r.yaml"));
  const std::size_t at = text.find("\"n4\"");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 4, "\"n9\"");
  const auto back = parse_plan_file(text, "p");
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().kind, Problem::Kind::bad_document);
  EXPECT_THAT(back.error().messages.front(), HasSubstr("was changed after it was made"));
}

TEST_F(PlanFile, one_without_a_nonce_could_be_applied_twice_and_is_refused) {
  const auto back = parse_plan_file(to_text(FrozenPlan{made_plan(), "/r.yaml"}), "p");
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().kind, Problem::Kind::bad_document);
  EXPECT_THAT(back.error().messages.front(), HasSubstr("nonce"));
  EXPECT_NE(new_nonce(), new_nonce());
  EXPECT_EQ(new_nonce().size(), 32U);
}

TEST_F(PlanFile, other_files_are_none) {
  std::ofstream(file_) << "apiVersion: breakwater/v1\n";
  EXPECT_FALSE(is_plan_file(file_));
  EXPECT_FALSE(is_plan_file("/nowhere"));
  EXPECT_FALSE(parse_plan_file("{}", "p"));
  EXPECT_FALSE(parse_plan_file("{\"breakwater\":\"plan file\"}\n{}", "p"));
}

TEST_F(PlanFile, a_full_disk_leaves_nothing_behind) {
  const auto written = write_plan_file(frozen_plan("/r.yaml"), "/nowhere/p");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().messages.front(), HasSubstr("/nowhere/p"));
}

TEST(StalePlan, what_changed_is_named) {
  const ResolvedPlan plan = made_plan();
  Documents documents;
  documents.rollouts["bios-3.4"] = Rollout{};
  documents.policies["prod"] = Policy{};
  for (const PlannedImage& image : plan.images) documents.release_texts[image.release.name] = image.release_text;
  EXPECT_THAT(changes_since(plan, documents), IsEmpty());
  documents.inventory_digest.bytes[0] = 1;
  documents.policies["prod"].document_digest.bytes[0] = 1;
  documents.release_texts["bios-3.2"] += " ";
  documents.release_texts.erase("nic-20.5");
  EXPECT_THAT(changes_since(plan, documents), ElementsAre("Policy prod was changed", "the Inventory was changed",
                                                          "Release bios-3.2 was changed", "Release nic-20.5 is gone"));
}

}  // namespace
}  // namespace breakwater::operations::plan_file_test
