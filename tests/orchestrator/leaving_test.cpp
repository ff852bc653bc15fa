// A conductor whose own rollout is over, and others that stand by to conduct.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "orchestrator/codec/event_json.hpp"
#include "tests/orchestrator/conducted.hpp"

namespace breakwater::leaving_test {
namespace {

const journal::Holder kFollower{7, "other", kBegin};

/// The own rollout ends long before the other one, which somebody stands by to take up.
struct HandedOn : Conducted {
  HandedOn() {
    if (!follower->stand_by()) ADD_FAILURE();
    ResolvedPlan plan = other_plan(20, 5);
    plan.hosts[0].bmc.tls = TlsPolicy{TlsPolicy::Mode::pin, "", {Sha256()}};
    plan.hosts[0].bmc.address = "bmc";
    other = conductor.begin(std::move(plan), "omar").value_or(0);
    own = conductor.begin(plan_of({.waves = {1}}), "lena").value_or(0);
  }
  bool lock_is_free() { return !store->holder().value(); }
  void follower_writes(const Event& event) {
    const std::vector<journal::Draft> drafts{{crew.now(), codec::kind_of(event), codec::encode(event)}};
    EXPECT_TRUE(follower->append(drafts));
  }
  const RolloutState& left() const { return *fleet.find(other); }
  void expect_rest() {
    EXPECT_FALSE(conductor.handed_on());
    EXPECT_EQ(interrupts, 0);
    EXPECT_FALSE(left().finished);
    EXPECT_EQ(left().in_flight, 0U);
    EXPECT_EQ(store->holder().value()->pid, getpid()) << "the lock is held to the end";
  }

  std::unique_ptr<journal::SqliteStore> follower = journal::open_sqlite(folder.path());
  RolloutId other = 0;
  RolloutId own = 0;
};

TEST_F(HandedOn, whoever_stands_by_and_conducts_has_the_others_with_no_command_open) {
  crew.meanwhile = [this] {
    if (!lock_is_free()) return;
    ASSERT_TRUE(follower->lock(kFollower));
    for (const HostTrip& trip : left().hosts) EXPECT_FALSE(trip.open);
    follower_writes(Event(ConductorStarted{other, 7}));
  };
  EXPECT_EQ(run(own), Conductor::End::finished);
  EXPECT_TRUE(conductor.handed_on());
  EXPECT_FALSE(left().finished);
  EXPECT_GT(left().in_flight, 0U);
  follower->unlock();
  crew.meanwhile = nullptr;
  ASSERT_TRUE(store->lock(journal::kHolder));
  EXPECT_EQ(run(other), Conductor::End::finished);
  EXPECT_EQ(left().waves[0].updated, 20U);
}

// Nobody folds it: the lock is where `status` and `explain` read why nothing starts.
TEST_F(HandedOn, the_lock_says_that_its_process_starts_nothing_more_there) {
  using journal::Leaving;
  std::vector<Leaving> said;
  crew.meanwhile = [&] {
    const auto holder = store->holder().value();
    if (!holder) return;
    if (said.empty() || said.back() != holder->leaving) said.push_back(holder->leaving);
  };
  EXPECT_EQ(run(own), Conductor::End::finished);
  EXPECT_THAT(said, testing::ElementsAre(Leaving::no, Leaving::own_over)) << "after it took the lock back too";
  crew.meanwhile = nullptr;
  EXPECT_EQ(run(other), Conductor::End::finished);
}

TEST_F(HandedOn, the_lock_says_that_its_process_was_asked_to_leave) {
  crew.meanwhile = [&] { interrupts = 1; };
  EXPECT_NE(run(own), Conductor::End::left);
  EXPECT_EQ(store->holder().value()->leaving, journal::Leaving::asked);
}

// The others were left in flight to a process that was suspended, or whose own rollout was over.
TEST_F(HandedOn, the_others_are_brought_to_rest_where_nobody_takes_the_lock) {
  int free = 0;
  crew.meanwhile = [&] { free += lock_is_free(); };
  EXPECT_EQ(run(own), Conductor::End::finished);
  expect_rest();
  EXPECT_GT(free, 5) << "it was there to be taken";
  EXPECT_LT(free, 50) << "once";
  EXPECT_EQ(run(other), Conductor::End::finished);
}

// Its credentials could not be read, or its own rollout was refused.
TEST_F(HandedOn, the_others_are_brought_to_rest_where_whoever_took_the_lock_gave_it_up_again) {
  int held = 0;
  crew.meanwhile = [&] {
    if (lock_is_free() && held == 0) {
      ASSERT_TRUE(follower->lock(kFollower));
    }
    if (store->holder().value() && store->holder().value()->pid == kFollower.pid && ++held == 100) {
      follower->unlock();
    }
  };
  EXPECT_EQ(run(own), Conductor::End::finished);
  expect_rest();
  EXPECT_EQ(held, 100) << "it had its time";
}

// It was asked once, and never again.
TEST_F(HandedOn, whoever_stands_by_is_asked_again_later) {
  bool was_free = false;
  int times = 0;
  crew.hangs = [&](const Command& command) {
    return times == 1 && command.rollout == other && crew.now().steady < kBegin + std::chrono::minutes(10);
  };
  crew.meanwhile = [&] {
    const bool free = lock_is_free();
    if (free && !std::exchange(was_free, free)) ++times;
    was_free = free;
    if (!free || times < 2) return;
    ASSERT_TRUE(follower->lock(kFollower));
    follower_writes(Event(ConductorStarted{other, 7}));
  };
  EXPECT_EQ(run(own), Conductor::End::finished);
  EXPECT_EQ(times, 2);
  EXPECT_TRUE(conductor.handed_on());
  EXPECT_FALSE(left().finished);
}

TEST_F(HandedOn, what_an_operator_wrote_into_the_free_journal_counts) {
  bool asked = false;
  crew.meanwhile = [&] {
    if (!lock_is_free() || std::exchange(asked, true)) return;
    ASSERT_TRUE(follower->lock(kFollower));
    follower_writes(Event(OperatorAsked{Verb::abandon, other, "omar", "", {}, ""}));
    follower->unlock();
  };
  EXPECT_EQ(run(own), Conductor::End::finished);
  EXPECT_TRUE(asked);
  EXPECT_FALSE(conductor.handed_on());
  EXPECT_TRUE(left().finished);
  EXPECT_EQ(interrupts, 0);
}

// A word on a key was written while the lock was free: the conversation was there all the time, and heard nothing.
TEST_F(HandedOn, a_conversation_that_waits_for_a_word_hears_what_was_written_into_the_free_journal) {
  Sha256 key;
  key.bytes.fill(2);
  bool shown = false;
  crew.hangs = [&](const Command& command) {
    if (command.rollout != other || command.host != 0 || command.action != Action::activate) return false;
    if (!std::exchange(shown, true)) {
      crew.offer(EvidenceSeen{command.id, other, command.host, {Evidence::Kind::key_shown, to_hex(key)}});
    }
    return crew.trusted.empty();
  };
  bool asked = false;
  crew.meanwhile = [&] {
    if (!lock_is_free() || std::exchange(asked, true)) return;
    OperatorAsked trust{Verb::trust_key, other, "omar", "", {}, left().plan->hosts[0].name};
    trust.key = key;
    ASSERT_TRUE(follower->lock(kFollower));
    follower_writes(Event(trust));
    follower->unlock();
  };
  EXPECT_EQ(run(own), Conductor::End::finished);
  EXPECT_TRUE(asked);
  EXPECT_EQ(crew.trusted.size(), 1U);
  expect_rest();
}

TEST_F(HandedOn, a_second_interrupt_takes_the_lock_back_at_once) {
  crew.meanwhile = [&] {
    if (lock_is_free()) interrupts = 2;
  };
  EXPECT_EQ(run(own), Conductor::End::finished);
  EXPECT_FALSE(conductor.handed_on());
  EXPECT_FALSE(lock_is_free());
}

TEST_F(HandedOn, nothing_is_let_go_where_nothing_else_is_left_to_conduct) {
  EXPECT_EQ(run(other), Conductor::End::finished);  // which ends the other one, too
  ASSERT_TRUE(fleet.find(own)->finished);
  const auto last = conductor.begin(plan_of({.waves = {1}}), "lena");
  ASSERT_TRUE(last);
  crew.meanwhile = [this] { EXPECT_FALSE(lock_is_free()); };
  EXPECT_EQ(run(*last), Conductor::End::finished);
  EXPECT_FALSE(conductor.handed_on());
}

/// They would have taken room, and the process would have stayed for as long as they waited.
TEST_F(Conducted, hosts_of_another_rollout_that_cannot_be_spoken_to_are_not_taken_forward) {
  std::string why = "env:X is not set";
  std::vector<std::string> told;
  Watcher watcher;
  watcher.on_lack = [&](const RolloutState& rollout, const std::string& text) {
    told.push_back(rollout.name + ": " + text);
  };
  const OwnSide own_side{{}, [&](const RolloutState& rollout) { return rollout.name == "other" ? why : ""; }};
  Conductor picky(*store, crew, fleet, watcher, interrupts, kRequestPoll, kSnapshotEvery, own_side);
  const auto other = picky.begin(other_plan(2, 5), "omar");
  const auto own = picky.begin(plan_of({.waves = {1}}), "lena");
  ASSERT_TRUE(other && own);
  crew.meanwhile = [&] { EXPECT_EQ(store->holder().value()->lacks, (journal::Lacks{{"other", why}})); };
  ASSERT_TRUE(picky.run(*own));
  EXPECT_TRUE(fleet.find(*own)->finished);
  EXPECT_EQ(interrupts, 0) << "it left by itself";
  EXPECT_EQ(state(*other, 0), State::waiting);
  EXPECT_THAT(told, testing::ElementsAre("other: env:X is not set"));
  const Instant begun = crew.now().steady;
  const auto next = picky.begin(plan_of({.waves = {1}}), "lena");
  ASSERT_TRUE(next);
  crew.meanwhile = [&] {
    if (crew.now().steady > begun + std::chrono::minutes(3)) why.clear();
  };
  crew.hangs = [&](const Command& command) { return command.rollout == *next && !fleet.find(*other)->finished; };
  ASSERT_TRUE(picky.run(*next));
  EXPECT_EQ(state(*other, 1), State::updated) << "it was mended meanwhile";
  EXPECT_EQ(interrupts, 0);
}

/// Another rollout quarantined one of them: nobody waits for its release, and it goes back after that.
TEST_F(Conducted, a_process_that_rolls_back_waits_for_no_release) {
  const auto id = conductor.begin(plan_of({.waves = {2}}), "lena");
  ASSERT_TRUE(id);
  ASSERT_EQ(run(*id), Conductor::End::finished);
  ResolvedPlan cards = plan_of({.waves = {2}});
  cards.rollout = "cards";
  cards.components[0].select.name = "NIC";
  const auto other = conductor.begin(std::move(cards), "lena");
  ASSERT_TRUE(other);
  crew.script = [&](const Command& command) -> std::optional<Outcome> {
    if (command.action != Action::activate || command.host != 0) return std::nullopt;
    Outcome lost;
    lost.verdict = Outcome::Verdict::lost;
    lost.cause = Cause::armed;
    return lost;
  };
  ASSERT_EQ(run(*other), Conductor::End::finished);
  ASSERT_EQ(state(*other, 0), State::quarantined);
  crew.script = nullptr;
  ASSERT_TRUE(conductor.ask({Verb::roll_back, *id, "omar", "", {}, ""}));
  const auto end = conductor.run(*id, Starts::ways_back);
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, Conductor::End::at_rest);
  EXPECT_EQ(interrupts, 0) << "it left by itself";
  EXPECT_EQ(state(*id, 0), State::updated);
  EXPECT_EQ(state(*id, 1), State::rolled_back);
  ASSERT_TRUE(conductor.ask({Verb::release, 0, "omar", "seen to", {}, fleet.find(*id)->plan->hosts[0].name}));
  ASSERT_TRUE(conductor.run(*id, Starts::ways_back));
  EXPECT_EQ(state(*id, 0), State::rolled_back) << "the wish is on record";
}

/// The canary is well, the process is gone, and an operator wants the canary back: nobody else is taken forward.
TEST_F(Conducted, a_process_that_rolls_back_takes_no_host_forward) {
  const auto other = conductor.begin(other_plan(2, 1), "lena");
  crew.script = [&](const Command& command) -> std::optional<Outcome> {
    if (command.action == Action::check) interrupts = 1;
    return std::nullopt;
  };
  const auto id = conductor.begin(plan_of({.waves = {1, 2}}), "lena");
  ASSERT_TRUE(other && id);
  EXPECT_EQ(run(*id), Conductor::End::at_rest);
  ASSERT_EQ(state(*id, 0), State::updated);
  crew.script = nullptr;
  interrupts = 0;
  const long started = crew.started(Action::stage);
  ASSERT_TRUE(conductor.ask({Verb::roll_back, *id, "omar", "", {}, "n0"}));
  crew.meanwhile = [&] { EXPECT_EQ(store->holder().value()->leaving, journal::Leaving::ways_back); };
  const auto end = conductor.run(*id, Starts::ways_back);
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, Conductor::End::at_rest);
  EXPECT_EQ(state(*id, 0), State::rolled_back);
  EXPECT_EQ(state(*id, 1), State::waiting);
  EXPECT_FALSE(fleet.find(*id)->halted) << "no gate is judged";
  EXPECT_EQ(crew.started(Action::stage), started) << "of the other rollout, too";
}

/// Several runs were asked for: one process rolls all of their hosts back.
TEST_F(Conducted, a_process_that_rolls_back_does_so_in_every_run) {
  const auto other = conductor.begin(other_plan(2), "lena");
  const auto id = conductor.begin(plan_of({.waves = {2}}), "lena");
  ASSERT_TRUE(other && id);
  ASSERT_EQ(run(*id), Conductor::End::finished);
  ASSERT_EQ(run(*other), Conductor::End::finished);
  ASSERT_TRUE(conductor.ask({Verb::roll_back, *other, "omar", "", {}, ""}));
  ASSERT_TRUE(conductor.ask({Verb::roll_back, *id, "omar", "", {}, ""}));
  const auto end = conductor.run(*id, Starts::ways_back);
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, Conductor::End::finished);
  for (const RolloutId one : {*id, *other}) {
    EXPECT_EQ(state(one, 0), State::rolled_back);
    EXPECT_EQ(state(one, 1), State::rolled_back);
    EXPECT_TRUE(fleet.find(one)->finished);
  }
}

}  // namespace
}  // namespace breakwater::leaving_test
