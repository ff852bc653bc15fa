// While a command waits for our own side: nothing new starts, the reason is told, and no deadline runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/explain.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::own_side_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kReason = "file:bmc.login cannot be read: No such file or directory";

struct Waiting : testing::Test {
  Waiting() {
    drill.folds_again = true;
    drill.start(plan_of({.waves = {3}, .racks = 3, .per_rack = 1, .global = 2}));
    drill.run_until([this] { return drill.state("n0") == State::staging && drill.trip("n0").open; });
  }
  void say(Evidence::Kind kind, const std::string& text) {
    drill.record(EvidenceSeen{drill.trip("n0").open->id, 1, 0, {kind, text}});
  }
  Duration spent() const {
    const HostTrip& trip = drill.trip("n0");
    return trip.spent + (drill.rollout().under_way(drill.now.steady) - trip.issued);
  }
  void pass(Duration length) {
    drill.now.steady += length;
    drill.now.wall += length;
  }

  Drill drill;
};

TEST_F(Waiting, nothing_new_starts_until_it_is_mended) {
  say(Evidence::Kind::own_fault, kReason);
  const auto blocker = may_start({drill.fleet, drill.rollout(), 2, drill.now});
  ASSERT_TRUE(blocker);
  EXPECT_EQ(blocker->rule, StartRule::own_side);
  EXPECT_THAT(blocker->text, HasSubstr("n0"));
  EXPECT_THAT(blocker->text, HasSubstr(kReason));
  EXPECT_FALSE(blocker->wake) << "the mend wakes it, not the time";
  say(Evidence::Kind::mended, "");
  const auto next = may_start({drill.fleet, drill.rollout(), 2, drill.now});
  EXPECT_TRUE(!next || next->rule != StartRule::own_side);
  drill.run();
  EXPECT_EQ(drill.in(State::updated).size(), 3U);
}

TEST_F(Waiting, explain_says_what_it_waits_for_and_what_wakes_it) {
  say(Evidence::Kind::own_fault, kReason);
  pass(minutes(7));
  const Explanation explained = explain(drill.fleet, "n0", drill.present());
  ASSERT_FALSE(explained.reasons.empty());
  EXPECT_EQ(explained.reasons[0].word, "OwnSideFails");
  EXPECT_THAT(explained.reasons[0].text, HasSubstr(kReason));
  EXPECT_THAT(explained.reasons[0].text, HasSubstr("goes on by itself"));
  EXPECT_THAT(explained.reasons[0].text, HasSubstr("7m"));
}

std::vector<std::string> words(const std::vector<Blocker>& waits) {
  std::vector<std::string> words;
  for (const Blocker& wait : waits) words.emplace_back(row_of(wait.rule).word);
  return words;
}

TEST_F(Waiting, a_decision_names_each_such_host_once) {
  drill.run_until([this] { return drill.trip("n0").open && drill.trip("n1").open; });
  say(Evidence::Kind::own_fault, kReason);
  EXPECT_THAT(words(decide(drill.fleet, 1, drill.now).waits), ElementsAre("OwnSideFails", "InFlight")) << "n2 waits";
  drill.record(EvidenceSeen{drill.trip("n1").open->id, 1, 1, {Evidence::Kind::own_fault, kReason}});
  EXPECT_THAT(words(decide(drill.fleet, 1, drill.now).waits), ElementsAre("OwnSideFails", "OwnSideFails", "InFlight"));
}

TEST_F(Waiting, a_decision_names_it_beside_a_pause) {
  say(Evidence::Kind::own_fault, kReason);
  drill.ask(Verb::pause, 1);
  EXPECT_THAT(words(decide(drill.fleet, 1, drill.now).waits), ElementsAre("Paused", "OwnSideFails", "InFlight"));
}

TEST(OwnSide, a_decision_names_it_though_nobody_is_left_to_start) {
  Drill drill;
  drill.start(plan_of({.waves = {1, 2}, .racks = 3, .per_rack = 1}));
  drill.run_until([&] { return drill.state("n0") == State::staging && drill.trip("n0").open; });
  drill.record(EvidenceSeen{drill.trip("n0").open->id, 1, 0, {Evidence::Kind::own_fault, kReason}});
  const std::vector<Blocker> waits = decide(drill.fleet, 1, drill.now).waits;
  ASSERT_THAT(words(waits), ElementsAre("OwnSideFails", "InFlight"));
  EXPECT_THAT(waits[0].text, HasSubstr(kReason));
  EXPECT_EQ(waits[0].text, explain(drill.fleet, "n1", drill.present()).reasons.at(0).text) << "the same row";
}

TEST_F(Waiting, the_wait_is_no_time_of_the_host) {
  const Duration before = spent();
  say(Evidence::Kind::own_fault, kReason);
  pass(hours(5));
  say(Evidence::Kind::own_fault, "another reason");
  pass(hours(2));
  say(Evidence::Kind::mended, "");
  EXPECT_EQ(spent(), before);
  pass(minutes(3));
  EXPECT_EQ(spent(), before + minutes(3));
}

TEST_F(Waiting, the_end_of_its_command_ends_the_wait) {
  say(Evidence::Kind::own_fault, kReason);
  drill.record(CommandEnded{drill.trip("n0").open->id, 1, 0, done()});
  EXPECT_THAT(drill.trip("n0").own_fault, IsEmpty());
  EXPECT_TRUE(drill.rollout().own_faults.empty());
}

TEST_F(Waiting, a_mend_of_nothing_changes_nothing) {
  const Duration before = spent();
  say(Evidence::Kind::mended, "");
  EXPECT_EQ(spent(), before);
}

}  // namespace
}  // namespace breakwater::own_side_test
