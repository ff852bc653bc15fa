// What is shown of a rollout under way, and with which code it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "orchestrator/cli/apply_view.hpp"
#include "orchestrator/cli/conducting.hpp"
#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::cli::view_test {
namespace {

class View : public testing::Test {
 protected:
  View() : console_(out_, err_) { made_.start(); }
  const RolloutState& rollout() const { return *made_.fleet.find(RolloutId{1}); }

  std::ostringstream out_;
  std::ostringstream err_;
  Console console_;
  MadeFleet made_;
};

TEST_F(View, lines_are_one_an_event_and_a_wait_is_told_once) {
  ApplyView view(console_, ApplyView::Mode::lines, made_.fleet);
  view.on_record(made_.issue(0, Action::prepare));
  Decision decision;
  decision.waits = {Blocker{StartRule::paused, "paused by an operator", {}}};
  view.on_decision(rollout(), decision, Now{kBegin, kBegin});
  view.on_decision(rollout(), decision, Now{kBegin, kBegin});
  EXPECT_EQ(out_.str(),
            "2026-11-02 22:00:01Z  n1                preparing: identity, versions, nothing else running\n"
            "2026-11-02 22:00:00Z  waits: paused by an operator\n");
}

TEST_F(View, exit_codes) {
  using End = Conductor::End;
  RolloutState state = rollout();
  const auto all = [&state](State to) {
    for (HostIndex i = 0; i < state.hosts.size(); ++i) state.hosts[i].state = to;
  };
  all(State::updated);
  state.finished = true;
  state.hosts[1].state = State::current;
  EXPECT_EQ(exit_for(state, End::finished), Exit::done);
  state.hosts[2].state = State::refused;
  EXPECT_EQ(exit_for(state, End::finished), Exit::failed);
  state.hosts[2].state = State::quarantined;
  EXPECT_EQ(exit_for(state, End::finished), Exit::quarantined);
  state.hosts[3].state = State::rolled_back;
  EXPECT_EQ(exit_for(state, End::finished), Exit::halted) << "5 wins over 6";
  EXPECT_EQ(exit_for(state, End::left), Exit::try_later);
  EXPECT_EQ(exit_for(state, End::at_rest), Exit::try_later);
  state.stopping = true;
  EXPECT_EQ(exit_for(state, End::at_rest), Exit::waits);
  all(State::updated);
  state.halted = true;
  EXPECT_EQ(exit_for(state, End::finished), Exit::halted);
}

TEST_F(View, the_next_step_of_a_rollout_that_nobody_conducts_never_waits_for_ever) {
  RolloutState state = rollout();
  const std::string apply = "breakwater apply " + state.plan->rollout;
  const std::string resume = "breakwater resume " + state.plan->rollout + " && " + apply;
  EXPECT_EQ(way_on(state), apply);
  state.paused = true;
  EXPECT_EQ(way_on(state), resume);
  state.stopping = true;
  EXPECT_EQ(way_on(state), resume);
  state.open_commands = 1;  // as kill -9 leaves it
  EXPECT_EQ(way_on(state), apply + ", which brings what is in flight to rest; to go on: " + resume);
  state.stopping = false;
  EXPECT_EQ(way_on(state), resume);
}

TEST_F(View, a_rollback_is_done_when_every_host_that_was_meant_is_back) {
  using End = Conductor::End;
  RolloutState state = rollout();
  for (HostIndex i = 0; i < state.hosts.size(); ++i) state.hosts[i].state = State::rolled_back;
  OperatorAsked all;
  all.verb = Verb::roll_back;
  OperatorAsked canary = all;
  canary.wave = 0;
  OperatorAsked one = all;
  one.host = "n3";
  EXPECT_EQ(exit_for_rollback(state, End::finished, all), Exit::done);
  state.hosts[2].state = State::updated;
  EXPECT_EQ(exit_for_rollback(state, End::finished, all), Exit::failed);
  EXPECT_EQ(exit_for_rollback(state, End::finished, canary), Exit::done);
  EXPECT_EQ(exit_for_rollback(state, End::finished, one), Exit::failed);
  state.hosts[1].state = State::quarantined;
  EXPECT_EQ(exit_for_rollback(state, End::finished, all), Exit::quarantined);
  EXPECT_EQ(exit_for_rollback(state, End::left, all), Exit::try_later);
}

}  // namespace
}  // namespace breakwater::cli::view_test
