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

TEST(PlanText, says_everything_before_anything_is_touched) {
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
            " update at most 3h 1m first look 30s + BMC return 1h + upload 1h + task 2h + quiet wait 2h 30m + "
            "activation 11m + host return 1h 30m + stableFor 2m; timeouts.host ends it (n1)\n"
            " activation at most 56m activation 10m + host return 45m + stableFor 1m\n"
            "plan sha256:0000000000000000000000000000000000000000000000000000000000000000\n");
}

TEST(PlanText, keys_that_an_update_brings_are_counted) {
  ResolvedPlan plan = made_plan();
  plan.new_bmc_keys.resize(2);
  EXPECT_THAT(plan_text(plan, Sha256{}, Paint{}), HasSubstr("the Policy expects 2 new keys of BMCs\n"));
}

TEST(PlanText, a_downgrade_stands_out) {
  ResolvedPlan plan = made_plan();
  plan.hosts[0].updates[0].downgrade = true;
  const std::string text = squeezed(plan_text(plan, Sha256{}, Paint{}));
  EXPECT_THAT(text, HasSubstr(" ~ bios 3.2 → 3.4 3 hosts\n ↓ bios 3.2 → 3.4 1 host DOWNGRADE\n"));
}

TEST(PlanText, foreign_words_can_not_forge_lines) {
  ResolvedPlan plan = made_plan();
  plan.left_out[0].detail = "fine\x1b[1A\nplan sha256:forged";
  EXPECT_THAT(plan_text(plan, Sha256{}, Paint{}), HasSubstr("fine?[1A plan sha256:forged"));
}

TEST(PlanFigures, a_host_that_is_down_takes_room_of_its_domain) {
  ResolvedPlan plan = made_plan();
  PlanFigures figures = figures_of(plan);
  ASSERT_EQ(figures.domains.at("rack").size(), 2U);
  EXPECT_EQ(figures.domains.at("rack")[1].most, 2) << "one down before, one of ours at a time";
  plan.left_out[0].down = true;
  EXPECT_EQ(figures_of(plan).domains.at("rack")[0].most, 1) << "r1 is full already: none of ours";
}

TEST(PlanText, a_domain_that_is_full_before_anything_starts_is_told) {
  ResolvedPlan plan = made_plan();
  EXPECT_THAT(plan_text(plan, Sha256{}, Paint{}), testing::Not(HasSubstr("full")));
  plan.left_out[0].down = true;
  EXPECT_THAT(squeezed(plan_text(plan, Sha256{}, Paint{})),
              HasSubstr(" ! rack r1 full: 1 down already of at most 1; none of its 2 hosts starts before\n"));
}

TEST(PlanText, hosts_without_a_limited_label_are_told) {
  ResolvedPlan plan = made_plan();
  for (const HostIndex host : {2U, 3U}) plan.hosts[host].labels["rack"] = kNoDomain;
  plan.domain_limits[1].value = kNoDomain;
  EXPECT_THAT(squeezed(plan_text(plan, Sha256{}, Paint{})),
              HasSubstr(" ! 2 hosts without label rack count as one domain\n"));
}

TEST(PlanFigures, never_more_than_the_hosts_there_are) {
  ResolvedPlan plan = made_plan();
  plan.domain_limits = {DomainLimit{"rack", "r1", 50}};
  EXPECT_EQ(figures_of(plan).domains.at("rack")[0].most, 2);
  plan.global_limit = 1;
  EXPECT_EQ(figures_of(plan).domains.at("rack")[0].most, 1);
}

TEST(PlanText, drivers_are_named_where_redfish_does_not_do_everything) {
  EXPECT_THAT(plan_text(made_plan(), Sha256{}, Paint{}), testing::Not(HasSubstr("drivers")));
  ResolvedPlan plan = made_plan();
  plan.hosts[1].done_by = {DoneBy{"identity", "redfish"}, DoneBy{"update", "ipmi (HPM.1)"}, DoneBy{"power", "redfish"}};
  plan.hosts[2].findings = {"power: redfish and ipmi disagree"};
  const std::string text = squeezed(plan_text(plan, Sha256{}, Paint{}));
  EXPECT_THAT(text, HasSubstr("drivers\n"
                              " 1 host ipmi (HPM.1): update; redfish: identity, power n2\n"
                              " 3 hosts redfish: everything n1, n3, n4\n"));
  EXPECT_THAT(text, HasSubstr("findings\n"
                              " ! 1 host power: redfish and ipmi disagree n3\n"));
}

TEST(PlanText, the_next_window_and_freeze_are_named) {
  ResolvedPlan plan = made_plan();
  plan.calendar.always_open = false;
  EXPECT_THAT(plan_text(plan, Sha256{}, Paint{}), HasSubstr("  starts only inside maintenance windows\n"));
  EXPECT_THAT(
      plan_text(plan, Sha256{}, Paint{}),
      HasSubstr("  a start needs that much of its window for the update, a reset that much for its activation\n"))
      << "without a way back";
  for (PlannedHost& host : plan.hosts) host.updates.pop_back();
  EXPECT_THAT(
      squeezed(plan_text(plan, Sha256{}, Paint{})),
      HasSubstr(" way back at most 6h 6m quiet waits 3h 45m + upload 30m + task 1h + activation 5m + host return "
                "45m + stableFor 1m\n"
                " a start needs that much of its window for the update, a reset that much for its activation; a "
                "way back may end 6h 6m after it\n"));
  plan.calendar.windows = {{kBegin, kBegin + Duration(3'600'000), "night"}, {kBegin, kBegin, "later"}};
  plan.calendar.freezes = {{kBegin, kBegin + Duration(60'000), "black\nfriday"}};
  const std::string text = plan_text(plan, Sha256{}, Paint{});
  EXPECT_THAT(text, HasSubstr("windows; the next one: night, 2026-11-02 22:00:00Z to 2026-11-02 23:00:00Z\n"));
  EXPECT_THAT(text, HasSubstr("the next one: black friday, 2026-11-02 22:00:00Z to 2026-11-02 22:01:00Z\n"));
}

TEST(PlanText, a_bank_switch_says_what_the_other_bank_holds) {
  ResolvedPlan plan = made_plan();
  for (PlannedHost& host : plan.hosts) host.updates[0].way_back = WayBack::bank_switch;
  plan.hosts[3].updates[0].from_version = "3.1";
  plan.components[0].activate_by = ActivateBy::bmc_reset;
  const std::string text = squeezed(plan_text(plan, Sha256{}, Paint{}));
  EXPECT_THAT(text, HasSubstr(" bios 1 host bank switch to 3.1\n bios 3 hosts bank switch to 3.2\n"));
  EXPECT_THAT(text, HasSubstr(" 4 hosts 1 reboot and 1 BMC reset each\n"));
}

TEST(PlanText, a_plan_of_nothing_is_only_a_head_and_a_digest) {
  ResolvedPlan plan;
  plan.rollout = "none";
  plan.policy = "p";
  EXPECT_EQ(plan_text(plan, Sha256{}, Paint{}),
            "none: 0 hosts in 0 waves, policy p\nplan sha256:" + std::string(64, '0') + "\n");
}

TEST(PlanFigures, reasons_are_grouped_the_largest_first) {
  ResolvedPlan plan = made_plan();
  plan.left_out = {LeftOut{"a", {}, "held", "fan", false}, LeftOut{"b", {}, "current", "", false},
                   LeftOut{"c", {}, "current", "", false}, LeftOut{"d", {}, "held", "disk", true}};
  const PlanFigures figures = figures_of(plan);
  ASSERT_EQ(figures.left_out.size(), 3U) << "another detail is another reason";
  EXPECT_THAT(figures.left_out[0].hosts, testing::ElementsAre("b", "c"));
  EXPECT_EQ(figures.down_already, 1);
}

}  // namespace
}  // namespace breakwater::views::plan_text_test
