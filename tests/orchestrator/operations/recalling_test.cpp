#include "orchestrator/operations/recalling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::operations::recalling_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Two runs brought BIOS 3.4: n1 to n3 took it with the first, n4 with the second.
struct Recalling : testing::Test {
  Recalling() {
    ResolvedPlan plan = views::made_plan();
    for (PlannedHost& host : plan.hosts) host.updates.resize(1);
    ResolvedPlan stragglers = plan;
    stragglers.hosts = {plan.hosts[3]};
    stragglers.hosts[0].wave = 0;
    stragglers.waves.pop_back();
    plan.hosts.pop_back();
    plan.waves[1].hosts = 2;
    made.start(plan);
    for (HostIndex host = 0; host < 3; ++host) made.update(host);
    made.take(Event(RolloutFinished{1}));
    made.rollout = made.start(stragglers);
    made.update(0);
  }
  static std::string ref(const std::string& name, int byte) {
    Sha256 digest;
    digest.bytes.fill(static_cast<std::uint8_t>(byte));
    return name + "@sha256:" + to_hex(digest);
  }
  Result<RollBackPlan, Problem> plan(const std::string& release, const std::string& selector = {}) const {
    return plan_roll_back(made.fleet, {"", "", "", release, selector});
  }

  views::MadeFleet made;
};

TEST_F(Recalling, a_release_is_recalled_from_every_run_and_a_run_that_goes_on_is_rolled_back_whole) {
  const auto all = plan(ref("bios-3.4", 0xab));
  ASSERT_TRUE(all) << all.error().messages.front();
  EXPECT_THAT(all->covered, SizeIs(4));
  ASSERT_THAT(all->asked, SizeIs(2));
  EXPECT_THAT(all->asked[0].hosts, ElementsAre("n1", "n2", "n3"));
  EXPECT_EQ(all->asked[0].recalls, ref("bios-3.4", 0xab));
  EXPECT_THAT(all->asked[1].hosts, IsEmpty()) << "the second run is not over: nobody else gets it either";
  EXPECT_EQ(all->asked[1].rollout, made.rollout);
}

// It was forgotten, and a rollback of the newer image put the recalled one back without a word.
TEST_F(Recalling, one_that_reaches_no_host_is_written_down_all_the_same) {
  const auto none = plan(ref("bios-3.4", 0xab), "rack=r9,rack!=r9");
  ASSERT_FALSE(none) << "no such host";
  ResolvedPlan newer = views::made_plan();
  for (PlannedHost& host : newer.hosts) host.updates.resize(1);
  newer.rollout = "newer";
  newer.images[0].release = {"bios-3.6", {}};
  made.take(Event(RolloutFinished{made.rollout}));
  made.rollout = made.start(newer);
  for (HostIndex host = 0; host < newer.hosts.size(); ++host) made.update(host);
  made.take(Event(RolloutFinished{made.rollout}));
  const auto all = plan(ref("bios-3.4", 0xab));
  ASSERT_TRUE(all) << all.error().messages.front();
  EXPECT_THAT(all->covered, IsEmpty());
  ASSERT_THAT(all->asked, SizeIs(1));
  EXPECT_THAT(all->asked[0].hosts, ElementsAre("n4")) << "those of the last run that planned it; none is the whole run";
  EXPECT_EQ(all->asked[0].recalls, ref("bios-3.4", 0xab));
}

// The hosts of the other Release kept the image, and nobody was told.
TEST_F(Recalling, the_same_image_that_came_by_another_release_is_recalled_with_it) {
  ResolvedPlan same = *made.fleet.find(made.rollout)->plan;
  same.rollout = "elsewhere";
  same.hosts[0].name = "n9";
  same.images[same.components[0].image].release.name = "bios-3.4-fra1";
  made.rollout = made.start(same);
  made.update(0);
  for (const std::string name : {"bios-3.4", "bios-3.4-fra1"}) {
    const auto all = plan(ref(name, 0xab));
    ASSERT_TRUE(all) << all.error().messages.front();
    EXPECT_THAT(all->covered, SizeIs(5));
    ASSERT_THAT(all->asked, SizeIs(3));
    EXPECT_EQ(all->asked[2].rollout, made.rollout);
    const std::string other = name == "bios-3.4" ? "bios-3.4-fra1" : "bios-3.4";
    EXPECT_THAT(all->notes, ElementsAre("Release " + other + " is the same image, and is recalled with it"));
  }
}

TEST_F(Recalling, a_selector_names_the_hosts) {
  const auto some = plan(ref("bios-3.4", 0xab), "rack=r2");
  ASSERT_TRUE(some);
  ASSERT_THAT(some->asked, SizeIs(2));
  EXPECT_THAT(some->asked[0].hosts, ElementsAre("n3"));
  EXPECT_THAT(some->asked[1].hosts, ElementsAre("n4"));
  const auto nobody = plan(ref("bios-3.4", 0xab), "rack=r9");
  ASSERT_FALSE(nobody) << "a typing error is no recall that reached everybody";
  EXPECT_EQ(nobody.error().kind, Problem::Kind::no_host);
  EXPECT_THAT(nobody.error().messages.front(), HasSubstr("matches 'rack=r9'"));
}

TEST_F(Recalling, a_wrong_name_beside_the_digest_is_an_error_that_names_the_right_one) {
  const auto wrong = plan(ref("bios-9.9", 0xab));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, Problem::Kind::bad_argument);
  EXPECT_THAT(wrong.error().messages.front(), HasSubstr("is called bios-3.4, not bios-9.9"));
  EXPECT_THAT(wrong.error().next, HasSubstr("--release bios-3.4@sha256:ab"));
}

TEST_F(Recalling, a_name_alone_is_answered_with_the_command_that_was_meant) {
  const auto wrong = plan("bios-3.4");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().next, "breakwater rollback --release " + ref("bios-3.4", 0xab) + " --dry-run");
}

TEST_F(Recalling, hosts_that_a_later_run_has_in_flight_are_named_with_what_becomes_of_them) {
  ResolvedPlan next = *made.fleet.find(made.rollout)->plan;
  next.rollout = "next";
  next.images[next.components[0].image].version = "3.6";
  next.images[next.components[0].image].release.name = "bios-3.6";
  next.images[next.components[0].image].release.digest.bytes.fill(0x36);
  const RolloutId later = made.start(next);
  CommandIssued prepare;
  prepare.command.rollout = later;
  made.take(Event(prepare));
  const auto all = plan(ref("bios-3.4", 0xab));
  ASSERT_TRUE(all);
  EXPECT_EQ(all->covered.back().fate, RecallFate::goes_back_if_left);
  EXPECT_THAT(in_later_runs(made.fleet, all->covered),
              ElementsAre("1 host is in flight in next; it is rolled back if it ends up on it again"));
}

TEST_F(Recalling, what_makes_no_sense_is_refused) {
  const auto kind = [](const auto& planned) { return planned.error().kind; };
  EXPECT_EQ(kind(plan("bios-3.4")), Problem::Kind::bad_argument) << "without a digest";
  EXPECT_EQ(kind(plan(ref("bios-3.4", 0xab), "rack in (")), Problem::Kind::bad_argument);
  EXPECT_EQ(kind(plan(ref("bios-3.4", 0x11))), Problem::Kind::failed) << "nobody ever sent that";
  EXPECT_EQ(kind(plan_roll_back(made.fleet, {})), Problem::Kind::bad_argument);
  EXPECT_EQ(kind(plan_roll_back(made.fleet, {"bios-3.4", "", "", ref("bios-3.4", 0xab), ""})),
            Problem::Kind::bad_argument);
  EXPECT_EQ(kind(plan_roll_back(made.fleet, {"", "canary", "", ref("bios-3.4", 0xab), ""})),
            Problem::Kind::bad_argument);
  EXPECT_EQ(kind(plan_roll_back(made.fleet, {"bios-3.4", "", "", "", "rack=r1"})), Problem::Kind::bad_argument);
}

TEST_F(Recalling, a_rollout_by_name_covers_what_its_runs_brought) {
  const auto all = plan_roll_back(made.fleet, {"bios-3.4", "", "", "", ""});
  ASSERT_TRUE(all);
  EXPECT_THAT(all->covered, SizeIs(4));
  EXPECT_THAT(all->asked, SizeIs(2));
  const auto canaries = plan_roll_back(made.fleet, {"bios-3.4#1", "canary", "", "", ""});
  EXPECT_THAT(canaries->covered, SizeIs(1));
  EXPECT_THAT(canaries->notes, IsEmpty()) << "that run is over";
}

TEST_F(Recalling, a_rollout_that_brings_it_to_other_hosts_is_named) {
  ResolvedPlan more = views::made_plan();
  for (PlannedHost& host : more.hosts) host.updates.resize(1);
  more.rollout = "more";
  more.images[more.components[0].image].release = made.fleet.find(RolloutId{1})->plan->images[0].release;
  made.rollout = made.start(more);
  const std::string note = "rollout more is not over, and brings it to other hosts; to hold it: breakwater pause more";
  EXPECT_THAT(plan(ref("bios-3.4", 0xab), "rack=r2")->notes, ElementsAre(note));
  EXPECT_THAT(plan(ref("bios-3.4", 0xab))->notes, IsEmpty()) << "all of them go back";
  EXPECT_THAT(plan_roll_back(made.fleet, {"more", "canary", "", "", ""})->notes, ElementsAre(note));
  made.take(Event(OperatorAsked{Verb::pause, made.rollout, "omar", "", {}, ""}));
  EXPECT_THAT(plan(ref("bios-3.4", 0xab), "rack=r2")->notes,
              ElementsAre("rollout more is not over, and brings it to other hosts once it is resumed"));
}

/// Run two brought 3.5 over the 3.4 of run one, and that was rolled back meanwhile: two's way back leads to it.
TEST_F(Recalling, a_way_back_to_an_image_that_was_rolled_back_is_named_with_its_hosts) {
  ResolvedPlan newer = *made.fleet.find(RolloutId{1})->plan;
  newer.rollout = "newer";
  newer.components[0].back_image = static_cast<std::uint32_t>(newer.images.size());
  newer.images.push_back(newer.images[newer.components[0].image]);
  newer.images.back().reported_as = {"3.4"};
  PlannedImage& image = newer.images[newer.components[0].image];
  image.release.name = "bios-3.5";
  image.release.digest.bytes.fill(0x35);
  image.version = "3.5";
  for (PlannedHost& host : newer.hosts) host.updates[0].from_version = "3.4";
  newer.hosts[1].updates[0].way_back = WayBack::bank_switch;  // known by its version alone
  newer.hosts.resize(2);
  newer.waves[1].hosts = 1;
  made.rollout = made.start(newer);
  for (HostIndex host = 0; host < 2; ++host) made.update(host);
  const auto two = [this] { return plan_roll_back(made.fleet, {"newer", "", "", "", ""}); };
  EXPECT_THAT(two()->notes, IsEmpty()) << "nobody took 3.4 back";
  made.take(Event(OperatorAsked{Verb::roll_back, 1, "omar", "fans", {}, ""}));
  EXPECT_THAT(two()->notes,
              ElementsAre(testing::AllOf(
                  HasSubstr("their way back puts n1, n2 on version 3.4 of Release bios-3.4 again, which omar had"),
                  HasSubstr("(fans): breakwater rollback bios-3.4#1"))));
  EXPECT_THAT(plan_roll_back(made.fleet, {"newer", "", "n2", "", ""})->notes,
              ElementsAre(HasSubstr("puts n2 on version 3.4")));
}

TEST_F(Recalling, an_image_that_was_rolled_back_or_recalled_is_warned_of_in_a_plan) {
  const ResolvedPlan next = *made.fleet.find(made.rollout)->plan;
  EXPECT_THAT(images_taken_back(next, made.fleet), IsEmpty());
  made.take(Event(OperatorAsked{Verb::roll_back, made.rollout, "omar", "fans", {}, "n4"}));
  EXPECT_THAT(images_taken_back(next, made.fleet), IsEmpty()) << "one host says nothing of the image";
  made.take(Event(OperatorAsked{Verb::roll_back, made.rollout, "omar", "fans", 0U, ""}));
  const std::string when = "Release bios-3.4, version 3.4, was ";
  EXPECT_THAT(images_taken_back(next, made.fleet),
              ElementsAre(testing::AllOf(testing::StartsWith(when + "rolled back at 2026-11-02 22:"),
                                         HasSubstr(" by omar (fans): breakwater rollback bios-3.4#2 --wave canary"))));
  OperatorAsked recall{Verb::roll_back, made.rollout, "lena", "CVE", {}, ""};
  recall.recalls = ref("bios-3.4", 0xab);
  made.take(Event(recall));
  EXPECT_THAT(images_taken_back(next, made.fleet),
              ElementsAre(testing::AllOf(testing::StartsWith(when + "recalled at "),
                                         HasSubstr("breakwater rollback --release " + recall.recalls))));
}

}  // namespace
}  // namespace breakwater::operations::recalling_test
