#include "orchestrator/views/report.hpp"

#include <gtest/gtest.h>

#include "inventories/document/json.hpp"

namespace breakwater::views::report_json_test {
namespace {

Report sample() {
  Report report;
  report.rollout = "bios";
  report.id = 7;
  report.outcome = RolloutOutcome::halted;
  report.waves.push_back(
      {"canary", {{State::rolled_back, 1}}, GateReport{GateVerdict::fail, "0 of 1", Instant()}, true});
  report.waves.push_back({"rest", {{State::not_started, 1}}, {}, false});
  HostReport host;
  host.name = "n0";
  host.wave = "canary";
  host.state = State::rolled_back;
  host.cause = Cause::unhealthy;
  host.detail = "bad \xff byte";
  host.updates.push_back({"bios", "3.2", "3.4", ""});
  host.evidence.push_back({Evidence::Kind::task, "/t/1"});
  host.spent[State::checking] = Duration(1'500);
  report.hosts.push_back(host);
  report.images.push_back({{"bios-3.4", {}}, "3.4", {}, {"vendor"}, 2});
  report.left_out.push_back({"h0", {}, "held", "fan", true});
  report.asked.push_back({Verb::release, Instant(), "omar", "mended", "n0", {}, {}, {}});
  return report;
}

TEST(ReportJson, holds_what_the_report_holds) {
  const std::string text = encode_report(sample(), {{"exitCode", 42}});
  EXPECT_EQ(text.back(), '\n');
  const auto json = parse_json(text);
  ASSERT_TRUE(json) << json.error().what;
  const auto text_at = [&](const char* pointer) { return json->at(Json::json_pointer(pointer)).dump(); };
  EXPECT_EQ(text_at("/kind"), "\"RolloutReport\"");
  EXPECT_EQ(text_at("/exitCode"), "42");
  EXPECT_EQ(text_at("/ended"), "null");
  EXPECT_EQ(text_at("/haltReason"), "null");
  EXPECT_EQ(text_at("/waves/0/gate/verdict"), "\"fail\"");
  EXPECT_EQ(text_at("/waves/0/hosts"), "{\"rolled_back\":1}");
  EXPECT_EQ(text_at("/waves/1/gate"), "null");
  EXPECT_EQ(text_at("/hosts/0/cause"), "\"unhealthy\"");
  EXPECT_EQ(text_at("/hosts/0/detail"), "\"bad \xef\xbf\xbd byte\"");
  EXPECT_EQ(text_at("/hosts/0/updates/0/read"), "null");
  EXPECT_EQ(text_at("/hosts/0/evidence/0/kind"), "\"task\"");
  EXPECT_EQ(text_at("/hosts/0/spentMs"), "{\"checking\":1500}");
  EXPECT_EQ(text_at("/images/0/sendings"), "2");
  EXPECT_EQ(text_at("/leftOut/0/reason"), "\"held\"");
  EXPECT_EQ(text_at("/asked/0/verb"), "\"release\"");
  EXPECT_EQ(encode_report(sample(), {{"exitCode", 42}}), text);
}

TEST(ReportJson, what_a_face_adds_is_shown_and_nothing_else_knows_of_it) {
  const std::string with = encode_report(sample(), {{"exitCode", 42}});
  EXPECT_NE(with.find("\n  \"exitCode\": 42,\n"), std::string::npos) << with;
  EXPECT_EQ(encode_report(sample()).find("exitCode"), std::string::npos);
}

}  // namespace
}  // namespace breakwater::views::report_json_test
