// A plan on paper, counted.
#include "orchestrator/views/plan_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "orchestrator/views/plan_figures.hpp"
#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::views::plan_text_test {
namespace {

using testing::HasSubstr;

/// Columns may move; words may not.
std::string squeezed(const std::string& text) {
  return std::regex_replace(text, std::regex(" +"), " ");
}

TEST(PlanText, SaysEverythingBeforeAnythingIsTouched) {
  const std::string text = squeezed(plan_text(made_plan(), Sha256{}, Paint{}));
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
  EXPECT_THAT(plan_text(plan, Sha256{}, Paint{}), HasSubstr("fine?[1A plan sha256:forged"));
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

}  // namespace
}  // namespace breakwater::views::plan_text_test
