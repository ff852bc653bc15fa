// The loop over a real journal, with a crew that answers at once; and over one that is busy.
#include "orchestrator/conductor.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace breakwater::conductor_test
