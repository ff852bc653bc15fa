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

TEST(ExitCode, of_a_plan_without_hosts_tells_done_from_cannot) {
  const auto left_out = [](const std::string& host, const std::string& reason) {
    return LeftOut{host, {}, reason, "told", false};
  };
  const auto idle = [](std::vector<LeftOut> hosts, std::optional<AwayAllowed> allowed = std::nullopt) {
    ResolvedPlan plan;
    plan.rollout = "bios-3.4";
    plan.left_out = std::move(hosts);
    std::ostringstream out;
    std::ostringstream err;
    const Exit code = report(Console(out, err), idle_of(plan, allowed, "fleet/rollout.yaml"));
    EXPECT_EQ(out.str(), "");
    return std::pair(static_cast<int>(code), err.str().substr(0, err.str().find('\n')));
  };
  const std::pair converged(0, std::string("bios-3.4: there is nothing to do"));
  EXPECT_EQ(idle({left_out("n1", "current"), left_out("n2", "held"), left_out("n3", "excluded")}), converged);
  EXPECT_EQ(idle({}), std::pair(7, std::string("bios-3.4: no host of the Inventory matches its targets")));
  EXPECT_EQ(idle({left_out("n1", "current"), left_out("n2", "not_matched")}), converged)
      << "its targets leave the second one out, for good";
  EXPECT_EQ(idle({left_out("n1", "not_matched"), left_out("n2", "held")}),
            std::pair(7, std::string("bios-3.4: no host matches its targets: 1 not matched (n1)")));
  const std::vector<LeftOut> some_away{left_out("n1", "current"), left_out("n2", "unreachable"),
                                       left_out("n3", "unreachable"), left_out("n4", "login_refused"),
                                       left_out("n5", "not_matched")};
  const std::string away = "1 login refused (n4), 2 unreachable (n2, n3)";
  EXPECT_EQ(idle(some_away), std::pair(7, "bios-3.4: no host can be updated now: " + away));
  EXPECT_EQ(
      idle(some_away, AwayAllowed::parse("3")),
      std::pair(0, "bios-3.4: there is nothing to do; 3 of 5 hosts did not answer or refused the login: " + away));
  EXPECT_EQ(idle({left_out("n1", "unreachable"), left_out("n2", "busy")}, AwayAllowed::parse("1")),
            std::pair(7, std::string("bios-3.4: no host can be updated now: 1 busy (n2)")))
      << "it answered, and is not up to date";
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
