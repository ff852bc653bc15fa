// Which hosts a plan holds, in which waves, and which it leaves out or refuses, with the reason.
#include "tests/orchestrator/core/resolving.hpp"

#include <gmock/gmock.h>

namespace breakwater::resolve_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(Resolve, a_host_that_is_not_fit_is_left_out_before_it_is_touched) {
  const auto shows = [this](std::function<void(Observation&)> it) {
    also = std::move(it);
    return left_out();
  };
  const auto task = [](bool update, TaskState state) {
    return [update, state](Observation& seen) {
      TaskView view;
      view.uri = "/tasks/4";
      view.update = update;
      view.state = state;
      seen.tasks = {view};
    };
  };
  EXPECT_EQ(shows([](Observation& seen) { seen.health = Health::critical; }), "unfit");
  EXPECT_EQ(shows([](Observation& seen) { seen.health = Health::warning; }), "");
  EXPECT_EQ(shows([](Observation& seen) { seen.power = Power::off; }), "unfit");
  EXPECT_EQ(shows([](Observation& seen) { seen.power = Power::changing; }), "unfit");
  EXPECT_EQ(shows(task(true, TaskState::running)), "foreign_task");
  EXPECT_EQ(shows(task(true, TaskState::pending)), "foreign_task");
  EXPECT_EQ(shows(task(false, TaskState::running)), "");
  EXPECT_EQ(shows(task(true, TaskState::failed)), "");
  EXPECT_EQ(shows([](Observation& seen) {
              seen.inventory.push_back({"NIC-1", "/nic1", {"", "", {}, "NIC"}, "7", Slot::staged});
            }),
            "foreign_task");
}

TEST_F(Resolve, the_policy_says_what_a_change_that_nobody_asked_for_is) {
  EXPECT_EQ(resolved()->unasked_change, UnaskedChange::finding);
  policy.unasked_change = UnaskedChange::failure;
  ResolvedPlan frozen = *resolved();
  EXPECT_EQ(frozen.unasked_change, UnaskedChange::failure);
  frozen.unasked_change = UnaskedChange::finding;
  EXPECT_EQ(resolve_again(input(), frozen)->unasked_change, UnaskedChange::failure) << "a plan file loosens nothing";
}

TEST_F(Resolve, the_policy_says_which_health_is_too_bad) {
  also = [](Observation& seen) { seen.health = Health::critical; };
  policy.worst_health = Health::critical;
  EXPECT_EQ(left_out(), "");
  EXPECT_EQ(resolved()->worst_health, Health::critical);
  policy.worst_health = Health::ok;
  also = [](Observation& seen) { seen.health = Health::warning; };
  EXPECT_EQ(left_out(), "unfit");
  also = {};
  EXPECT_EQ(left_out(), "") << "a BMC that tells no health is not held against its host";
}

TEST_F(Resolve, a_host_that_is_off_may_take_what_its_bmc_runs_by_itself) {
  also = [](Observation& seen) { seen.power = Power::off; };
  target.activate_by = ActivateBy::bmc_reset;
  EXPECT_EQ(left_out(), "");
}

TEST_F(Resolve, plans_a_host_with_its_way_back) {
  const auto plan = resolved();
  ASSERT_TRUE(plan);
  ASSERT_THAT(plan->hosts, SizeIs(1));
  EXPECT_THAT(plan->left_out, IsEmpty());
  EXPECT_EQ(plan->hosts[0].updates[0].from_version, "3.2");
  EXPECT_EQ(plan->hosts[0].updates[0].way_back, WayBack::reflash);
}

/// A host that nobody gave a rack is in some rack all the same: those without one count together.
TEST_F(Resolve, hosts_without_a_limited_label_share_one_domain) {
  limits.per = {{"rack", Share{5'000}}, {"pdu", 1}};
  auto plan = resolved();
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->hosts[0].labels, (Labels{{"rack", kNoDomain}, {"pdu", kNoDomain}}));
  ASSERT_THAT(plan->domain_limits, SizeIs(2));
  EXPECT_EQ(plan->domain_limits[1].value, kNoDomain);
  EXPECT_EQ(plan->domain_limits[1].most, 1) << "half of the three hosts without a rack";
  EXPECT_EQ(rack_of(plan->hosts[0]), "n1") << "the domain is no rack";
  labels = {{"rack", "r1"}, {"pdu", "p1"}};
  plan = resolved();
  EXPECT_EQ(plan->domain_limits[1].value, "r1");
  EXPECT_EQ(plan->domain_limits[1].ceiling, 0) << "the Policy says nothing of racks";
  policy.ceilings.per["rack"] = 30;
  EXPECT_EQ(resolved()->domain_limits[1].ceiling, 30);
  EXPECT_EQ(plan->domain_limits[1].most, 20);
}

TEST_F(Resolve, a_window_that_no_update_fits_into_is_no_plan) {
  using std::chrono::hours;
  calendar = {
      .always_open = false,
      .windows = {{Instant(hours(0)), Instant(hours(5)), "now"}, {Instant(hours(24)), Instant(hours(26)), "short"}},
      .freezes = {},
      .horizon = Instant(hours(9'000))};
  EXPECT_TRUE(resolved()) << "three hours, and four are left of the first window";
  calendar.windows.erase(calendar.windows.begin());
  timeouts.host += Duration(300);
  EXPECT_THAT(whys(resolved()), ElementsAre(HasSubstr("an update may take 3h 1m;")))
      << "a window of 3h must not look long enough";
  timeouts.host -= Duration(300);
  EXPECT_THAT(whys(resolved()), ElementsAre("no maintenance window has room for n1: an update may take 3h; make a "
                                            "window longer, or timeouts.host shorter"));
  calendar.freezes = {{Instant(hours(-1)), Instant(hours(9'000)), "year end"}};
  EXPECT_THAT(whys(resolved()), ElementsAre(HasSubstr("its windows are over, or freezes cover them")))
      << "no longer window would help";
}

TEST_F(Resolve, a_wave_too_small_for_its_gate_is_no_plan_and_its_place_is_told) {
  policy.gates["strict"].min_hosts = 2;
  ResolveInput documents = input();
  documents.rollout.waves.at(0).at = Mark{"bios.yaml", 9, 7};
  const auto plan = resolve(documents);
  ASSERT_FALSE(plan);
  EXPECT_THAT(whys(plan), ElementsAre(HasSubstr("has 1 host, its gate strict judges no fewer than 2")));
  EXPECT_EQ(plan.error().front().at.line, 9);
  EXPECT_EQ(plan.error().front().at.column, 7);
}

TEST_F(Resolve, a_wave_that_is_too_small_without_hosts_that_are_not_free_waits_for_them) {
  policy.gates["strict"].min_hosts = 2;
  ResolveInput documents = input();
  HostSight other = documents.hosts.front();
  other.host.name = "n2";
  other.seen->identity = {"V", "M", "S2", "u2"};
  documents.hosts.push_back(other);
  documents.quarantined["n2"] = {"lost"};
  const auto kept = resolve(documents);
  ASSERT_FALSE(kept);
  EXPECT_TRUE(kept.error().front().once_free);
  ASSERT_THAT(kept.error().front().left_out, SizeIs(1));
  EXPECT_EQ(kept.error().front().left_out[0].host, "n2");
  documents.quarantined.clear();
  documents.hosts[1].seen->inventory.front().version = "3.4";
  const auto current = resolve(documents);
  ASSERT_FALSE(current);
  EXPECT_FALSE(current.error().front().once_free) << "no time makes it large enough";
  EXPECT_EQ(current.error().front().left_out.at(0).reason, "current");
}

TEST_F(Resolve, a_component_that_may_take_longer_than_a_hosts_whole_time_is_no_plan) {
  target.most = std::chrono::minutes(50);
  timeouts.host_return = std::chrono::minutes(10);  // after the version shows, the host is to boot
  timeouts.host = std::chrono::minutes(60);
  EXPECT_THAT(whys(resolved()),
              ElementsAre("component bios may take 1h to run, to return and to hold, and timeouts.host is 1h, "
                          "which must be longer: no host would ever be activated"));
  timeouts.host += Duration(1);
  EXPECT_TRUE(resolved());
}

TEST_F(Resolve, a_host_whose_service_cannot_take_the_image_is_left_out) {
  target.image.size = 500;
  back.image.size = 900;
  ability.emplace();
  EXPECT_EQ(left_out(), "");
  const auto detail = [&](auto change) {
    ability = UpdateAbility();
    change(*ability);
    return left_out() == "not_supported" ? resolved()->left_out[0].detail : left_out();
  };
  EXPECT_EQ(detail([](UpdateAbility& one) { one.bare_only = true; }),
            "bios: the update service takes bare images only, which name no target");
  EXPECT_EQ(detail([](UpdateAbility& one) { one.closed = "it is switched off"; }), "bios: it is switched off");
  EXPECT_EQ(detail([](UpdateAbility& one) { one.max_image_bytes = 499; }),
            "bios: the image has 500 bytes, the service takes 499 (MaxImageSizeBytes)");
  EXPECT_THAT(detail([](UpdateAbility& one) { one.max_image_bytes = 899; }), HasSubstr("900 bytes")) << "the way back";
  EXPECT_EQ(detail([](UpdateAbility& one) { one.max_image_bytes = 900; }), "");
  EXPECT_EQ(why_not_taken({.bare_only = true}, false, 1), "") << "the image decides where several entries are meant";
}

TEST_F(Resolve, a_bad_entry_leaves_a_host_out_only_where_it_may_be_the_component) {
  unread = {{"/f/nic", "HTTP 500 for /f/nic"}};
  ASSERT_EQ(left_out(), "");
  EXPECT_THAT(resolved()->hosts[0].unread, ElementsAre("/f/nic"));
  target.component = ComponentKind::nic;
  ASSERT_EQ(left_out(), "unread");
  EXPECT_THAT(resolved()->left_out[0].detail, HasSubstr("HTTP 500 for /f/nic"));
}

TEST_F(Resolve, a_host_without_a_readable_event_log_is_left_out_where_a_check_counts_its_entries) {
  EXPECT_EQ(left_out(), "");
  new_critical_most = 0;
  EXPECT_EQ(left_out(), "no_event_log");
  EXPECT_THAT(resolved()->left_out[0].detail, HasSubstr("add ipmi to its drivers"));
  log_unread = "its list ends after 1 of 6 entries";
  EXPECT_THAT(resolved()->left_out[0].detail, HasSubstr("read whole: its list ends after 1 of 6 entries"));
  critical_events = 3;
  EXPECT_EQ(left_out(), "");
}

/// What a person could loosen in a plan file: everything but what was seen comes from the documents.
TEST_F(Resolve, a_frozen_plan_is_made_again_from_the_documents_alone) {
  const ResolvedPlan plan = *resolved();
  ResolvedPlan frozen = plan;
  frozen.require.signers = 0;
  frozen.global_limit = 5'000;
  frozen.checks.health_no_worse = !plan.checks.health_no_worse;
  frozen.waves[0].gate.success_at_least = Share{1};
  frozen.wave_failure.failed_hosts = 99;
  frozen.images[0].version = "9.9";
  frozen.components[0].way_back = WayBack::none;
  frozen.hosts[0].bmc.address = "203.0.113.1";
  frozen.hosts[0].updates[0].way_back = WayBack::none;
  const auto again = resolve_again(input(), frozen);
  ASSERT_TRUE(again) << again.error().front().why;
  EXPECT_EQ(again->require.signers, plan.require.signers);
  EXPECT_EQ(again->global_limit, plan.global_limit);
  EXPECT_EQ(again->checks.health_no_worse, plan.checks.health_no_worse);
  EXPECT_EQ(again->waves[0].gate.success_at_least, plan.waves[0].gate.success_at_least);
  EXPECT_EQ(again->wave_failure.failed_hosts, plan.wave_failure.failed_hosts);
  EXPECT_EQ(again->images[0].version, plan.images[0].version);
  EXPECT_EQ(again->components[0].way_back, plan.components[0].way_back);
  EXPECT_EQ(again->hosts[0].bmc.address, plan.hosts[0].bmc.address);
  EXPECT_EQ(again->hosts[0].updates[0].way_back, WayBack::reflash);
  EXPECT_EQ(again->hosts[0].identity.serial, "S1") << "nobody was asked: what was seen is taken from the file";
}

TEST_F(Resolve, a_frozen_host_that_the_documents_would_leave_out_is_left_out) {
  ResolvedPlan frozen = *resolved();
  frozen.hosts[0].updates[0].from_version = "3.1";
  EXPECT_EQ(resolve_again(input(), frozen)->left_out.at(0).reason, "unknown_transition");
  frozen = *resolved();
  ResolveInput held = input();
  held.hosts[0].host.hold.emplace().reason = "fan";
  EXPECT_EQ(resolve_again(held, frozen)->left_out.at(0).reason, "held");
  frozen.hosts.clear();
  EXPECT_EQ(resolve_again(input(), frozen)->left_out.at(0).reason, "not_planned");
  frozen.left_out = {LeftOut{"n1", {}, "unreachable", "no answer", false}};
  EXPECT_TRUE(resolve_again(input(), frozen)->left_out.at(0).down) << "a host that did not answer counts as away";
}

TEST_F(Resolve, a_host_that_no_wave_reaches_is_in_none_when_the_plan_is_made_again) {
  ResolveInput documents = input();
  documents.rollout.waves[0].size = 1;
  documents.rollout.waves[0].spread = {"model"};
  documents.hosts.push_back(documents.hosts[0]);
  documents.hosts[1].host.name = "n2";
  documents.hosts[1].seen->identity = {"V", "N", "S2", "u2"};
  const auto plan = resolve(documents);
  ASSERT_TRUE(plan);
  ASSERT_THAT(plan->hosts, SizeIs(1));
  ASSERT_THAT(plan->left_out, SizeIs(1));
  const auto again = resolve_again(documents, *plan);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->hosts[0].name, plan->hosts[0].name);
  EXPECT_EQ(again->left_out[0].reason, "beyond_waves");
  EXPECT_EQ(again->left_out[0].model, plan->left_out[0].model);
}

}  // namespace
}  // namespace breakwater::resolve_test
