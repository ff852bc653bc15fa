// What the end of a command means for its host, as a table.
#include <gtest/gtest.h>

#include <cctype>

#include "orchestrator/core/fleet.hpp"
#include "orchestrator/core/outcome.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::outcome_test {
namespace {

using enum Outcome::Verdict;

struct Row {
  const char* name;
  Action action;
  Outcome::Verdict verdict;
  std::optional<Input> input;
  std::uint32_t update = 0;   ///< of the command, in a host of two updates
  std::uint32_t touched = 0;  ///< of the host, when the command ends
  Cause cause = Cause::task_failed;
  bool halted = false;
  bool paused = false;
  bool way_back = true;
  int uploads = 1;  ///< of two allowed
};

constexpr Row kRows[] = {
    {"prepared", Action::prepare, done, Input::can_stage},
    {"nothing to do", Action::prepare, current, Input::all_current},
    {"drifted", Action::prepare, untouched, Input::turned_away},
    {"prepare failed", Action::prepare, failed, Input::turned_away},
    {"never answered", Action::prepare, lost, Input::turned_away},
    {"prepared, halted", Action::prepare, done, Input::halted, 0, 0, Cause::none, true},
    {"prepared, stopped", Action::prepare, done, Input::taken_back, 0, 0, Cause::none, false, true},

    {"staged", Action::stage, done, Input::image_waits},
    {"upload cut", Action::stage, untouched, std::nullopt, 0, 0, Cause::upload_failed},
    {"upload cut again", Action::stage, untouched, Input::turned_away, 0, 0, Cause::upload_failed, false, false, true,
     2},
    {"upload cut, halted", Action::stage, untouched, Input::halted, 0, 0, Cause::upload_failed, true},
    {"upload cut, stopped", Action::stage, untouched, Input::taken_back, 0, 0, Cause::upload_failed, false, true},
    {"second upload cut, stopped", Action::stage, untouched, std::nullopt, 1, 1, Cause::upload_failed, false, true},
    {"second upload cut, halted", Action::stage, untouched, Input::gone_wrong, 1, 1, Cause::upload_failed, true},
    {"second upload failed", Action::stage, untouched, Input::gone_wrong, 1, 1, Cause::image_refused},
    {"second upload failed, no way back", Action::stage, untouched, Input::hands_needed, 1, 1, Cause::image_refused,
     false, false, false},
    {"image refused", Action::stage, untouched, Input::turned_away, 0, 0, Cause::image_refused},
    {"staging cannot be told", Action::stage, failed, Input::hands_needed, 0, 0, Cause::ambiguous},
    {"lost while staging", Action::stage, lost, Input::hands_needed},

    {"window closed before its image", Action::stage, untouched, Input::taken_back, 0, 0, Cause::window_closed},
    {"window closed before its image, halted", Action::stage, untouched, Input::halted, 0, 0, Cause::window_closed,
     true},
    {"window closed before its second image", Action::stage, untouched, std::nullopt, 1, 1, Cause::window_closed},
    {"window closed before its second image, halted", Action::stage, untouched, Input::gone_wrong, 1, 1,
     Cause::window_closed, true},
    {"window closed before its reset", Action::activate, untouched, Input::taken_back, 0, 1, Cause::window_closed},
    {"window closed before its reset, halted", Action::activate, untouched, Input::halted, 0, 1, Cause::window_closed,
     true},
    {"window closed before its second reset", Action::activate, untouched, Input::gone_wrong, 1, 2,
     Cause::window_closed},
    {"too little time left to run it", Action::activate, untouched, Input::turned_away, 0, 1, Cause::timed_out},
    {"too little time left to run the second", Action::activate, untouched, Input::gone_wrong, 1, 2, Cause::timed_out},

    {"activated", Action::activate, done, Input::activated, 0, 1},
    {"runs it already", Action::activate, current, Input::activated, 0, 1},
    {"unchanged", Action::activate, untouched, Input::nothing_changed, 0, 1, Cause::unchanged},
    {"upload that activates cut", Action::activate, untouched, Input::turned_away, 0, 1, Cause::upload_failed},
    {"image refused at once", Action::activate, untouched, Input::turned_away, 0, 1, Cause::image_refused},
    {"second unchanged", Action::activate, untouched, Input::gone_wrong, 1, 2, Cause::unchanged},
    {"second unchanged, no way back", Action::activate, untouched, Input::hands_needed, 1, 2, Cause::unchanged, false,
     false, false},
    {"activation failed", Action::activate, failed, Input::gone_wrong, 0, 1},
    {"activation failed, no way back", Action::activate, failed, Input::hands_needed, 0, 1, Cause::task_failed, false,
     false, false},
    {"lost in activation", Action::activate, lost, Input::hands_needed, 0, 1, Cause::lost},

    {"first holds", Action::check, done, Input::can_stage, 0, 1},
    {"first holds, stopped", Action::check, done, Input::can_stage, 0, 1, Cause::none, false, true},
    {"first holds, halted", Action::check, done, Input::gone_wrong, 0, 1, Cause::none, true},
    {"all hold", Action::check, done, Input::all_hold, 0, 2},
    {"all hold, halted", Action::check, done, Input::all_hold, 0, 2, Cause::none, true},
    {"unhealthy", Action::check, failed, Input::gone_wrong, 0, 2, Cause::unhealthy},
    {"unhealthy, no way back", Action::check, failed, Input::hands_needed, 0, 2, Cause::unhealthy, false, false, false},
    {"check untouched", Action::check, untouched, Input::gone_wrong, 0, 2, Cause::unhealthy},
    {"lost in check", Action::check, lost, Input::hands_needed, 0, 2, Cause::lost},

    {"cancelled, stopped", Action::cancel, done, Input::taken_back, 0, 0, Cause::none, false, true},
    {"cancelled, halted", Action::cancel, done, Input::halted, 0, 0, Cause::none, true},
    {"cancelled, resumed meanwhile", Action::cancel, done, Input::taken_back},
    {"second cancelled, stopped", Action::cancel, done, Input::can_stage, 1, 1, Cause::none, false, true},
    {"second cancelled", Action::cancel, done, Input::gone_wrong, 1, 1, Cause::none, true},
    {"armed", Action::cancel, failed, Input::hands_needed, 0, 0, Cause::armed, true},
    {"lost in cancel", Action::cancel, lost, Input::hands_needed, 0, 0, Cause::lost, true},

    {"prepare withdrawn", Action::prepare, untouched, Input::taken_back, 0, 0, Cause::withdrawn, false, true},
    {"prepare withdrawn, halted", Action::prepare, untouched, Input::halted, 0, 0, Cause::withdrawn, true, true},
    {"upload withdrawn", Action::stage, untouched, Input::taken_back, 0, 0, Cause::withdrawn, false, true},
    {"second upload withdrawn", Action::stage, untouched, std::nullopt, 1, 1, Cause::withdrawn, false, true},
    {"second upload withdrawn, halted", Action::stage, untouched, Input::gone_wrong, 1, 1, Cause::withdrawn, true,
     true},
    {"activation withdrawn", Action::activate, untouched, Input::image_waits, 0, 1, Cause::withdrawn, false, true},
    {"way back withdrawn", Action::roll_back, untouched, std::nullopt, 1, 2, Cause::withdrawn, false, true},

    {"first of two back", Action::roll_back, done, Input::one_undone, 1, 2},
    {"last back", Action::roll_back, done, Input::undone, 0, 1},
    {"did not go back", Action::roll_back, failed, Input::hands_needed, 0, 1},
    {"lost on its way back", Action::roll_back, lost, Input::hands_needed, 0, 1},
    {"came back", Action::check_back, done, Input::came_back},
    {"back and ill", Action::check_back, failed, Input::hands_needed},
    {"back and lost", Action::check_back, lost, Input::hands_needed},
};

class Inputs : public testing::TestWithParam<Row> {};

TEST_P(Inputs, follow_the_table) {
  const Row& row = GetParam();
  ResolvedPlan plan = plan_of({.waves = {1}, .updates = 2});
  plan.attempts.upload = 2;
  if (!row.way_back) plan.hosts[0].updates[0].way_back = WayBack::none;
  RolloutState rollout;
  rollout.plan = std::make_shared<const ResolvedPlan>(plan);
  rollout.halted = row.halted;
  rollout.paused = row.paused;
  HostTrip trip;
  trip.touched = row.touched;
  trip.uploads = row.uploads;
  trip.stages = true;
  Command command;
  command.action = row.action;
  command.update = row.update;
  Outcome outcome;
  outcome.verdict = row.verdict;
  outcome.cause = row.cause;
  outcome.stages = true;
  const auto input = input_of(rollout, trip, command, outcome);
  EXPECT_EQ(input.has_value(), row.input.has_value());
  if (input && row.input) {
    EXPECT_EQ(to_string(*input), to_string(*row.input));
  }
}

INSTANTIATE_TEST_SUITE_P(Table, Inputs, testing::ValuesIn(kRows), [](const auto& param) {
  std::string name;
  for (const char c : std::string_view(param.param.name)) name += std::isalpha(static_cast<unsigned char>(c)) ? c : '_';
  return name;
});

TEST(HasWayBack, counts_only_what_was_touched) {
  ResolvedPlan plan = plan_of({.waves = {1}, .updates = 3});
  plan.hosts[0].updates[1].way_back = WayBack::none;
  EXPECT_TRUE(has_way_back(plan.hosts[0], 0));
  EXPECT_TRUE(has_way_back(plan.hosts[0], 1));
  EXPECT_FALSE(has_way_back(plan.hosts[0], 2));
  EXPECT_FALSE(has_way_back(plan.hosts[0], 9));
}

}  // namespace
}  // namespace breakwater::outcome_test
