// Which rollout an event is about, and who writes it. That a new one is answered, the compiler holds.
#include "orchestrator/core/event_facts.hpp"

#include <gtest/gtest.h>

namespace breakwater::event_facts_test {
namespace {

struct Case {
  Event event;
  RolloutId rollout;
  bool conducted;
};

TEST(EventFacts, each_event_has_its_own) {
  Command command;
  command.rollout = 3;
  const std::vector<Case> cases{
      {RolloutStarted{}, 9, false},
      {ConductorStarted{3, 4711}, 3, true},
      {CommandIssued{command}, 3, true},
      {EvidenceSeen{5, 3, 0, {}}, 3, true},
      {CommandEnded{5, 3, 0, {}}, 3, true},
      {GateJudged{3, 0, GateVerdict::pass, ""}, 3, true},
      {RolloutHalted{3, "", kUndoNone}, 3, true},
      {OperatorAsked{Verb::pause, 3, "omar", "", {}, ""}, 3, false},
      {RolloutFinished{3}, 3, true},
      {StartRefused{"bios", "omar", "full"}, 0, false},
      {SnapshotTaken{8, 6, Sha256()}, 0, true},
  };
  ASSERT_EQ(cases.size(), std::variant_size_v<Event>);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    ASSERT_EQ(cases[i].event.index(), i);
    const EventFacts facts = facts_of(Recorded{9, Instant(), cases[i].event});
    EXPECT_EQ(facts.rollout, cases[i].rollout) << i;
    EXPECT_EQ(facts.conducted, cases[i].conducted) << i;
  }
}

}  // namespace
}  // namespace breakwater::event_facts_test
