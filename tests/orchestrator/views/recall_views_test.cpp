// What a roll back reaches, as people and programs read it before it is asked for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inventories/document/json.hpp"
#include "orchestrator/views/recall.hpp"
#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::views::recall_views_test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

class RecallViews : public testing::Test {
 protected:
  RecallViews() {
    ResolvedPlan plan = made_plan();
    plan.hosts[1].updates.resize(1);
    made_.start(plan);
    plan.rollout = "bios-again";
    made_.start(std::move(plan));
  }

  MadeFleet made_;
};

TEST_F(RecallViews, nobody_is_told_a_table_without_hosts) {
  EXPECT_EQ(recall_text(made_.fleet, {}), "");
  EXPECT_THAT(recall_json(made_.fleet, {}), HasSubstr("\"items\": []"));
}

TEST_F(RecallViews, a_line_names_the_host_the_run_the_versions_and_what_becomes_of_it) {
  const std::string text =
      recall_text(made_.fleet, {{1, 0, RecallFate::goes_back, 0, {0, 1}}, {2, 1, RecallFate::no_way_back, 0, {0}}});
  const auto first = text.find('\n') + 1;
  const auto second = text.find('\n', first) + 1;
  EXPECT_THAT(text.substr(0, first), MatchesRegex("HOST +RUN +VERSIONS +WOULD BE *\n"));
  EXPECT_THAT(text.substr(first, second - first),
              MatchesRegex("n1 +bios-3.4 +bios 3.4 -> 3.2, nic 20.5 -> 20.4 +goes_back *\n"));
  EXPECT_THAT(text.substr(second), MatchesRegex("n2 +bios-again +bios 3.4 -> 3.2 +no_way_back *\n"));
}

TEST_F(RecallViews, what_does_not_go_back_with_the_host_is_not_told) {
  const std::vector<Recalled> covered{{1, 0, RecallFate::goes_back, 0, {1}}};
  EXPECT_THAT(recall_text(made_.fleet, covered), HasSubstr("  nic 20.5 -> 20.4  "));
  EXPECT_EQ(recall_text(made_.fleet, covered).find("3.4 -> 3.2"), std::string::npos);
  EXPECT_EQ(recall_json(made_.fleet, covered).find("\"bios\""), std::string::npos);
}

TEST_F(RecallViews, a_bmcs_version_cannot_move_the_cursor) {
  ResolvedPlan plan = made_plan();
  plan.rollout = "third";
  plan.hosts[0].updates[0].from_version = "3.2\x1b[2J";
  const RolloutId id = made_.start(std::move(plan));
  const std::vector<Recalled> covered{{id, 0, RecallFate::goes_back, 0, {0}}};
  EXPECT_THAT(recall_text(made_.fleet, covered), HasSubstr("-> 3.2?[2J"));
  EXPECT_EQ(recall_json(made_.fleet, covered).find('\x1b'), std::string::npos);
}

TEST_F(RecallViews, a_program_reads_every_version_and_every_fate) {
  std::vector<Recalled> covered;
  for (const Word<RecallFate>& word : kWords<RecallFate>) covered.push_back({1, 0, word.value, 0, {0, 1}});
  covered.push_back({2, 1, RecallFate::quarantined, 0, {0}});
  const std::string text = recall_json(made_.fleet, covered);
  EXPECT_EQ(text.back(), '\n');
  const auto json = parse_json(text);
  ASSERT_TRUE(json) << json.error().what;
  EXPECT_EQ(json->at("apiVersion"), "breakwater/v1");
  EXPECT_EQ(json->at("kind"), "RollBackPlan");
  const Json& items = json->at("items");
  ASSERT_EQ(items.size(), covered.size());
  for (std::size_t i = 0; i < covered.size(); ++i) EXPECT_EQ(items[i].at("fate"), to_string(covered[i].fate));
  EXPECT_EQ(items[0].at("host"), "n1");
  EXPECT_EQ(items[0].at("run"), "bios-3.4");
  const Json both = parse_json(R"([{"component": "bios", "runs": "3.4", "goesBackTo": "3.2"},
                                   {"component": "nic", "runs": "20.5", "goesBackTo": "20.4"}])")
                        .value();
  EXPECT_EQ(items[0].at("updates"), both);
  EXPECT_EQ(items.back().at("run"), "bios-again");
  EXPECT_EQ(items.back().at("updates").size(), 1U);
}

}  // namespace
}  // namespace breakwater::views::recall_views_test
