#include "orchestrator/rehearsal/scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/orchestrator/rehearsal/rehearsed_plan.hpp"

namespace breakwater::rehearsal::scenario_test {
namespace {

using testing::HasSubstr;

Scenario parsed(const std::string& text) {
  const auto made = parse_scenario(text);
  EXPECT_TRUE(made) << text << ": " << (made ? "" : made.error());
  return made.value_or(Scenario());
}

TEST(Scenario, speaks_the_operators_words) {
  struct Case {
    const char* text;
    model::Faults::Flash flash;
    int per_mille;
    const char* pattern;
  };
  const std::vector<Case> cases = {
      {"bricks", model::Faults::Flash::bricks, 1'000, ""},
      {"bricks 5% of SYS-121C-*", model::Faults::Flash::bricks, 50, "SYS-121C-*"},
      {"lies of n7", model::Faults::Flash::lies, 1'000, "n7"},
      {"falls back 0.5%", model::Faults::Flash::falls_back, 5, ""},
      {"garbled", model::Faults::Flash::garbled, 1'000, ""},
      {"fails 100%", model::Faults::Flash::fails, 1'000, ""},
      {"hangs", model::Faults::Flash::stuck, 1'000, ""},
      {"bmc gone 2%", model::Faults::Flash::kills_bmc, 20, ""},
  };
  for (const Case& one : cases) {
    const Scenario made = parsed(one.text);
    EXPECT_EQ(made.words, one.text);
    EXPECT_EQ(made.faults.flash, one.flash) << one.text;
    EXPECT_EQ(made.per_mille, one.per_mille) << one.text;
    EXPECT_EQ(made.pattern, one.pattern) << one.text;
    EXPECT_TRUE(made.bad_image) << one.text;
  }
  EXPECT_EQ(parsed("unhealthy").faults.sick_after, Duration(0));
  EXPECT_EQ(parsed("unhealthy late").faults.sick_after, Duration(std::chrono::minutes(30)));
  EXPECT_EQ(parsed("unhealthy late after 2h 10%").faults.sick_after, Duration(std::chrono::hours(2)));
  EXPECT_EQ(parsed("boots 10 times slower of R760").faults.slow, 10);
  EXPECT_EQ(parsed("  upload   errors 20% ").words, "upload errors 20%");
  EXPECT_FALSE(parsed("upload errors").bad_image);
}

TEST(Scenario, loses_the_power_of_one_rack) {
  EXPECT_TRUE(parsed("power loss of a rack").power_loss);
  EXPECT_EQ(parsed("power loss of rack r1").rack, "r1");
  EXPECT_FALSE(parsed("power loss of rack r1").bad_image);
  const ResolvedPlan plan = rehearsed_plan();
  EXPECT_TRUE(speaks_of(parsed("power loss of rack r1"), plan.hosts[1]));
  EXPECT_FALSE(speaks_of(parsed("power loss of rack r1"), plan.hosts[2]));
}

TEST(Scenario, says_what_would_be_taken) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "known are: bricks, lies, falls back"},
      {"brciks", "known are: bricks, lies, falls back"},
      {"good", "known are: bricks"},
      {"bricks 5% of", "`of` wants a model or a host's name"},
      {"bricks SYS-121C", "the form is FAULT [SHARE%] [of PATTERN]"},
      {"bricks of a b", "'b' is not understood"},
      {"bricks 101%", "at most 100%"},
      {"bricks 100.5%", "at most 100%"},
      {"bricks -1%", "at most 100%"},
      {"bricks 1.25%", "at most 100%"},
      {"bricks %", "at most 100%"},
      {"boots", "boots N times slower"},
      {"boots 1 times slower", "from 2 to 100"},
      {"boots 101 times slower", "from 2 to 100"},
      {"boots ten times slower", "boots N times slower"},
      {"unhealthy late after", "wants a length of time"},
      {"unhealthy late after soon", "wants a length of time"},
      {"power loss of", "power loss of a rack"},
      {"power loss of rack", "power loss of rack r07"},
      {"power loss of a rack 5%", "'5%' is not understood"},
  };
  for (const auto& [text, wanted] : cases) {
    const auto made = parse_scenario(text);
    ASSERT_FALSE(made) << text;
    EXPECT_THAT(made.error(), HasSubstr(wanted)) << text;
  }
}

TEST(Scenario, every_fault_that_help_teaches_is_understood) {
  for (const FaultWords& one : fault_words()) EXPECT_TRUE(parse_scenario(one.phrase)) << one.phrase;
}

TEST(Scenario, the_menu_begins_with_a_good_image_and_holds_every_fault_once) {
  std::set<std::string> names;
  for (const Scenario& one : menu()) names.insert(one.name);
  EXPECT_EQ(names.size(), menu().size());
  EXPECT_EQ(menu().size(), fault_words().size() + 1);
  EXPECT_EQ(menu().front().name, "good");
  EXPECT_EQ(menu().front().per_mille, 0);
  EXPECT_FALSE(menu().front().bad_image);
}

TEST(Scenario, a_pattern_names_models_and_hosts) {
  const ResolvedPlan plan = rehearsed_plan();
  const auto count = [&plan](const std::string& text) {
    return std::count_if(plan.hosts.begin(), plan.hosts.end(),
                         [scenario = parsed(text)](const PlannedHost& host) { return speaks_of(scenario, host); });
  };
  EXPECT_EQ(count("bricks"), 12);
  EXPECT_EQ(count("bricks of SYS-121C-*"), 6);
  EXPECT_EQ(count("bricks of n1*"), 3);
  EXPECT_EQ(count("bricks of n1"), 1);
  EXPECT_EQ(count("bricks of nothing"), 0);
}

}  // namespace
}  // namespace breakwater::rehearsal::scenario_test
