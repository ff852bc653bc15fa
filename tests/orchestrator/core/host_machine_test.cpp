#include "orchestrator/core/host_machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace breakwater::host_machine_test {
namespace {

constexpr int kStates = static_cast<int>(State::quarantined) + 1;
constexpr int kInputs = static_cast<int>(Input::hands_needed) + 1;

/// The rows again, by hand: `state input state`.
constexpr std::string_view kRows[] = {
    "waiting start preparing",
    "waiting halted not_started",
    "preparing all_current current",
    "preparing can_stage staging",
    "preparing can_apply activating",
    "preparing turned_away refused",
    "preparing taken_back waiting",
    "preparing halted not_started",
    "staging image_waits staged",
    "staging turned_away refused",
    "staging gone_wrong rolling_back",
    "staging hands_needed quarantined",
    "staging taken_back waiting",
    "staging halted not_started",
    "staged activation activating",
    "staged taken_back waiting",
    "staged can_stage staging",
    "staged halted not_started",
    "staged gone_wrong rolling_back",
    "staged hands_needed quarantined",
    "activating activated checking",
    "activating gone_wrong rolling_back",
    "activating nothing_changed checking_back",
    "activating turned_away refused",
    "activating taken_back waiting",
    "activating image_waits staged",
    "activating halted not_started",
    "activating hands_needed quarantined",
    "checking can_stage staging",
    "checking can_apply activating",
    "checking all_hold updated",
    "checking gone_wrong rolling_back",
    "checking hands_needed quarantined",
    "rolling_back one_undone rolling_back",
    "rolling_back undone checking_back",
    "rolling_back left_updated updated",
    "rolling_back left_as_before rolled_back",
    "rolling_back left_released quarantined",
    "rolling_back hands_needed quarantined",
    "checking_back came_back rolled_back",
    "checking_back hands_needed quarantined",
    "updated undo rolling_back",
    "updated gone_wrong updated",
    "updated hands_needed quarantined",
    "rolled_back undo rolling_back",
    "rolled_back hands_needed quarantined",
    "quarantined undo rolling_back",
};

TEST(HostMachine, every_state_takes_exactly_its_inputs) {
  std::set<std::string> rows(std::begin(kRows), std::end(kRows));
  for (int s = 0; s < kStates; ++s) {
    for (int i = 0; i < kInputs; ++i) {
      const auto next = next_state(static_cast<State>(s), static_cast<Input>(i));
      if (!next) continue;
      const std::string row = std::string(to_string(static_cast<State>(s))) + ' ' +
                              std::string(to_string(static_cast<Input>(i))) + ' ' + std::string(to_string(*next));
      EXPECT_EQ(rows.erase(row), 1u) << row;
    }
  }
  EXPECT_TRUE(rows.empty()) << *rows.begin();
  EXPECT_EQ(host_transitions().size(), std::size(kRows));
}

/// Where a host of this state may come to, itself included.
std::set<State> reached_from(State state) {
  std::set<State> reached{state};
  for (std::size_t before = 0; before != reached.size();) {
    before = reached.size();
    for (const Transition& row : host_transitions()) {
      if (reached.contains(row.from)) reached.insert(row.to);
    }
  }
  return reached;
}

/// What nothing leads to would be answered everywhere, and seen by nobody.
TEST(HostMachine, every_state_is_reached_by_a_host_that_waits) {
  const std::set<State> reached = reached_from(State::waiting);
  for (int s = 0; s < kStates; ++s) {
    EXPECT_TRUE(reached.contains(static_cast<State>(s))) << to_string(static_cast<State>(s));
  }
}

TEST(HostMachine, every_state_on_the_way_reaches_an_end) {
  for (int s = 0; s < kStates; ++s) {
    const std::set<State> reached = reached_from(static_cast<State>(s));
    const bool ends = std::any_of(reached.begin(), reached.end(), is_end);
    EXPECT_TRUE(ends) << to_string(static_cast<State>(s));
  }
}

/// One that is found ill in its soak stays where it is until its way back has its turn. One that is released from its
/// quarantine may be rolled back, and so may what another run had brought anew when the rest of a host went back.
TEST(HostMachine, an_end_is_left_only_to_undo_an_update_or_where_nobody_will) {
  for (const Transition& row : host_transitions()) {
    if (!is_end(row.from)) continue;
    EXPECT_TRUE(row.from == State::updated || row.from == State::rolled_back ||
                (row.from == State::quarantined && row.input == Input::undo));
    const bool waits_to_go_back = row.input == Input::gone_wrong && row.to == row.from;
    EXPECT_TRUE(row.input == Input::undo || waits_to_go_back ||
                (row.input == Input::hands_needed && row.to == State::quarantined));
  }
}

TEST(HostMachine, no_state_that_may_have_changed_is_taken_for_untouched) {
  for (const State from : {State::checking, State::rolling_back, State::checking_back}) {
    for (const Transition& row : host_transitions()) {
      if (row.from != from) continue;
      EXPECT_NE(row.to, State::refused);
      EXPECT_NE(row.to, State::not_started);
      EXPECT_NE(row.to, State::waiting);
    }
  }
}

TEST(HostMachine, a_host_is_away_until_it_is_proven_well_or_untouched) {
  const std::set<State> away{State::preparing, State::staging,      State::staged,        State::activating,
                             State::checking,  State::rolling_back, State::checking_back, State::quarantined};
  for (int s = 0; s < kStates; ++s) {
    EXPECT_EQ(is_away(static_cast<State>(s)), away.contains(static_cast<State>(s))) << to_string(static_cast<State>(s));
  }
}

TEST(HostMachine, every_state_and_input_has_its_own_word) {
  std::set<std::string_view> words;
  for (int s = 0; s < kStates; ++s) words.insert(to_string(static_cast<State>(s)));
  EXPECT_EQ(words.size(), static_cast<std::size_t>(kStates));
  words.clear();
  for (int i = 0; i < kInputs; ++i) words.insert(to_string(static_cast<Input>(i)));
  EXPECT_EQ(words.size(), static_cast<std::size_t>(kInputs));
}

}  // namespace
}  // namespace breakwater::host_machine_test
