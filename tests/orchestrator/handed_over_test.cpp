// Rollouts and requests that other processes hand to the one that conducts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/answering.hpp"
#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "tests/orchestrator/conducted.hpp"

namespace breakwater::handed_over_test {
namespace {

struct HandedOver : Conducted {
  journal::Request request(const Event& wish) {
    const auto id = store->add_request(crew.now().wall, codec::kind_of(wish), codec::encode(wish), "omar");
    if (!id) ADD_FAILURE() << id.error().message;
    return {*id, crew.now().wall, codec::kind_of(wish), codec::encode(wish), "omar"};
  }
  static RolloutStarted started(ResolvedPlan plan) {
    RolloutStarted event;
    event.by = "somebody else";
    event.digest = codec::plan_digest(plan);
    event.plan = std::move(plan);
    return event;
  }
};

TEST_F(HandedOver, a_rollout_from_the_tray_is_carried_beside_the_own_one) {
  const auto own = conductor.begin(plan_of({.waves = {4}, .global = 1}), "lena");
  ASSERT_TRUE(own);
  const auto tray = request(started(other_plan(2)));
  EXPECT_EQ(run(*own), Conductor::End::finished);
  const auto other = store->answer(tray.id);
  ASSERT_TRUE(other && *other);
  ASSERT_NE(fleet.find(**other), nullptr);
  EXPECT_EQ(fleet.find(**other)->by, "omar") << "the tray says who handed it over, not the plan";
  EXPECT_GT(fleet.find(**other)->waves[0].updated, 0U);
}

// Hosts were left in flight, or with a staged image, until somebody thought of them.
TEST_F(HandedOver, when_the_own_rollout_is_over_and_nobody_stands_by_the_other_is_brought_to_rest) {
  const auto other = conductor.begin(other_plan(20, 5), "omar");
  const auto own = conductor.begin(plan_of({.waves = {1}}), "lena");
  ASSERT_TRUE(own && other);
  EXPECT_EQ(run(*own), Conductor::End::finished);
  EXPECT_EQ(interrupts, 0);
  const RolloutState& left = *fleet.find(*other);
  EXPECT_FALSE(left.finished);
  EXPECT_EQ(left.in_flight, 0U);
  EXPECT_GT(left.waves[0].updated, 0U);
  EXPECT_GT(left.waves[0].waiting, 5U) << "nothing more of it begins";
  EXPECT_EQ(run(*other), Conductor::End::finished);
  EXPECT_EQ(left.waves[0].updated, 20U);
}

/// A second Ctrl-C leaves now, whatever the others are in the middle of.
TEST_F(HandedOver, when_the_own_rollout_is_over_two_interrupts_leave_an_open_command) {
  const auto other = conductor.begin(other_plan(1), "omar");
  const auto own = conductor.begin(plan_of({.waves = {1}}), "lena");
  ASSERT_TRUE(own && other);
  crew.hangs = [&](const Command& command) { return command.rollout == *other; };
  EXPECT_EQ(run(*own), Conductor::End::finished);
  EXPECT_LT(crew.now().steady, kBegin + std::chrono::hours(2)) << "the crew asks to leave after an idle hour";
  EXPECT_TRUE(fleet.find(*other)->hosts[0].open);
}

/// Whoever conducts, the stop of any rollout holds what its hosts are at.
TEST_F(HandedOver, a_stop_withdraws_its_command_in_flight) {
  const auto other = conductor.begin(other_plan(1, 5), "omar");
  const auto own = conductor.begin(plan_of({.waves = {1}}), "lena");
  ASSERT_TRUE(own && other);
  CommandId look = 0;
  crew.hangs = [&](const Command& command) { return command.id == look && crew.withdrawn.empty(); };
  crew.on_start = [&](const Order& order) {
    if (order.command.rollout != *other || order.command.action != Action::prepare) return;
    look = order.command.id;
    request(OperatorAsked{Verb::stop, *other, "omar", "", {}, ""});
  };
  EXPECT_EQ(run(*own), Conductor::End::finished);
  EXPECT_THAT(crew.withdrawn, testing::Each(look));
  EXPECT_THAT(crew.withdrawn, testing::Not(testing::IsEmpty()));
}

/// Two rollouts, each with a limit of one host in all: together they never have two in flight.
TEST_F(HandedOver, limits_are_shared) {
  const auto other = conductor.begin(other_plan(5), "omar");
  const auto own = conductor.begin(plan_of({.waves = {5}, .global = 1}), "lena");
  ASSERT_TRUE(own && other);
  int most = 0;
  crew.script = [&](const Command&) -> std::optional<Outcome> {
    most = std::max(most, fleet.in_flight());
    return std::nullopt;
  };
  EXPECT_EQ(run(*own), Conductor::End::finished);
  EXPECT_EQ(run(*other), Conductor::End::finished);
  EXPECT_EQ(most, 1);
}

TEST_F(HandedOver, what_an_earlier_process_left_open_of_another_rollout_goes_on) {
  const auto other = conductor.begin(other_plan(1), "omar");
  ASSERT_TRUE(other);
  crew.script = [&](const Command& command) -> std::optional<Outcome> {
    if (command.action == Action::activate) interrupts = 2;
    return std::nullopt;
  };
  EXPECT_EQ(run(*other), Conductor::End::left);
  crew.gone_for(Duration(1000));
  interrupts = 0;
  crew.script = nullptr;
  const auto own = conductor.begin(plan_of({.waves = {30}, .global = 1}), "lena");
  ASSERT_TRUE(own);
  EXPECT_EQ(run(*own), Conductor::End::finished);
  EXPECT_TRUE(fleet.find(*other)->finished);
}

/// The conductor of one rollout is the conductor of all: what passes without it is given back to each of them.
TEST_F(HandedOver, the_soak_of_another_rollout_stands_still_while_nobody_conducts) {
  ResolvedPlan soaks = plan_of({.waves = {1, 1}, .soak = std::chrono::minutes(50)});
  for (PlannedHost& host : soaks.hosts) host.name = "soaks-" + host.name;
  const auto other = conductor.begin(std::move(soaks), "omar");
  const auto first = conductor.begin(plan_of({.waves = {1}}), "lena");
  ASSERT_TRUE(other && first);
  EXPECT_EQ(run(*first), Conductor::End::finished);
  crew.gone_for(std::chrono::hours(5));
  const auto second = conductor.begin(other_plan(1), "lena");
  ASSERT_TRUE(second);
  EXPECT_EQ(run(*second), Conductor::End::finished);
  EXPECT_FALSE(fleet.find(*other)->waves[0].judged) << "five hours without a conductor are no soak";
  EXPECT_EQ(run(*other), Conductor::End::finished);
}

TEST_F(HandedOver, hosts_of_an_unfinished_rollout_are_not_given_away_twice) {
  const auto own = conductor.begin(plan_of({.waves = {2}}), "lena");
  ASSERT_TRUE(own);
  ResolvedPlan twin = plan_of({.waves = {2}});
  twin.rollout = "twin";
  const Event answer = answer_to(request(started(std::move(twin))), fleet, crew.now().wall);
  const auto* refused = std::get_if<StartRefused>(&answer);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->rollout, "twin");
  EXPECT_THAT(refused->reason, testing::HasSubstr("host n0 was taken by rollout"));
}

TEST_F(HandedOver, a_plan_file_is_begun_once) {
  ResolvedPlan frozen = other_plan(1);
  frozen.nonce = "a1b2";
  const auto own = conductor.begin(frozen, "lena");
  ASSERT_TRUE(own);
  EXPECT_EQ(run(*own), Conductor::End::finished);
  const Event answer = answer_to(request(started(frozen)), fleet, crew.now().wall);
  ASSERT_TRUE(std::holds_alternative<StartRefused>(answer));
  EXPECT_THAT(std::get<StartRefused>(answer).reason, testing::HasSubstr("applied already"));
}

// It began, its hosts waited for as long as that process lived, and so did its apply.
TEST_F(HandedOver, a_plan_whose_bmcs_the_process_can_never_speak_to_is_not_begun) {
  const Unable unable = [](const ResolvedPlan& plan) { return plan.rollout == "other" ? "env:X is not set" : ""; };
  const Event refused = answer_to(request(started(other_plan(1))), fleet, crew.now().wall, unable);
  ASSERT_TRUE(std::holds_alternative<StartRefused>(refused));
  EXPECT_EQ(std::get<StartRefused>(refused).reason, "env:X is not set");
  const Event begun = answer_to(request(started(plan_of({.waves = {1}}))), fleet, crew.now().wall, unable);
  EXPECT_TRUE(std::holds_alternative<RolloutStarted>(begun));
}

TEST_F(HandedOver, a_plan_that_lay_in_the_tray_too_long_is_not_begun) {
  const journal::Request tray = request(started(other_plan(1)));
  const Event fresh = answer_to(tray, fleet, tray.at + kHandOverFresh);
  EXPECT_TRUE(std::holds_alternative<RolloutStarted>(fresh));
  const Event old = answer_to(tray, fleet, tray.at + kHandOverFresh + Duration(1));
  ASSERT_TRUE(std::holds_alternative<StartRefused>(old));
  EXPECT_THAT(std::get<StartRefused>(old).reason, testing::HasSubstr("its plan is old"));
}

// A second rollout began hours after whoever had asked for it left.
TEST_F(HandedOver, a_rollout_whose_asker_left_is_refused_and_a_pause_is_not) {
  const auto own = conductor.begin(plan_of({.waves = {4}, .global = 1}), "lena");
  ASSERT_TRUE(own);
  std::uint64_t apply = 0;
  std::uint64_t pause = 0;
  {
    const auto asker = journal::open_sqlite(folder.path());
    const Event wish(started(other_plan(2)));
    apply = asker->add_request(crew.now().wall, codec::kind_of(wish), codec::encode(wish), "omar").value_or(0);
    const Event safe(OperatorAsked{Verb::pause, *own, "omar", "", {}, ""});
    pause = asker->add_request(crew.now().wall, codec::kind_of(safe), codec::encode(safe), "omar").value_or(0);
  }
  run(*own);
  EXPECT_EQ(fleet.rollouts().size(), 1U);
  EXPECT_TRUE(fleet.find(*own)->paused);
  EXPECT_TRUE(store->answer(apply).value()) << "its refusal is on record";
  EXPECT_TRUE(store->answer(pause).value());
}

/// The asker takes its request back while the conductor takes it up: that ends no conductor.
struct HastyStore : journal::MemoryStore {
  using MemoryStore::MemoryStore;
  Result<journal::Appended, journal::StoreFault> append(std::span<const journal::Draft> drafts,
                                                        std::span<const std::uint64_t> taken) override {
    for (const std::uint64_t id : taken) EXPECT_TRUE(withdraw(id));
    return MemoryStore::append(drafts, taken);
  }
};

using Tray = OverMemory<HastyStore>;

TEST_F(Tray, a_request_that_is_withdrawn_meanwhile_is_none) {
  const auto id = conductor.begin(plan_of({.waves = {2}}), "lena");
  ASSERT_TRUE(id);
  const Event wish(OperatorAsked{Verb::stop, *id, "omar", "", {}, ""});
  ASSERT_TRUE(store.add_request(crew.now().wall, codec::kind_of(wish), codec::encode(wish), "omar"));
  const auto end = conductor.run(*id);
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(*end, Conductor::End::finished);
  EXPECT_EQ(fleet.find(*id)->waves[0].updated, 2U);
}

}  // namespace
}  // namespace breakwater::handed_over_test
