#include "orchestrator/cli/exit_code.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace breakwater::cli::exit_code_test {
namespace {

/// Scripts depend on these numbers: the README names them.
TEST(ExitCode, of_a_rollout_is_the_documented_number) {
  const std::pair<RolloutOutcome, int> kRows[] = {
      {RolloutOutcome::running, 4}, {RolloutOutcome::paused, 4},      {RolloutOutcome::stopped, 4},
      {RolloutOutcome::halting, 5}, {RolloutOutcome::updated, 0},     {RolloutOutcome::incomplete, 1},
      {RolloutOutcome::halted, 5},  {RolloutOutcome::rolled_back, 5}, {RolloutOutcome::quarantined, 6},
  };
  for (const auto& [outcome, code] : kRows) EXPECT_EQ(static_cast<int>(exit_for(outcome)), code) << to_string(outcome);
}

TEST(ExitCode, of_a_problem_is_the_documented_number_and_its_words_are_harmless) {
  const std::pair<Problem::Kind, int> kRows[] = {
      {Problem::Kind::failed, 1},  {Problem::Kind::bad_argument, 64}, {Problem::Kind::bad_document, 65},
      {Problem::Kind::refused, 3}, {Problem::Kind::try_later, 75},
  };
  for (const auto& [kind, code] : kRows) {
    std::ostringstream out;
    std::ostringstream err;
    const Console console(out, err);
    const Exit exit = report(console, problem(kind, "it\x1b[2J broke", "breakwater status"));
    EXPECT_EQ(static_cast<int>(exit), code);
    EXPECT_EQ(err.str().find('\x1b'), std::string::npos);
    EXPECT_NE(err.str().find("broke\nnext: breakwater status\n"), std::string::npos) << err.str();
    EXPECT_EQ(out.str(), "");
  }
}

}  // namespace
}  // namespace breakwater::cli::exit_code_test
