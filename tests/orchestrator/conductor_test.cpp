// The loop over a real journal, with a crew that answers at once.
#include "orchestrator/conductor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/answering.hpp"
#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/journal/memory_store.hpp"
#include "tests/orchestrator/conducted.hpp"

namespace breakwater::conductor_test {
namespace {

/// Three hours are a host's; the five without a conductor are nobody's.
TEST_F(Conducted, a_resume_gives_back_the_time_without_a_conductor) {
  crew.script = [&](const Command& command) -> std::optional<Outcome> {
    if (command.action == Action::prepare) interrupts = 2;
    return std::nullopt;
  };
  const auto id = conductor.begin(plan_of({.waves = {1}}), "lena");
  ASSERT_TRUE(id);
  EXPECT_EQ(run(*id), Conductor::End::left);
  const Duration before = crew.left.back();
  ASSERT_LT(before, std::chrono::hours(3)) << "prepare took its share";
  crew.gone_for(std::chrono::hours(5));
  crew.left.clear();
  interrupts = 0;
  EXPECT_EQ(run(*id), Conductor::End::finished);
  EXPECT_EQ(crew.left.front(), before);
}

TEST_F(Conducted, asked_to_leave_a_halt_starts_no_way_back_and_the_next_run_does) {
  crew.script = [&](const Command& command) -> std::optional<Outcome> {
    if (command.host != 1 || command.action != Action::check) return std::nullopt;
    interrupts = 1;
    return ends(Outcome::Verdict::failed, Cause::unhealthy);
  };
  const auto id = conductor.begin(plan_of({.waves = {3}, .global = 1}), "lena");
  ASSERT_TRUE(id);
  EXPECT_EQ(run(*id), Conductor::End::at_rest);
  EXPECT_TRUE(fleet.find(*id)->halted);
  EXPECT_EQ(state(*id, 0), State::updated);
  EXPECT_EQ(state(*id, 1), State::rolled_back);
  interrupts = 0;
  EXPECT_EQ(run(*id), Conductor::End::finished);
  EXPECT_EQ(state(*id, 0), State::rolled_back);
}

/// Stopped, it leaves to the operator what a halt gave up.
TEST_F(Conducted, a_stopped_rollout_that_halts_waits_with_its_ways_back) {
  crew.script = [&](const Command& command) -> std::optional<Outcome> {
    if (command.host != 1 || command.action != Action::check) return std::nullopt;
    EXPECT_TRUE(conductor.ask({Verb::stop, command.rollout, "omar", "", {}, ""}));
    return ends(Outcome::Verdict::failed, Cause::unhealthy);
  };
  const auto id = conductor.begin(plan_of({.waves = {3}, .global = 1}), "lena");
  ASSERT_TRUE(id);
  EXPECT_EQ(run(*id), Conductor::End::at_rest);
  EXPECT_EQ(state(*id, 0), State::updated);
  EXPECT_EQ(state(*id, 1), State::rolling_back);
  ASSERT_TRUE(conductor.ask({Verb::roll_back, *id, "omar", "", {}, ""}));
  EXPECT_EQ(run(*id), Conductor::End::finished);
  EXPECT_EQ(state(*id, 0), State::rolled_back);
  EXPECT_EQ(state(*id, 1), State::rolled_back);
}

/// One host, whose BMC shows a new key while it is activated: its command hangs until somebody vouches.
struct NewKey : Conducted {
  NewKey() {
    ResolvedPlan plan = plan_of({.waves = {1}});
    plan.hosts[0].bmc.tls = TlsPolicy{TlsPolicy::Mode::pin, "", {Sha256()}};
    plan.hosts[0].bmc.address = "bmc";
    key.bytes.fill(2);
    const auto begun = conductor.begin(std::move(plan), "lena");
    if (!begun) ADD_FAILURE() << begun.error().message;
    id = begun.value_or(0);
    crew.hangs = [this](const Command& command) {
      if (command.action != Action::activate) return false;
      if (crew.trusted.empty() && !shown) {
        shown = true;
        crew.offer(EvidenceSeen{command.id, command.rollout, command.host, {Evidence::Kind::key_shown, to_hex(key)}});
        if (on_shown) on_shown();
      }
      return crew.trusted.empty() && pins.empty();
    };
    crew.on_start = [this](const Order& order) {
      if (order.resumed) pins = order.pins;
    };
  }
  OperatorAsked wish(Verb verb) const { return {verb, id, "omar", "", {}, "", {}, "", {}}; }
  OperatorAsked trust() const {
    OperatorAsked asked = wish(Verb::trust_key);
    asked.host = "n0";
    asked.key = key;
    return asked;
  }
  void request(const OperatorAsked& asked) {
    const Event event(asked);
    EXPECT_TRUE(store->add_request(crew.now().wall, codec::kind_of(event), codec::encode(event), "omar"));
  }

  Sha256 key;
  RolloutId id = 0;
  bool shown = false;
  std::vector<Sha256> pins;  ///< of the order that went on
  std::function<void()> on_shown;
};

TEST_F(NewKey, goes_to_the_conversation_that_waits_for_it) {
  on_shown = [this] { request(trust()); };
  EXPECT_EQ(run(id), Conductor::End::finished);
  ASSERT_EQ(crew.trusted.size(), 1U);
  EXPECT_EQ(crew.trusted[0].second, key);
  EXPECT_EQ(state(id, 0), State::updated);
}

TEST_F(NewKey, keeps_no_stopped_rollout_from_its_rest_and_waits_on_after_a_resume) {
  on_shown = [this] { request(wish(Verb::stop)); };
  EXPECT_EQ(run(id), Conductor::End::at_rest);
  EXPECT_EQ(state(id, 0), State::activating);
  EXPECT_TRUE(fleet.find(id)->hosts[0].open);
  ASSERT_TRUE(conductor.ask(wish(Verb::resume)));
  request(trust());
  EXPECT_EQ(run(id), Conductor::End::finished);
  EXPECT_EQ(crew.started(Action::activate), 1) << "the conversation was there all the time";
  EXPECT_EQ(state(id, 0), State::updated);
}

TEST_F(NewKey, keeps_no_process_that_is_asked_to_leave_and_the_next_one_knows_the_word) {
  on_shown = [this] { interrupts = 1; };
  EXPECT_EQ(run(id), Conductor::End::at_rest);
  crew.gone_for(Duration(60'000));
  ASSERT_TRUE(conductor.ask(trust()));
  interrupts = 0;
  MadeCrew later(interrupts);
  later.gone_for(crew.now().steady - kBegin);
  later.on_start = crew.on_start;
  Conductor next{*store, later, fleet, Watcher(), interrupts};
  const auto end = next.run(id);
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, Conductor::End::finished);
  EXPECT_THAT(pins, testing::ElementsAre(Sha256(), key));
}

TEST_F(NewKey, keeps_no_abandoned_rollout) {
  on_shown = [this] { request(wish(Verb::abandon)); };
  EXPECT_EQ(run(id), Conductor::End::finished);
  EXPECT_EQ(state(id, 0), State::quarantined);
  EXPECT_EQ(interrupts, 0);
  EXPECT_EQ(crew.refused.size(), 1U) << "what comes of a command that is over is not recorded: no act follows";
  EXPECT_THAT(fleet.find(id)->hosts[0].evidence, testing::IsEmpty());
}

TEST_F(NewKey, keeps_no_rollout_that_was_abandoned_while_it_waited) {
  Watcher watcher;
  watcher.on_record = [this](const Recorded& record) {
    const auto* seen = std::get_if<EvidenceSeen>(&record.event);
    if (seen && seen->evidence.kind == Evidence::Kind::key_shown) request(wish(Verb::abandon));
  };
  Conductor watched{*store, crew, fleet, watcher, interrupts};
  const auto end = watched.run(id);
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, Conductor::End::finished);
  EXPECT_EQ(state(id, 0), State::quarantined);
  EXPECT_EQ(interrupts, 0);
}

TEST_F(NewKey, of_a_host_that_goes_back_is_waited_for_by_a_process_that_rolls_back) {
  crew.hangs = nullptr;
  ASSERT_EQ(run(id), Conductor::End::finished);
  crew.hangs = [this](const Command& command) {
    if (command.action != Action::roll_back) return false;
    if (!std::exchange(shown, true)) {
      crew.offer(EvidenceSeen{command.id, command.rollout, command.host, {Evidence::Kind::key_shown, to_hex(key)}});
    }
    return crew.trusted.empty();
  };
  int waits = 0;
  crew.meanwhile = [this, &waits] {
    if (shown && ++waits == 3) request(trust());
  };
  ASSERT_TRUE(conductor.ask(wish(Verb::roll_back)));
  const auto end = conductor.run(id, Starts::ways_back);
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, Conductor::End::finished);
  EXPECT_EQ(state(id, 0), State::rolled_back);
}

/// The loop over a store in memory that does not always do as it is told.
template <class Store>
struct OverMemory : testing::Test {
  OverMemory() {
    if (auto locked = store.lock(journal::kHolder); !locked) ADD_FAILURE() << locked.error().message;
  }

  const std::shared_ptr<journal::MemoryDisk> disk = std::make_shared<journal::MemoryDisk>();
  Store store{disk};
  std::atomic<int> interrupts = 0;
  MadeCrew crew{interrupts};
  Fleet fleet;
  Conductor conductor{store, crew, fleet, Watcher(), interrupts};
};

/// Another program holds the file for a while: every append waits for its turn in vain, so many times.
struct BusyStore : journal::MemoryStore {
  using MemoryStore::MemoryStore;
  Result<journal::Appended, journal::StoreFault> append(std::span<const journal::Draft> drafts,
                                                        std::span<const std::uint64_t> taken) override {
    if (busy > 0 && busy-- > 0) {
      if (on_busy) on_busy();
      return fail(journal::StoreFault{journal::StoreFault::Reason::busy, "busy"});
    }
    return MemoryStore::append(drafts, taken);
  }
  int busy = 0;
  std::function<void()> on_busy;
};

using BusyJournal = OverMemory<BusyStore>;

TEST_F(BusyJournal, is_waited_for_and_nothing_is_written_twice) {
  const auto id = conductor.begin(plan_of({.waves = {2}}), "lena");
  ASSERT_TRUE(id);
  std::size_t commands = 0;
  crew.script = [&](const Command&) -> std::optional<Outcome> {
    ++commands;
    store.busy = 3;
    return std::nullopt;
  };
  const auto end = conductor.run(*id);
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, Conductor::End::finished);
  const auto ends = std::count_if(disk->records.begin(), disk->records.end(),
                                  [](const journal::Record& record) { return record.kind == "CommandEnded"; });
  EXPECT_EQ(static_cast<std::size_t>(ends), commands);
  store.busy = 1'000;
  const auto begun = conductor.begin(plan_of({.waves = {1}}), "lena");
  ASSERT_FALSE(begun) << "it is not waited for without end";
  EXPECT_EQ(begun.error().reason, journal::StoreFault::Reason::busy);
}

// A host was refused because another program held the journal for longer than it had left.
TEST_F(BusyJournal, costs_no_host_of_its_time) {
  const auto id = conductor.begin(plan_of({.waves = {1}}), "lena");
  ASSERT_TRUE(id);
  store.on_busy = [this] { crew.passes(std::chrono::hours(1)); };
  bool sent = false;
  crew.hangs = [&](const Command& command) {
    if (command.action != Action::stage || std::exchange(sent, true)) return false;
    crew.offer(EvidenceSeen{command.id, command.rollout, command.host, {Evidence::Kind::sending, "d"}});
    store.busy = 4;
    return true;
  };
  const auto end = conductor.run(*id);
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, Conductor::End::finished);
  EXPECT_EQ(fleet.find(*id)->hosts[0].state, State::updated);
  ASSERT_GE(crew.left.size(), 3U);
  EXPECT_LT(crew.left[1] - crew.left[2], std::chrono::hours(1)) << "the next command has what was left";
}

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

/// While one rollout soaks for hours, what another one brought comes back at once.
TEST_F(Conducted, a_way_back_waits_for_the_soak_of_no_other_rollout) {
  const auto older = conductor.begin(plan_of({.waves = {2}}), "lena");
  ASSERT_TRUE(older);
  ASSERT_EQ(run(*older), Conductor::End::finished);
  ResolvedPlan plan = plan_of({.waves = {1, 1}, .soak = std::chrono::minutes(50)});
  plan.rollout = "nic";
  plan.components[0].kind = ComponentKind::nic;
  const auto later = conductor.begin(plan, "lena");
  ASSERT_TRUE(later);
  std::optional<Instant> back;
  crew.script = [&](const Command& command) -> std::optional<Outcome> {
    if (command.rollout == *later && command.action == Action::check && command.host == 0) {
      EXPECT_TRUE(conductor.ask({Verb::roll_back, *older, "omar", "", {}, ""}));
    }
    if (command.rollout == *older && command.action == Action::check_back) back = crew.now().steady;
    return std::nullopt;
  };
  EXPECT_EQ(run(*later), Conductor::End::finished);
  EXPECT_EQ(state(*older, 0), State::rolled_back);
  EXPECT_EQ(state(*older, 1), State::rolled_back);
  EXPECT_EQ(state(*later, 1), State::updated);
  ASSERT_TRUE(back);
  EXPECT_LT(*back, kBegin + std::chrono::minutes(5));
}

}  // namespace
}  // namespace breakwater::conductor_test
