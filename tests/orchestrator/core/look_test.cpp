// Which of the tasks that a look shows counts, and what a failed check means for its host.
#include "orchestrator/core/look.hpp"

#include <gtest/gtest.h>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::look_test {
namespace {

TEST(Look, a_task_that_runs_is_seen_behind_those_that_wait) {
  const auto task = [](const std::string& uri, TaskState state) {
    TaskView view;
    view.uri = uri;
    view.state = state;
    return view;
  };
  Look look;
  EXPECT_EQ(look.task(), nullptr);
  look.seen.tasks = {task("/1", TaskState::pending), task("/2", TaskState::running), task("/3", TaskState::pending)};
  ASSERT_NE(look.task(), nullptr);
  EXPECT_EQ(look.task()->uri, "/2");
  EXPECT_TRUE(look.waits("/1"));
  EXPECT_FALSE(look.waits("/2"));
  EXPECT_TRUE(look.waits("/3"));
  EXPECT_FALSE(look.waits(""));
}

TEST(Look, a_failed_check_gives_its_cause) {
  ResolvedPlan plan;
  const PlannedHost host;
  Baseline before;
  before.power = Power::on;
  before.health = Health::ok;
  before.boot = Boot::booted;
  before.inventory.emplace_back().id = "nic";
  const Look look = look_at(plan, host, {});
  const auto cause = [&] {
    const auto finding = first_failing(plan, host, before, look, 1);
    return finding ? finding->cause : Cause::none;
  };
  EXPECT_EQ(cause(), Cause::none);
  plan.checks.health_no_worse = true;
  EXPECT_EQ(cause(), Cause::unhealthy);
  plan.checks.no_component_lost = true;
  EXPECT_EQ(cause(), Cause::component_lost);
  plan.checks.host_booted = true;
  EXPECT_EQ(cause(), Cause::host_not_booted);
  plan.checks.power_restored = true;
  EXPECT_EQ(cause(), Cause::power_not_restored);
}

/// A host that runs the wrong version is not asked how well it is.
TEST(Look, the_version_comes_before_every_check) {
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.checks.power_restored = true;
  plan.images[0].reported_as = {"3.4"};
  plan.components[0].select.name = "BIOS";
  Baseline before;
  before.power = Power::on;
  Observation seen;
  seen.inventory.emplace_back().key.name = "BIOS";
  const auto cause = [&](const std::string& version) {
    seen.inventory[0].version = version;
    return first_failing(plan, plan.hosts[0], before, look_at(plan, plan.hosts[0], seen), 1)->cause;
  };
  EXPECT_EQ(cause("3.2"), Cause::failed_back);
  EXPECT_EQ(cause("9.9"), Cause::version_mismatch);
  EXPECT_EQ(cause("3.4"), Cause::power_not_restored);
  EXPECT_EQ(cause(""), Cause::power_not_restored) << "what is unknown hides nothing that is known";
  seen.power = Power::on;
  EXPECT_EQ(cause(""), Cause::unreadable);
  seen.inventory[0].key.name = "NIC";
  EXPECT_EQ(cause("3.4"), Cause::component_lost);
}

/// What another run brought there since is not this way back's to judge.
TEST(Look, the_version_of_an_update_that_stays_is_not_judged) {
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.images[0].reported_as = {"3.4"};
  plan.components[0].select.name = "BIOS";
  Observation seen;
  seen.inventory.emplace_back().key.name = "BIOS";
  seen.inventory[0].version = "3.6";
  const Look look = look_at(plan, plan.hosts[0], seen);
  EXPECT_EQ(first_failing(plan, plan.hosts[0], {}, look, 0)->cause, Cause::version_mismatch);
  const std::uint32_t stays[] = {0};
  EXPECT_FALSE(first_failing(plan, plan.hosts[0], {}, look, 0, stays));
}

TEST(Look, a_component_that_changed_though_nobody_asked_is_told) {
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.components[0].kind = ComponentKind::bios;
  plan.components[0].select.name = "BIOS";
  const auto entry = [](const std::string& name, const std::string& version) {
    return InstalledComponent{name, "/f/" + name, {"", "", {}, name}, version, Slot::running};
  };
  Baseline before;
  before.inventory = {entry("BIOS", "3.2"), entry("NIC", "1.0"), entry("CPLD", "7"), entry("PSU", "")};
  Observation now;
  now.inventory = {entry("BIOS", "3.4"), entry("NIC", "1.0"), entry("CPLD", "7"), entry("PSU", "2")};
  const auto told = [&] { return changed_unasked(plan, plan.hosts[0], before, now); };
  EXPECT_EQ(told(), "") << "what was asked for, and what told nothing before";
  now.inventory[1].version = "1.1";
  EXPECT_EQ(told(), "NIC (\"NIC\") went from \"1.0\" to \"1.1\", though nobody asked");
  now.inventory[1].version = "";
  EXPECT_EQ(told(), "") << "an unreadable one";
}

TEST(Look, a_component_that_is_only_spelt_with_other_blanks_did_not_change) {
  const ResolvedPlan plan = plan_of({.waves = {1}});
  Baseline before;
  before.inventory = {InstalledComponent{"NIC", "/f/nic", {"", "", {}, "NIC"}, "1.0 ", Slot::running}};
  Observation now;
  now.inventory = before.inventory;
  now.inventory[0].version = "1.0";
  EXPECT_EQ(changed_unasked(plan, plan.hosts[0], before, now), "");
}

/// Only by the Policy's word, behind every other check, and never on a way back, which does not bring it back.
TEST(Look, what_changed_though_nobody_asked_is_a_failure_where_the_policy_says_so) {
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.images[0].reported_as = {"3.4"};
  plan.components[0].select.name = "BIOS";
  Observation seen;
  seen.inventory.emplace_back().key.name = "BIOS";
  seen.inventory[0].version = "3.4";
  Look look = look_at(plan, plan.hosts[0], seen);
  look.changed = "NIC went from 1.0 to 1.1, though nobody asked";
  EXPECT_FALSE(first_failing(plan, plan.hosts[0], {}, look, 1));
  plan.unasked_change = UnaskedChange::failure;
  const auto failing = first_failing(plan, plan.hosts[0], {}, look, 1);
  ASSERT_TRUE(failing);
  EXPECT_EQ(failing->cause, Cause::component_changed);
  EXPECT_EQ(failing->text, "inventory.versionEquals: " + look.changed);
  plan.checks.power_restored = true;
  Baseline on;
  on.power = Power::on;
  EXPECT_EQ(first_failing(plan, plan.hosts[0], on, look, 1)->cause, Cause::power_not_restored);
  seen.inventory[0].version = "3.2";
  Look back = look_at(plan, plan.hosts[0], seen);
  back.changed = look.changed;
  EXPECT_FALSE(first_failing(plan, plan.hosts[0], {}, back, 0));
  look.changed.clear();
  EXPECT_FALSE(first_failing(plan, plan.hosts[0], {}, look, 1));
}

TEST(Look, an_empty_slot_of_an_inventory_that_was_not_read_whole_proves_nothing) {
  ResolvedPlan plan = plan_of({.waves = {1}});
  plan.images[0].reported_as = {"3.4"};
  plan.components[0].kind = ComponentKind::bios;
  plan.components[0].select.name = "BIOS";
  Observation seen;
  seen.inventory.emplace_back().key.name = "BIOS";
  seen.inventory[0].version = "3.4";
  const auto look = [&] { return look_at(plan, plan.hosts[0], seen).updates[0]; };
  EXPECT_TRUE(look().listed);
  seen.unread = {{"/f/nic", "HTTP 500 for /f/nic"}};
  EXPECT_FALSE(look().listed) << "it may be the image that waits";
  EXPECT_EQ(look().runs, Runs::new_version);
  EXPECT_EQ(look().unread, "");
  plan.hosts[0].unread = {"/f/nic"};
  EXPECT_TRUE(look().listed) << "it could not be read before anything was sent";
  seen.unread[0].uri = "/f/bios";
  seen.inventory.clear();
  EXPECT_NE(look().unread, "") << "the component itself may be unread";
}

}  // namespace
}  // namespace breakwater::look_test
