// What `status` and `explain` tell of a rollout that another process conducts, or that nobody does.
#include "orchestrator/cli/following.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/journal/memory_store.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::cli::following_test {
namespace {

using journal::Holder;
using journal::Leaving;
using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;

std::vector<std::string> words(const std::vector<Blocker>& waits) {
  std::vector<std::string> words;
  for (const Blocker& wait : waits) words.emplace_back(row_of(wait.rule).word);
  return words;
}

/// A canary that soaks, and a host behind it.
struct Following : testing::Test {
  Following() {
    drill.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
    drill.run_until([this] { return drill.state("n0") == State::updated; });
  }
  Present present() { return present_of(store, drill.fleet); }
  std::string first_of(const std::string& host, const Present& at) const {
    return explain(drill.fleet, host, at).reasons.at(0).word;
  }

  Drill drill;
  journal::MemoryStore store;
};

TEST_F(Following, durations_stand_still_from_a_conductors_last_record_while_nobody_conducts) {
  const Instant last = drill.records.back().at;
  ASSERT_EQ(drill.fleet.conducted(), last);
  EXPECT_EQ(present().now.steady, last);
  drill.now.steady += hours(1);
  drill.ask(Verb::pause, 1);
  EXPECT_EQ(present().now.steady, last) << "what an operator writes is no conducting";
  EXPECT_GE(present().clock, last + hours(1));
  ASSERT_TRUE(store.lock({7, "", drill.now.wall}));
  EXPECT_EQ(present().now.steady, last) << "it only writes down a wish";
  store.unlock();
  ASSERT_TRUE(store.lock({7, "bios", drill.now.wall}));
  EXPECT_EQ(present().now.steady, present().clock) << "somebody conducts";
}

TEST_F(Following, a_soak_without_a_conductor_is_told_as_the_next_one_will_go_on_with_it) {
  const Instant last = drill.records.back().at;
  const Instant later = last + hours(30);
  const Present nobody{{last, later}, later};
  EXPECT_THAT(words(waits_of(drill.fleet, 1, nobody)), ElementsAre("SoakRunning"));
  EXPECT_EQ(first_of("n1", nobody), "SoakRunning");
  EXPECT_EQ(waits_of(drill.fleet, 1, nobody)[0].until, later + hours(8));
  EXPECT_THAT(explain(drill.fleet, "n0", nobody).headline, testing::HasSubstr("1d 6h ago"));
}

TEST_F(Following, what_is_about_to_begin_hides_no_wait_that_explain_names) {
  drill.now = {drill.now.steady + hours(2), drill.now.wall + hours(2)};
  ASSERT_FALSE(decide(drill.fleet, 1, drill.now).acts.empty()) << "a look is due";
  const Present now = drill.present();
  EXPECT_THAT(words(waits_of(drill.fleet, 1, now)), ElementsAre("SoakRunning"));
  EXPECT_EQ(first_of("n1", now), "SoakRunning");
}

TEST(WaitsOf, what_is_about_to_begin_takes_no_room_yet) {
  Drill drill;
  drill.start(plan_of({.waves = {3}, .global = 1}));
  EXPECT_TRUE(waits_of(drill.fleet, 1, drill.present()).empty()) << "1 of 1 is not in flight";
}

TEST(WaitsOf, a_process_that_leaves_says_what_it_still_starts) {
  Drill drill;
  drill.start(plan_of({.waves = {3}, .global = 1}));
  journal::MemoryStore store;
  const auto told = [&](const Holder& holder, Leaving leaving) {
    EXPECT_TRUE(store.lock(holder));
    EXPECT_TRUE(store.say(leaving, {}));
    const Present present = present_of(store, drill.fleet);
    store.unlock();
    const Explanation explained = explain(drill.fleet, "n0", present);
    const bool leaves = explained.reasons.at(0).word == "Leaving";
    EXPECT_EQ(words(waits_of(drill.fleet, 1, present)), leaves ? std::vector<std::string>{"Leaving"} : words({}));
    EXPECT_EQ(explained.reasons[0].word, leaves ? "Leaving" : "InLine");
    EXPECT_EQ(explained.reasons[0].command, leaves ? "breakwater apply bios" : "breakwater status bios");
    return leaves;
  };
  const Holder own{7, "bios", kBegin};
  const Holder others{7, "other", kBegin};
  EXPECT_FALSE(told(own, Leaving::no));
  EXPECT_TRUE(told(own, Leaving::asked));
  EXPECT_TRUE(told(others, Leaving::asked));
  EXPECT_TRUE(told(others, Leaving::own_over)) << "it starts nothing more there";
  EXPECT_FALSE(told(own, Leaving::own_over));
  EXPECT_TRUE(told(own, Leaving::ways_back)) << "a rollback conducts, and takes none forward";
  EXPECT_TRUE(told(others, Leaving::ways_back));
  drill.record(RolloutHalted{1, "gate", kUndoNone});
  EXPECT_EQ(present_of(store, drill.fleet).starts(drill.rollout()), Starts::allowed);
  ASSERT_TRUE(store.lock(others));
  ASSERT_TRUE(store.say(Leaving::own_over, {}));
  EXPECT_EQ(present_of(store, drill.fleet).starts(drill.rollout()), Starts::allowed) << "ways back alone start";
}

}  // namespace
}  // namespace breakwater::cli::following_test
