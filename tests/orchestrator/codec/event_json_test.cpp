#include "orchestrator/codec/event_json.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/orchestrator/codec/samples.hpp"

namespace breakwater::codec::event_json_test {
namespace {

Event back(const Event& event) {
  const auto decoded = decode(kind_of(event), encode(event));
  if (!decoded) throw std::runtime_error(decoded.error());
  return *decoded;
}

TEST(EventJson, reads_back_every_event) {
  for (const Event& event : every_event()) {
    const Event again = back(event);
    EXPECT_EQ(again.index(), event.index());
    EXPECT_EQ(kind_of(again), kind_of(event));
    EXPECT_EQ(encode(again), encode(event));
  }
}

TEST(EventJson, the_start_carries_its_plan_and_digest) {
  const auto started = std::get<RolloutStarted>(back(every_event()[0]));
  EXPECT_EQ(started.by, "lena");
  EXPECT_EQ(started.digest, digest_of(9));
  EXPECT_EQ(started.plan.hosts.size(), 2u);
  EXPECT_EQ(started.plan.images[0].signatures[0].text, full_image("3.4", 1).signatures[0].text);
}

TEST(EventJson, members_come_back_as_they_were) {
  const auto issued = std::get<CommandIssued>(back(every_event()[2])).command;
  EXPECT_EQ(issued.rollout, 4u);
  EXPECT_EQ(issued.host, 17u);
  EXPECT_EQ(issued.action, Action::activate);
  EXPECT_EQ(issued.update, 2u);
  EXPECT_TRUE(issued.upload);
  const auto ended = std::get<CommandEnded>(back(every_event()[4]));
  EXPECT_EQ(ended.outcome.verdict, Outcome::Verdict::failed);
  EXPECT_EQ(ended.outcome.cause, Cause::version_mismatch);
  EXPECT_EQ(ended.outcome.detail, full_outcome().detail);
  EXPECT_TRUE(ended.outcome.stages);
  EXPECT_EQ(ended.outcome.versions, full_outcome().versions);
  EXPECT_EQ(ended.outcome.baseline.health, Health::warning);
  EXPECT_EQ(ended.outcome.baseline.power, Power::on);
  EXPECT_EQ(ended.outcome.baseline.boot, Boot::booted);
  EXPECT_EQ(ended.outcome.baseline.inventory, full_outcome().baseline.inventory);
  EXPECT_EQ(ended.input, Input::gone_wrong);
  const auto asked = std::get<OperatorAsked>(back(every_event()[7]));
  EXPECT_EQ(asked.verb, Verb::roll_back);
  EXPECT_EQ(asked.wave, 1u);
  EXPECT_EQ(asked.host, "fra1-r07-n00");
  EXPECT_EQ(std::get<RolloutHalted>(back(every_event()[6])).undo, kUndoAll);
}

TEST(EventJson, every_word_comes_back) {
  for (int i = 0; i < static_cast<int>(kWords<Cause>.size()); ++i) {
    CommandEnded ended{5, 4, 17, {}};
    ended.outcome.cause = static_cast<Cause>(i);
    ended.outcome.verdict = static_cast<Outcome::Verdict>(i % 5);
    ended.outcome.baseline.health = static_cast<Health>(i % 4);
    ended.outcome.baseline.power = static_cast<Power>(i % 4);
    ended.outcome.baseline.boot = static_cast<Boot>(i % 3);
    ended.input = static_cast<Input>(i % (static_cast<int>(Input::hands_needed) + 1));
    EXPECT_EQ(std::get<CommandEnded>(back(ended)).input, ended.input);
    const auto again = std::get<CommandEnded>(back(ended)).outcome;
    EXPECT_EQ(again.cause, ended.outcome.cause);
    EXPECT_EQ(again.verdict, ended.outcome.verdict);
    EXPECT_EQ(again.baseline.health, ended.outcome.baseline.health);
    EXPECT_EQ(again.baseline.power, ended.outcome.baseline.power);
    EXPECT_EQ(again.baseline.boot, ended.outcome.baseline.boot);
  }
  for (int i = 0; i <= static_cast<int>(Evidence::Kind::key_gone); ++i) {
    const EvidenceSeen seen{5, 4, 17, {static_cast<Evidence::Kind>(i), ""}};
    EXPECT_EQ(std::get<EvidenceSeen>(back(seen)).evidence.kind, seen.evidence.kind);
  }
  for (int i = 0; i <= static_cast<int>(Action::watch); ++i) {
    CommandIssued issued;
    issued.command.action = static_cast<Action>(i);
    EXPECT_EQ(std::get<CommandIssued>(back(issued)).command.action, issued.command.action);
  }
  for (int i = 0; i <= static_cast<int>(Verb::trust_key); ++i) {
    const OperatorAsked asked{static_cast<Verb>(i), 0, "omar", "", {}, ""};
    EXPECT_EQ(std::get<OperatorAsked>(back(asked)).verb, asked.verb);
  }
}

TEST(EventJson, a_key_that_an_operator_vouches_for_comes_back) {
  OperatorAsked asked{Verb::trust_key, 4, "omar", "read off its console", {}, "n1"};
  EXPECT_FALSE(std::get<OperatorAsked>(back(asked)).key);
  asked.key = digest_of(0xab);
  EXPECT_EQ(std::get<OperatorAsked>(back(asked)).key, asked.key);
}

TEST(EventJson, a_gate_of_format_2_had_two_verdicts) {
  const auto read = [](const std::string& body) { return decode("GateJudged", body); };
  const auto passed = read(R"({"passed":true,"reason":"2 of 2","rollout":1,"wave":0})");
  ASSERT_TRUE(passed) << passed.error();
  EXPECT_EQ(std::get<GateJudged>(*passed).verdict, GateVerdict::pass);
  EXPECT_EQ(std::get<GateJudged>(*read(R"({"passed":false,"rollout":1,"wave":0})")).verdict, GateVerdict::fail);
  EXPECT_FALSE(read(R"({"rollout":1,"wave":0})")) << "no verdict at all";
  EXPECT_FALSE(read(R"({"passed":true,"rollout":1,"verdict":"hold","wave":0})")) << "two of them";
}

TEST(EventJson, a_recall_names_its_hosts_and_what_stays_on_them) {
  OperatorAsked asked{Verb::roll_back, 4, "omar", "CASE-1", {}, ""};
  asked.hosts = {"n1", "n2"};
  asked.recalls = "bios-3.4@sha256:ab";
  const auto read = std::get<OperatorAsked>(back(asked));
  EXPECT_EQ(read.hosts, asked.hosts);
  EXPECT_EQ(read.recalls, asked.recalls);
  CommandIssued issued;
  issued.command.action = Action::check_back;
  issued.command.stays = {1, 3};
  EXPECT_EQ(std::get<CommandIssued>(back(issued)).command.stays, issued.command.stays);
}

TEST(EventJson, the_frequent_ones_are_small) {
  CommandIssued issued;
  issued.command.rollout = 12'345'678;
  issued.command.host = 99'999;
  issued.command.action = Action::check_back;
  issued.command.update = 7;
  EXPECT_LT(encode(issued).size(), 150u);
  const EvidenceSeen seen{12'345'678, 12'345'670, 99'999, {Evidence::Kind::body_sent, to_hex(digest_of(0xab))}};
  EXPECT_LT(encode(seen).size(), 150u) << encode(seen);
}

TEST(EventJson, the_spelling_is_fixed) {
  EXPECT_EQ(
      encode(every_event()[2]),
      R"({"action":"activate","beside":true,"host":17,"ran":true,"rollout":4,"update":2,"upload":true,"well":true})");
  EXPECT_EQ(encode(CommandIssued{}), R"({"action":"prepare","host":0,"rollout":0})");
  EXPECT_EQ(encode(CommandEnded{5, 4, 17, {}}), R"({"command":5,"host":17,"rollout":4,"verdict":"done"})");
  EXPECT_EQ(encode(RolloutFinished{4}), R"({"rollout":4})");
}

TEST(EventJson, hostile_text_neither_throws_nor_breaks_the_body) {
  const std::string hostile[] = {
      std::string("\xff\xfe\x80", 3), std::string("a\0b", 3), "\"}\n{\\", "\xed\xa0\x80", "\xc3",
      std::string(100'000, '\x9f')};
  for (const std::string& text : hostile) {
    CommandEnded ended{5, 4, 17, {}};
    ended.outcome.detail = text;
    ended.outcome.versions = {text};
    const std::string body = encode(ended);
    const auto again = decode("CommandEnded", body);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(encode(*again), body);
  }
  CommandEnded plain{5, 4, 17, {}};
  plain.outcome.detail = std::string("a\0\"\\\n\tö", 8);
  EXPECT_EQ(std::get<CommandEnded>(back(plain)).outcome.detail, plain.outcome.detail);
}

TEST(EventJson, refuses_what_it_does_not_know) {
  struct Wrong {
    const char* kind;
    const char* body;
    const char* fault;
  };
  const Wrong kCases[] = {
      {"CommandDreamt", "{}", "this format knows no event of the kind \"CommandDreamt\""},
      {"", "{}", "this format knows no event of the kind \"\""},
      {"commandissued", "{}", "this format knows no event of the kind \"commandissued\""},
      {"RolloutFinished", "[]", "RolloutFinished is not an object"},
      {"RolloutFinished", "7", "RolloutFinished is not an object"},
      {"RolloutFinished", "{}", "RolloutFinished.rollout is missing"},
      {"RolloutFinished", R"({"rollout":4,"x":1})", "RolloutFinished has a member that this format does not know"},
      {"RolloutFinished", R"({"rollout":"4"})", "RolloutFinished.rollout is not a whole number"},
      {"RolloutFinished", R"({"rollout":-4})", "RolloutFinished.rollout is out of range"},
      {"RolloutFinished", R"({"rollout":4.0})", "RolloutFinished.rollout is not a whole number"},
      {"CommandIssued", R"({"action":"fly","host":0,"rollout":0})",
       "CommandIssued.action is no word that this format knows"},
      {"CommandIssued", R"({"action":"stage","host":4294967296,"rollout":0})", "CommandIssued.host is out of range"},
      {"CommandEnded", R"({"command":5,"host":17,"rollout":4,"verdict":"done","versions":["1",2]})",
       "CommandEnded.versions[1] is not a text"},
      {"CommandEnded",
       R"({"command":5,"host":17,"rollout":4,"verdict":"done","baseline":{"inventory":[{"slot":"attic"}]}})",
       "CommandEnded.baseline.inventory[0].slot is no word that this format knows"},
      {"OperatorAsked", R"({"verb":"pause","wave":null})", "OperatorAsked.wave is not a whole number"},
      {"RolloutHalted", R"({"rollout":4,"undo_wave":-3})", "RolloutHalted.undo_wave is out of range"},
      {"RolloutStarted", R"({"by":"lena"})", "RolloutStarted.plan is missing"},
      {"RolloutStarted", R"({"by":"lena","plan":{}})", "RolloutStarted.plan.rollout is missing"},
      {"RolloutStarted", R"([])", "RolloutStarted is not an object"},
  };
  for (const Wrong& wrong : kCases) {
    const auto event = decode(wrong.kind, wrong.body);
    ASSERT_FALSE(event) << wrong.kind << ' ' << wrong.body;
    EXPECT_EQ(event.error(), wrong.fault);
  }
  auto started = std::get<RolloutStarted>(every_event()[0]);
  started.plan.global_limit = 0;
  const auto stuck = decode("RolloutStarted", encode(started));
  ASSERT_FALSE(stuck);
  EXPECT_EQ(stuck.error(), "RolloutStarted.plan: global_limit is out of range");
  EXPECT_FALSE(decode("RolloutFinished", R"({"rollout":4,"rollout":5})"));
  EXPECT_FALSE(decode("RolloutFinished", R"({"rollout":4)"));
  EXPECT_FALSE(decode("RolloutFinished", ""));
  EXPECT_FALSE(decode("Rollout\xff", "{}"));
  EXPECT_FALSE(decode("RolloutFinished", std::string(100'000, '[')));
}

/// Random edits: whatever decodes encodes again to something that decodes to the same.
TEST(EventJson, random_edits_neither_crash_nor_throw) {
  std::mt19937 random(20'261'122);
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const std::vector<Event> events = every_event();
  const std::string pieces[] = {"{",    "}",       "[",    "]",  "\"", ",", "-", "9999999999999999999",
                                "null", "\\u0000", "\xff", "1e9"};
  int decoded = 0;
  for (int round = 0; round < 2'000; ++round) {
    const Event& event = events[below(events.size())];
    std::string body = encode(event);
    for (std::size_t edits = 1 + below(3); edits > 0 && !body.empty(); --edits) {
      const std::size_t at = below(body.size());
      switch (below(4)) {
        case 0:
          body[at] = static_cast<char>(random());
          break;
        case 1:
          body.erase(at, 1 + below(8));
          break;
        case 2:
          body.insert(at, pieces[below(std::size(pieces))]);
          break;
        default:
          body.insert(at, body.substr(below(body.size()), below(24)));
      }
    }
    const auto again = decode(kind_of(event), body);
    if (!again) {
      EXPECT_FALSE(again.error().empty());
      continue;
    }
    ++decoded;
    const auto twice = decode(kind_of(*again), encode(*again));
    ASSERT_TRUE(twice) << twice.error() << '\n' << body;
    EXPECT_EQ(encode(*twice), encode(*again));
  }
  EXPECT_GT(decoded, 50);
}

}  // namespace
}  // namespace breakwater::codec::event_json_test
