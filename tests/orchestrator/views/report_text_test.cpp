#include "orchestrator/views/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::views::report_text_test {
namespace {

using testing::HasSubstr;

Report report_of(const Drill& drill) {
  ReportBuilder builder;
  for (const Recorded& record : drill.records) builder.take(record);
  return builder.report(1).value();
}

TEST(ReportText, the_text_fits_the_page_and_lets_nothing_through) {
  Drill drill;
  Outcome lost = ends(Outcome::Verdict::lost, Cause::lost);
  lost.detail = "the BMC said \x1b[31m" + std::string(60, 'x') + ' ' + std::string(60, 'y') + "\nupdated";
  drill.table[{"n0", Action::check}] = {lost};
  drill.start(plan_of({.waves = {1, 2}}));
  drill.run();
  const std::string text = report_text(report_of(drill));
  EXPECT_THAT(text, testing::StartsWith("bios: halted\n"));
  EXPECT_THAT(text, HasSubstr("\nquarantined: not touched again"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 120u) << line;
}

TEST(ReportText, a_wave_that_was_asked_back_is_told_as_what_became_of_it) {
  Drill drill;
  drill.table[{"n1", Action::roll_back}] = {ends(Outcome::Verdict::failed, Cause::roll_back_failed)};
  const RolloutId id = drill.start(plan_of({.waves = {2, 2}}));
  drill.run_until([&] { return drill.in(State::updated).size() == 2; });
  drill.ask(Verb::roll_back, id);
  EXPECT_THAT(report_text(report_of(drill)), HasSubstr("w0  2 updated; rollback asked for, not complete\n"));
  drill.run();
  const std::string text = report_text(report_of(drill));
  EXPECT_THAT(text, HasSubstr("w0  1 quarantined, 1 rolled_back; rolled back but for what is quarantined\n"));
  EXPECT_THAT(text, HasSubstr("w1  2 not_started\n"));
}

TEST(ExplanationText, reads_well_and_lets_nothing_through) {
  Drill drill;
  Outcome outcome = ends(Outcome::Verdict::lost, Cause::lost);
  outcome.detail = "\x1b[2J\ngone";
  drill.table[{"n0", Action::check}] = {outcome};
  drill.start(plan_of({.waves = {1, 1}}));
  drill.run();
  const std::string text = explanation_text(explain(drill.fleet, "n0", drill.present()));
  EXPECT_THAT(text, HasSubstr("  1 Quarantined  lost: ?[2J gone, by rollout bios, since 2026-11-22T"));
  EXPECT_THAT(text, HasSubstr("→ breakwater quarantine release n0"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace breakwater::views::report_text_test
