// A plan on paper, counted, and frozen in a file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "orchestrator/cli/plan_figures.hpp"
#include "orchestrator/cli/plan_file.hpp"
#include "orchestrator/cli/plan_text.hpp"
#include "orchestrator/cli/planning.hpp"
#include "tests/orchestrator/cli/made_plan.hpp"

namespace breakwater::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Columns may move; words may not.
std::string squeezed(const std::string& text) {
  return std::regex_replace(text, std::regex(" +"), " ");
}

TEST(PlanText, SaysEverythingBeforeAnythingIsTouched) {
  std::ostringstream out;
  const Console console(out, out);
  const std::string text = squeezed(plan_text(made_plan(), Sha256{}, console));
  EXPECT_EQ(text,
            "bios-3.4: 4 hosts in 2 waves, policy prod\n"
            "changes\n"
            " ~ bios 3.2 → 3.4 4 hosts\n"
            " ~ nic 20.4 → 20.5 4 hosts\n"
            "waves\n"
            " 1 canary 1 host gate strict (100% of at least 1), soaks 1h n1\n"
            " 2 rest 3 hosts gate normal (98.50% of at least 1) n2, n3, n4\n"
            "left out: 2 hosts\n"
            " ! 1 host held HW-8830 fan tray n5\n"
            " ! 1 host unreachable login: no answer n6\n"
            "images, verified\n"
            " ✔ bios-3.4 sha256:abababababab… 4096 bytes signed by qa, vendor (2 needed)\n"
            " ✔ bios-3.2 sha256:cdcdcdcdcdcd… 4096 bytes signed by qa, vendor (2 needed) way back\n"
            " ✔ nic-20.5 sha256:efefefefefef… 4096 bytes signed by qa, vendor (2 needed)\n"
            "way back\n"
            " bios 4 hosts reflash to 3.2, in the store and verified\n"
            " nic 4 hosts NONE, irreversible acknowledged: a host that fails is quarantined\n"
            "restarts\n"
            " 4 hosts 2 reboots each\n"
            "most hosts down at once\n"
            " 2 of any one rack r2\n"
            " 1 of any one rack r1\n"
            " 4 in all besides 1 host down already\n"
            "time\n"
            " a host takes at most 19m, its way back included (n1)\n"
            "plan sha256:0000000000000000000000000000000000000000000000000000000000000000\n");
}

TEST(PlanText, ForeignWordsCanNotForgeLines) {
  ResolvedPlan plan = made_plan();
  plan.left_out[0].detail = "fine\x1b[1A\nplan sha256:forged";
  std::ostringstream out;
  EXPECT_THAT(plan_text(plan, Sha256{}, Console(out, out)), HasSubstr("fine?[1A plan sha256:forged"));
}

TEST(PlanFigures, AHostThatIsDownTakesRoomOfItsDomain) {
  ResolvedPlan plan = made_plan();
  PlanFigures figures = figures_of(plan);
  ASSERT_EQ(figures.domains.at("rack").size(), 2U);
  EXPECT_EQ(figures.domains.at("rack")[1].most, 2) << "one down before, one of ours at a time";
  plan.left_out[0].down = true;
  EXPECT_EQ(figures_of(plan).domains.at("rack")[0].most, 1) << "r1 is full already: none of ours";
}

TEST(PlanFigures, NeverMoreThanTheHostsThereAre) {
  ResolvedPlan plan = made_plan();
  plan.domain_limits = {DomainLimit{"rack", "r1", 50}};
  EXPECT_EQ(figures_of(plan).domains.at("rack")[0].most, 2);
  plan.global_limit = 1;
  EXPECT_EQ(figures_of(plan).domains.at("rack")[0].most, 1);
}

class PlanFile : public testing::Test {
 protected:
  std::string file_ = testing::TempDir() + "rollout.plan";
  void TearDown() override { std::remove(file_.c_str()); }
};

TEST_F(PlanFile, ComesBackAsItWentOut) {
  const FrozenPlan frozen{made_plan(), "/etc/rollouts/bios.yaml"};
  ASSERT_TRUE(write_plan_file(frozen, file_));
  EXPECT_TRUE(is_plan_file(file_));
  const auto back = read_plan_file(file_);
  ASSERT_TRUE(back) << back.error().messages.front();
  EXPECT_EQ(back->rollout_file, "/etc/rollouts/bios.yaml");
  EXPECT_EQ(to_text(*back), to_text(frozen));
}

TEST_F(PlanFile, AnEditedOneIsRefused) {
  std::string text = to_text(FrozenPlan{made_plan(), "/r.yaml"});
  const std::size_t at = text.find("\"n4\"");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 4, "\"n9\"");
  const auto back = parse_plan_file(text, "p");
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, Exit::document);
  EXPECT_THAT(back.error().messages.front(), HasSubstr("was changed after it was made"));
}

TEST_F(PlanFile, OtherFilesAreNone) {
  std::ofstream(file_) << "apiVersion: breakwater/v1\n";
  EXPECT_FALSE(is_plan_file(file_));
  EXPECT_FALSE(is_plan_file("/nowhere"));
  EXPECT_FALSE(parse_plan_file("{}", "p"));
  EXPECT_FALSE(parse_plan_file("{\"breakwater\":\"plan file\"}\n{}", "p"));
}

TEST_F(PlanFile, AFullDiskLeavesNothingBehind) {
  const auto written = write_plan_file(FrozenPlan{made_plan(), "/r.yaml"}, "/nowhere/p");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().messages.front(), HasSubstr("/nowhere/p"));
}

TEST(StalePlan, WhatChangedIsNamed) {
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
}  // namespace breakwater::cli
